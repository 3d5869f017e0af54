import { describe, expect, test, vi } from 'vitest'
import type { DialogsOptions } from '../../src-main/sip/dialogs'
import type { Incoming } from '../../src-main/sip/incoming'
import { accept, invite } from '../../src-main/sip/invitation'
import type { InviteSession, SessionEnd } from '../../src-main/sip/invite-session'
import type { SipRequest } from '../../src-main/sip/message'
import { writeReason } from '../../src-main/sip/reason'
import { answerTo, talk, until, user } from './talk'

/** A session between Mei and the focus; each answers what is asked in it as the test says. */
async function session(options: { mei?: Partial<DialogsOptions>; focus?: Partial<DialogsOptions>; asked?: { mei?: (incoming: Incoming) => void; focus?: (incoming: Incoming) => void } } = {}) {
  const scene = talk(options)
  const hers = user(options.asked?.mei)
  const its = user(options.asked?.focus)
  let focusSession: InviteSession | undefined
  scene.focus.endpoint.onRequest((incoming) => {
    if (incoming.request.method !== 'INVITE') return incoming.reply(405)
    focusSession = accept(scene.focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>;isfocus' }, its.is)
  })
  const answer = await invite(scene.mei.dialogs, scene.mei.flow, {
    uri: 'sip:conf-1@lab.test', from: '<sip:mei@lab.test>', to: '<sip:conf-1@lab.test>', contact: '<sip:mei@lab.test;gr=1>',
  }, hers.is).answer
  if (answer.kind !== 'accepted') throw new Error('refused')
  await until(() => scene.wire.includes('mei: ACK'))
  scene.wire.length = 0
  return { ...scene, hers, its, meiSession: answer.session, focusSession: focusSession! }
}

describe('a BYE', () => {
  test('ends the session on both sides, and says why', async () => {
    const { mei, focus, meiSession, focusSession, hers, its, wire } = await session()
    await focusSession.bye([['Reason', writeReason({ cause: 410, text: 'Gone' })]])
    expect(hers.ends).toMatchObject([{ by: 'remote', reason: { protocol: 'SIP', cause: 410, text: 'Gone' } }])
    expect(its.ends).toEqual([{ by: 'local' }])
    expect([meiSession.ended, focusSession.ended, mei.dialogs.size, focus.dialogs.size]).toEqual([true, true, 0, 0])
    expect(wire).toEqual(['focus: BYE', 'mei: 200 BYE'])
    await focusSession.bye()
    await meiSession.bye()
    expect(wire).toHaveLength(2)
  })

  test('with a reason that cannot be read ends it all the same', async () => {
    const { meiSession, its } = await session()
    await meiSession.bye([['Reason', ';;;']])
    expect(its.ends).toMatchObject([{ by: 'remote', reason: undefined }])
  })

  test('to one that is unknown there ends it here', async () => {
    const { mei, focus, meiSession, focusSession, hers } = await session()
    focus.dialogs.remove(focusSession.dialog)
    expect((await meiSession.dialog.request({ method: 'INFO' })).status).toBe(481)
    expect(hers.ends).toMatchObject([{ by: 'fault', fault: { code: 'closed', detail: { status: 481 } } }])
    expect(mei.dialogs.size).toBe(0)
    await expect(meiSession.dialog.request({ method: 'INFO' })).rejects.toMatchObject({ code: 'closed' })
  })

  test('from both at once', async () => {
    const { meiSession, focusSession, hers, its } = await session()
    await Promise.all([meiSession.bye(), focusSession.bye()])
    expect([hers.ends, its.ends]).toEqual([[{ by: 'local' }], [{ by: 'local' }]])
  })
})

describe('without an ACK', () => {
  /** The focus has accepted, and Mei's ACKs do not come. */
  async function unacknowledged() {
    const scene = talk()
    const ends: SessionEnd[] = []
    let made: InviteSession | undefined
    scene.focus.endpoint.onRequest((incoming) => {
      made = accept(scene.focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>' }, { request: ({ reply }) => reply(200), ended: (end) => void ends.push(end) })
    })
    vi.spyOn(scene.mei.endpoint, 'acknowledge').mockImplementation(() => {})
    const { answer } = invite(scene.mei.dialogs, scene.mei.flow, {
      uri: 'sip:conf-1@lab.test', from: '<sip:mei@lab.test>', to: '<sip:conf-1@lab.test>', contact: '<sip:mei@lab.test>',
    }, { request: ({ reply }) => reply(200), ended() {} })
    await answer
    return { ...scene, ends, made: made! }
  }

  test('it ends after 64*T1, with a BYE', async () => {
    const { clock, ends, wire, focus } = await unacknowledged()
    await clock.advance(31_000)
    expect(ends).toEqual([])
    await clock.advance(2_000)
    expect(ends).toMatchObject([{ by: 'fault', fault: { code: 'no-answer' } }])
    await until(() => wire.includes('focus: BYE'))
    expect(focus.dialogs.size).toBe(0)
  })

  test('bye() waits for it as long', async () => {
    const { clock, ends, wire, made, mei, focus } = await unacknowledged()
    const bye = made.bye()
    expect(ends).toEqual([{ by: 'local' }])
    await clock.advance(31_000)
    expect(wire).not.toContain('focus: BYE')
    await clock.advance(2_000)
    await bye
    expect(wire).toContain('focus: BYE')
    expect([mei.dialogs.size, focus.dialogs.size, ends.length]).toEqual([0, 0, 1])
  })

  test('bye() is sent when it comes', async () => {
    const { wire, made, mei } = await unacknowledged()
    const bye = made.bye()
    vi.restoreAllMocks()
    const { dialog } = made
    mei.endpoint.acknowledge(mei.flow, mei.dialogs.find({
      kind: 'request', method: 'X', uri: '', body: Buffer.alloc(0),
      headers: dialog.compose({ method: 'X' }).headers,
    })!.compose({ method: 'ACK' }, 1))
    await bye
    expect(wire).toEqual(['mei: INVITE', 'focus: 200 INVITE', 'mei: ACK', 'focus: BYE', 'mei: 200 BYE'])
  })
})

describe('what is asked in a session', () => {
  test('goes to its user, in order, over the flow it was made on', async () => {
    const { meiSession, focusSession, its, hers } = await session()
    for (const method of ['MESSAGE', 'INFO', 'REFER', 'OPTIONS']) expect((await meiSession.dialog.request({ method, body: Buffer.from('a') })).status).toBe(200)
    expect((await focusSession.dialog.request({ method: 'MESSAGE', headers: [['X-Own', '1']] })).status).toBe(200)
    expect(its.seen.map(({ method, headers }) => `${method} ${headers.get('CSeq')} ${headers.has('Contact')}`))
      .toEqual(['MESSAGE 2 MESSAGE false', 'INFO 3 INFO false', 'REFER 4 REFER true', 'OPTIONS 5 OPTIONS false'])
    expect(hers.seen[0]!.headers.get('X-Own')).toBe('1')
  })

  test('is answered by what its user throws', async () => {
    const { meiSession } = await session({ asked: { focus: () => { throw Object.assign(new Error('mine')) } } })
    expect((await meiSession.dialog.request({ method: 'INFO' })).status).toBe(500)
  })
})

describe('a re-INVITE', () => {
  test('is acknowledged, and takes the new address of either side', async () => {
    const { meiSession, focusSession, its, wire } = await session()
    meiSession.dialog.contact = '<sip:mei@new.test>'
    const response = await meiSession.reinvite({ headers: [['Subject', '新名']] })
    expect(response.status).toBe(200)
    expect(response.headers.get('Contact')).toBe('<sip:conf-1@lab.test>;isfocus')
    expect(its.seen[0]!.headers.get('Subject')).toBe('新名')
    await until(() => wire.includes('mei: ACK'))
    expect(focusSession.dialog.target).toBe('sip:mei@new.test')
    expect(wire).toEqual(['mei: INVITE', 'focus: 200 INVITE', 'mei: ACK'])
  })

  test('with more than one Contact is taken by its first, either way', async () => {
    const { mei, meiSession, focusSession } = await session()
    mei.endpoint.send(mei.flow, { ...meiSession.dialog.compose({ method: 'UPDATE', headers: [['Contact', '<sip:second@lab.test>']] }) }, () => {})
    await meiSession.dialog.request({ method: 'INFO' })
    expect(focusSession.dialog.target).toBe('sip:mei@lab.test;gr=1')
    focusSession.dialog.contact = '<sip:first@lab.test>, <sip:second@lab.test>'
    expect((await meiSession.update()).status).toBe(200)
    expect(meiSession.dialog.target).toBe('sip:first@lab.test')
  })

  test('that is refused changes nothing', async () => {
    const { meiSession, focusSession, wire } = await session({ asked: { focus: ({ reply }) => reply(488) } })
    meiSession.dialog.contact = '<sip:mei@new.test>'
    expect((await meiSession.reinvite()).status).toBe(488)
    await until(() => wire.includes('mei: ACK'))
    expect([focusSession.dialog.target, focusSession.ended]).toEqual(['sip:mei@lab.test;gr=1', false])
  })

  test('whose 2xx is never acknowledged ends the session', async () => {
    const { clock, mei, meiSession, its } = await session()
    vi.spyOn(mei.endpoint, 'acknowledge').mockImplementation(() => {})
    await meiSession.reinvite()
    await clock.advance(33_000)
    expect(its.ends).toMatchObject([{ by: 'fault', fault: { code: 'no-answer' } }])
  })

  test('that meets one of the other side is tried again later', async () => {
    const { clock, meiSession, focusSession, wire, hers, its } = await session()
    const both = Promise.all([meiSession.reinvite({ headers: [['Subject', 'hers']] }), focusSession.reinvite({ headers: [['Subject', 'its']] })])
    await until(() => wire.includes('mei: 491 INVITE') && wire.includes('focus: 491 INVITE'))
    expect([hers.seen, its.seen]).toEqual([[], []])
    // Who made the Call-ID waits longer (RFC 3261 14.1).
    await clock.advance(1_500)
    await until(() => hers.seen.length === 1)
    expect(its.seen).toEqual([])
    await until(() => wire.filter((line) => line === 'focus: ACK').length === 2)
    await clock.advance(3_000)
    expect((await both).map(({ status }) => status)).toEqual([200, 200])
    expect(its.seen).toHaveLength(1)
  })

  test('of ours waits for the one before, and for an answer that we owe', async () => {
    const owed: Incoming[] = []
    const { clock, meiSession, focusSession, wire } = await session({ asked: { mei: (incoming) => void owed.push(incoming) } })
    const asked = focusSession.reinvite()
    await until(() => owed.length === 1)
    const mine = [meiSession.reinvite(), meiSession.reinvite()]
    await clock.advance(2_000)
    expect(wire.filter((line) => line === 'mei: INVITE')).toEqual([])
    owed[0]!.reply(200)
    expect((await asked).status).toBe(200)
    await until(() => wire.includes('focus: ACK'))
    await clock.advance(4_000)
    expect((await Promise.all(mine)).map(({ status }) => status)).toEqual([200, 200])
  })

  test('in the midst of another of the same side: 500, to be tried again', async () => {
    const owed: Incoming[] = []
    const { mei, meiSession, heard } = await session({ asked: { focus: (incoming) => void owed.push(incoming) } })
    void meiSession.reinvite()
    await until(() => owed.length === 1)
    mei.endpoint.send(mei.flow, meiSession.dialog.compose({ method: 'UPDATE' }), () => {})
    await until(() => heard.mei.length === 2)
    expect(heard.mei[1]).toMatchObject({ status: 500 })
    expect(heard.mei[1]!.headers.get('Retry-After')).toBe('5')
  })

  test('that is open when the session ends is answered 487', async () => {
    const { meiSession, focusSession, wire } = await session({ asked: { focus: () => {} } })
    const asked = meiSession.reinvite()
    await until(() => wire.includes('mei: INVITE'))
    void focusSession.bye()
    expect((await asked).status).toBe(487)
  })

  test('that nobody answers is given up', async () => {
    const { clock, meiSession, wire } = await session({ asked: { focus: ({ reply }) => reply(180) } })
    const asked = meiSession.reinvite()
    await until(() => wire.includes('focus: 180 INVITE'))
    await clock.advance(33_000)
    expect((await asked).status).toBe(487)
    expect(wire).toContain('mei: CANCEL')
  })
})

describe('an UPDATE', () => {
  test('takes the new address, and waits for nothing', async () => {
    const { meiSession, focusSession, its } = await session()
    meiSession.dialog.contact = '<sip:mei@new.test>'
    expect((await meiSession.update({ headers: [['Subject', 's']] })).status).toBe(200)
    expect(its.seen[0]!.headers.get('Subject')).toBe('s')
    expect(focusSession.dialog.target).toBe('sip:mei@new.test')
  })

  test('with an offer that meets an offer: 491', async () => {
    const { meiSession, focusSession } = await session()
    const body = Buffer.from('sdp')
    const [one, other] = await Promise.all([meiSession.update({ body }), focusSession.update({ body })])
    expect([one.status, other.status]).toEqual([491, 491])
  })
})

describe('a flow that is lost', () => {
  test('is told of, and does not end the session, which goes on over another', async () => {
    const { focus, mei, meiSession, focusSession, hers, its, again, wire } = await session()
    mei.flow.close()
    await until(() => its.lost.mock.calls.length > 0)
    expect([hers.lost.mock.calls.length, its.lost.mock.calls.length, meiSession.ended, focusSession.ended]).toEqual([1, 1, false, false])
    await expect(focusSession.dialog.request({ method: 'INFO' })).rejects.toMatchObject({ code: 'connection-lost' })
    const [here, there] = again()
    focusSession.dialog.over(there, 'sip:mei@198.51.100.7')
    expect((await focusSession.dialog.request({ method: 'INFO' })).status).toBe(200)
    expect(hers.seen[0]!.uri).toBe('sip:mei@198.51.100.7')
    // Her side has followed.
    expect(meiSession.dialog.flow).toBe(here)
    await meiSession.bye()
    expect(wire.at(-1)).toBe('focus: 200 BYE')
    expect([focus.dialogs.size, mei.dialogs.size]).toEqual([0, 0])
  })

  test('is changed for the one that the peer asks over, if that is the peer', async () => {
    const allowed = { is: false }
    const { meiSession, focusSession, its, again, focus } = await session({ focus: { admits: () => allowed.is } })
    const [here, there] = again()
    meiSession.dialog.over(here)
    expect((await meiSession.dialog.request({ method: 'INFO' })).status).toBe(403)
    expect([its.seen.length, focusSession.dialog.flow]).toEqual([0, focus.flow])
    allowed.is = true
    expect((await meiSession.dialog.request({ method: 'INFO' })).status).toBe(200)
    expect(focusSession.dialog.flow).toBe(there)
    there.close()
    expect(its.lost).toHaveBeenCalledOnce()
    focus.flow.close()
    expect(its.lost).toHaveBeenCalledOnce()
  })
})

describe('in a dialog', () => {
  test('a request that is out of order gets 500', async () => {
    const { mei, meiSession, heard, its } = await session()
    for (const number of [10, 9, 10, 11]) mei.endpoint.send(mei.flow, meiSession.dialog.compose({ method: 'INFO' }, number), () => {})
    await until(() => heard.mei.length === 5)
    expect(heard.mei.slice(1)).toMatchObject([{ status: 200 }, { status: 500 }, { status: 500 }, { status: 200 }])
    expect(its.seen).toHaveLength(2)
  })

  test('that nobody knows everything but what may stand outside gets 481', async () => {
    const { mei, meiSession, focusSession, focus, heard } = await session()
    focus.dialogs.remove(focusSession.dialog)
    for (const method of ['BYE', 'INFO', 'INVITE', 'NOTIFY', 'SUBSCRIBE', 'UPDATE', 'REFER', 'MESSAGE']) {
      mei.endpoint.send(mei.flow, meiSession.dialog.compose({ method }), () => {})
    }
    await until(() => heard.mei.length === 9)
    // The last is answered by whoever hears what stands outside.
    expect(heard.mei.slice(1).map((message) => (message.kind === 'response' ? message.status : 0))).toEqual([481, 481, 481, 481, 481, 481, 481, 405])
  })

  test('what goes out follows the route that was recorded, also past a strict router', async () => {
    const { mei, focus, heard, wire } = talk()
    focus.endpoint.onRequest(() => {})
    for (const [recorded, uri, routes] of [
      ['<sip:a.test;lr>, <sip:b.test;lr>', 'sip:lan@there.test', ['<sip:b.test;lr>', '<sip:a.test;lr>']],
      ['<sip:a.test;lr>, <sip:strict.test>', 'sip:strict.test', ['<sip:a.test;lr>', '<sip:lan@there.test>']],
    ] as const) {
      heard.focus.length = 0
      wire.length = 0
      const { answer } = invite(mei.dialogs, mei.flow, { uri: 'sip:lan@lab.test', from: '<sip:mei@lab.test>', to: '<sip:lan@lab.test>', contact: '<sip:mei@lab.test>' },
        { request: ({ reply }) => reply(200), ended() {} })
      await until(() => heard.focus.length === 1)
      focus.flow.send(answerTo(heard.focus[0]!, 200, { Contact: '<sip:lan@there.test>', 'Record-Route': recorded }))
      await answer
      await until(() => wire.includes('mei: ACK'))
      const ack = heard.focus[1] as SipRequest
      expect([ack.uri, ack.headers.all('Route')]).toEqual([uri, routes])
    }
  })

  test('the callee sees the route in the order of the request, and answers it whole', async () => {
    const { mei, focus, heard } = talk()
    let made: InviteSession | undefined
    focus.endpoint.onRequest((incoming) => {
      made = accept(focus.dialogs, incoming, { contact: '<sip:conf@lab.test>' }, { request: ({ reply }) => reply(200), ended() {} })
    })
    invite(mei.dialogs, mei.flow, {
      uri: 'sip:conf@lab.test', from: '<sip:mei@lab.test>', to: '<sip:conf@lab.test>', contact: '<sip:mei@lab.test>',
      headers: [['Record-Route', '<sip:b.test;lr>'], ['Record-Route', '<sip:a.test;lr>']],
    }, { request: ({ reply }) => reply(200), ended() {} })
    await until(() => heard.mei.length === 1)
    expect(heard.mei[0]!.headers.all('Record-Route')).toEqual(['<sip:b.test;lr>', '<sip:a.test;lr>'])
    expect(made!.dialog.compose({ method: 'INFO' }).headers.all('Route')).toEqual(['<sip:b.test;lr>', '<sip:a.test;lr>'])
  })
})
