import { describe, expect, test, vi } from 'vitest'
import { Credentials } from '../../src-main/network/credentials'
import { randomIds } from '../../src-main/base/ids'
import { MINUTE } from '../../src-main/base/clock'
import { checkCredentials, ha1, makeChallenges } from '../../src-main/sip/digest'
import type { Incoming } from '../../src-main/sip/incoming'
import { accept, invite } from '../../src-main/sip/invitation'
import type { InviteOptions } from '../../src-main/sip/invitation'
import type { SipRequest } from '../../src-main/sip/message'
import { contactOf } from '../../src-main/sip/name-address'
import { Nonces } from '../../src-main/sip/nonces'
import type { InviteSession } from '../../src-main/sip/invite-session'
import { writeMessage } from '../../src-main/sip/write'
import { answerTo, talk, until, user } from './talk'

const contact = { mei: '<sip:mei@lab.test;gr=1>;text', focus: '<sip:conf-1@lab.test>;isfocus' }

/** Mei invites the focus, whose answer is the test's. */
function asks(handler: (incoming: Incoming, its: ReturnType<typeof user>) => void, options: InviteOptions & { talk?: Parameters<typeof talk>[0] } = {}) {
  const scene = talk(options.talk)
  const hers = user()
  const its = user()
  scene.focus.endpoint.onRequest((incoming) => handler(incoming, its))
  const invitation = invite(scene.mei.dialogs, scene.mei.flow, {
    uri: 'sip:factory@lab.test', from: '"Mei" <sip:mei@lab.test>', to: '<sip:factory@lab.test>', contact: contact.mei, headers: [['Subject', '周末']], body: Buffer.from('list'),
  }, hers.is, options)
  return { ...scene, hers, its, invitation }
}

describe('an invitation', () => {
  test('that is accepted makes the same dialog on both sides', async () => {
    let session: InviteSession | undefined
    const { mei, focus, invitation, wire, requests } = asks((incoming, its) => {
      session = accept(focus.dialogs, incoming, { contact: contact.focus, body: Buffer.from('sdp') }, its.is)
    })
    const answer = await invitation.answer
    if (answer.kind !== 'accepted') throw new Error('refused')
    expect(contactOf(answer.response.headers).params.has('isfocus')).toBe(true)
    expect(Buffer.from(answer.response.body).toString()).toBe('sdp')
    await until(() => wire.includes('mei: ACK'))
    expect(wire).toEqual(['mei: INVITE', 'focus: 200 INVITE', 'mei: ACK'])
    const [hers, its] = [answer.session.dialog, session!.dialog]
    expect([hers.callId, hers.localTag, hers.remoteTag]).toEqual([its.callId, its.remoteTag, its.localTag])
    expect([hers.local, hers.target, its.remote, its.target]).toEqual(['Mei <sip:mei@lab.test>', 'sip:conf-1@lab.test', 'Mei <sip:mei@lab.test>', 'sip:mei@lab.test;gr=1'])
    const [ack] = requests('mei', 'ACK')
    expect([ack!.uri, ack!.headers.get('CSeq')]).toEqual(['sip:conf-1@lab.test', '1 ACK'])
    expect([mei.dialogs.size, focus.dialogs.size]).toEqual([1, 1])
  })

  test('hears that it rings; all answers have one tag', async () => {
    const progress = vi.fn()
    const { focus, invitation, heard } = asks((incoming, its) => {
      incoming.reply(100)
      incoming.reply(180)
      incoming.reply(183)
      accept(focus.dialogs, incoming, { contact: contact.focus }, its.is)
    }, { progress })
    await invitation.answer
    expect(progress.mock.calls.map(([{ status }]) => status)).toEqual([180, 183])
    const tags = heard.mei.slice(1).map(({ headers }) => /tag=(\w+)$/.exec(headers.get('To')!)?.[1])
    expect(new Set(tags).size).toBe(1)
    expect(tags[0]).toBeTruthy()
  })

  test('may be sent elsewhere, or refused', async () => {
    const { invitation, mei, wire } = asks(({ reply }) => reply(302, 'Moved', { headers: [['Contact', '<sip:factory@lab.test;conf-id=1>;isfocus']] }))
    const answer = await invitation.answer
    expect(answer).toMatchObject({ kind: 'refused', response: { status: 302 } })
    expect(contactOf(answer.response.headers).uri).toBe('sip:factory@lab.test;conf-id=1')
    await until(() => wire.includes('mei: ACK'))
    expect(mei.dialogs.size).toBe(0)
  })

  test('that is cancelled tells who is asked, and is answered 487', async () => {
    let asked: Incoming | undefined
    const cancelled = vi.fn()
    const { focus, invitation, wire } = asks((incoming) => {
      asked = incoming
      incoming.cancelled!.addEventListener('abort', cancelled)
      incoming.reply(180)
    })
    await until(() => wire.includes('focus: 180 INVITE'))
    expect(cancelled).not.toHaveBeenCalled()
    invitation.cancel()
    expect(await invitation.answer).toMatchObject({ kind: 'refused', response: { status: 487 } })
    expect(cancelled).toHaveBeenCalledOnce()
    await until(() => wire.includes('mei: ACK'))
    expect(wire).toEqual(['mei: INVITE', 'focus: 180 INVITE', 'mei: CANCEL', 'focus: 200 CANCEL', 'focus: 487 INVITE', 'mei: ACK'])
    expect(() => accept(focus.dialogs, asked!, { contact: contact.focus }, user().is)).toThrow(expect.objectContaining({ code: 'cancelled' }))
    expect(focus.dialogs.size).toBe(0)
  })

  test('whose CANCEL crosses the 200 is ended with a BYE', async () => {
    const { mei, focus, invitation, wire, hers, its } = asks((incoming, its) => {
      incoming.reply(180)
      accept(focus.dialogs, incoming, { contact: contact.focus }, its.is)
    }, { progress: () => invitation.cancel() })
    await expect(invitation.answer).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => its.ends.length > 0 && mei.dialogs.size === 0)
    expect(wire.filter((line) => line.startsWith('mei'))).toEqual(['mei: INVITE', 'mei: CANCEL', 'mei: ACK', 'mei: BYE'])
    expect(its.ends).toMatchObject([{ by: 'remote' }])
    expect(hers.ends).toEqual([])
    expect(focus.dialogs.size).toBe(0)
  })

  test('rings no longer than it may', async () => {
    const { clock, invitation, wire } = asks(({ reply }) => reply(180), { ring: 2 * MINUTE })
    await until(() => wire.includes('focus: 180 INVITE'))
    await clock.advance(2 * MINUTE - 1)
    expect(wire).not.toContain('mei: CANCEL')
    await clock.advance(1_000)
    expect(await invitation.answer).toMatchObject({ kind: 'refused', response: { status: 487 } })
  })

  test('that two accept is one session; the other is ended', async () => {
    const { mei, focus, invitation, heard, wire } = asks(() => {})
    await until(() => heard.focus.length === 1)
    const [asked] = heard.focus as SipRequest[]
    for (const tag of ['one', 'two', 'one']) focus.flow.send(answerTo(asked!, 200, { Contact: `<sip:${tag}@lab.test>` }, tag))
    await until(() => wire.filter((line) => line === 'mei: ACK').length === 3)
    expect(wire.filter((line) => line.startsWith('mei'))).toEqual(['mei: INVITE', 'mei: ACK', 'mei: ACK', 'mei: BYE', 'mei: ACK'])
    expect(await invitation.answer).toMatchObject({ kind: 'accepted', session: { dialog: { target: 'sip:one@lab.test' } } })
    expect((heard.focus[3] as SipRequest).uri).toBe('sip:two@lab.test')
    expect(mei.dialogs.size).toBe(1)
  })

  test('is lost with its flow, on both sides', async () => {
    const cancelled = vi.fn()
    const { focus, mei, invitation, wire } = asks((incoming) => {
      incoming.cancelled!.addEventListener('abort', cancelled)
      incoming.reply(180)
    })
    await until(() => wire.includes('focus: 180 INVITE'))
    mei.flow.close()
    await expect(invitation.answer).rejects.toMatchObject({ code: 'connection-lost' })
    await until(() => focus.flow.closed)
    expect(cancelled).toHaveBeenCalledOnce()
    const late = invite(mei.dialogs, mei.flow, { uri: 'sip:a@lab.test', from: '<sip:mei@lab.test>', to: '<sip:a@lab.test>', contact: contact.mei }, user().is)
    await expect(late.answer).rejects.toMatchObject({ code: 'connection-lost' })
  })

  test('shows a password where it is asked for, with the next number', async () => {
    const credentials = new Credentials({ username: 'mei', password: 'secret', ids: randomIds })
    const scene: ReturnType<typeof asks> = asks((incoming, its) => {
      const { method, uri, headers } = incoming.request
      const header = headers.get('Proxy-Authorization')
      const verdict = header && checkCredentials({ header, realm: 'lab.test', ha1: { 'SHA-256': ha1('SHA-256', 'mei', 'lab.test', 'secret') }, method, requestUri: uri, nonces })
      if (verdict && verdict.ok) accept(scene.focus.dialogs, incoming, { contact: contact.focus }, its.is)
      else incoming.reply(407, undefined, { headers: makeChallenges({ realm: 'lab.test', nonce: nonces.make() }).map((value) => ['Proxy-Authenticate', value]) })
    }, { talk: { mei: { credentials } } })
    const nonces = new Nonces({ clock: scene.clock })
    expect(await scene.invitation.answer).toMatchObject({ kind: 'accepted' })
    await until(() => scene.wire.includes('mei: ACK') && scene.requests('mei', 'ACK').length === 2)
    expect(scene.requests('mei', 'INVITE').map(({ headers }) => headers.get('CSeq'))).toEqual(['1 INVITE', '2 INVITE'])
    const [refused, accepted] = scene.requests('mei', 'ACK')
    expect([refused!.headers.get('CSeq'), accepted!.headers.get('CSeq')]).toEqual(['1 ACK', '2 ACK'])
    // RFC 3261 22.1
    expect(accepted!.headers.get('Proxy-Authorization')).toBe(scene.requests('mei', 'INVITE')[1]!.headers.get('Proxy-Authorization'))
    expect(new Set(scene.requests('mei', 'INVITE').map(({ headers }) => headers.get('Call-ID'))).size).toBe(1)
  })

  test('cannot be accepted without a Contact: 400', async () => {
    const { focus, mei, heard } = asks((incoming, its) => void accept(focus.dialogs, incoming, { contact: contact.focus }, its.is))
    await until(() => heard.mei.length === 1)
    const strange = (heard.focus[0] as SipRequest)
    strange.headers.remove('Contact').set('Via', 'SIP/2.0/TCP a.test;branch=z9hG4bKother')
    mei.flow.send(strange)
    await until(() => heard.mei.length === 2)
    expect(heard.mei[1]).toMatchObject({ kind: 'response', status: 400 })
    expect(writeMessage(heard.mei[1]!).toString()).toContain('z9hG4bKother')
  })
})
