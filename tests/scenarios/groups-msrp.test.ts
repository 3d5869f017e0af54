import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { makeIdentity } from '../../src-main/msrp/certificate'
import { writeContactFeatures } from '../../src-main/rcs/capabilities'
import { domain, passwordOf, play, until, type Addressed, type Office, type Person } from './clients/cast'
import { MsrpPhone } from './clients/msrp-phone'
import { joins, listOf } from './play/group'
import { Phone, textOf } from './play/phone'

interface Cast {
  office: Office
  /** A telephone that talks to its groups over MSRP. */
  mei: MsrpPhone
  /** One of our own clients. */
  lan: Person
  /** A plain telephone, which speaks SIP alone. */
  bo: Phone
}

type Tls = { cert: string; key: string }

/** Three of a kind each, all of whom are there. */
async function three(act: (cast: Cast) => Promise<void>, { tls, takesLarge = tls ?? true }: { tls?: Tls; takesLarge?: Office['takesLarge'] } = {}): Promise<void> {
  await play(['mei', 'lan', 'bo'], async ({ lan }, office) => {
    await office.dies()
    office.takesLarge = takesLarge
    await office.opens()
    const mei = new MsrpPhone(office, 'mei', { identity: tls })
    const bo = new Phone({ user: 'bo', domain, password: passwordOf('bo'), port: office.port, instance: 'urn:uuid:plain' })
    // Who is called by the focus is busy, and comes by itself.
    mei.picksUp = (incoming) => incoming.reply(486)
    bo.answer = ({ start }) => (start.startsWith('INVITE') ? '486 Busy Here' : '200 OK')
    try {
      await Promise.all([mei.comes(), lan.comes(), bo.comes()])
      await act({ office, mei, lan, bo })
    } finally {
      await mei.leaves()
      if (bo.isOpen) await bo.leaves()
    }
  })
}

/** A text like no other. */
const longText = (bytes: number): string => randomBytes(bytes / 2).toString('hex')
const brief = (texts: readonly string[]): string[] => texts.map((text) => (text.length > 100 ? `${text.slice(0, 20)}… ${text.length}` : text))

/** Lan makes a group; Mei and Bo come in. */
async function lansGroup({ lan, mei, bo }: Pick<Cast, 'lan' | 'mei' | 'bo'>): Promise<Addressed> {
  const group = await lan.makes('周末', mei, bo)
  expect((await joins(bo, group.address)).status).toBe(200)
  await mei.joins(group)
  await lan.knows(group, 'both', ({ members }) => members.filter(({ state }) => state === 'joined').length === 3)
  return group
}

/** What a telephone without sessions was told, in order. */
const plainTexts = (phone: Phone): string[] => phone.inbox.filter(({ body }) => body.includes('Content-Type: text/plain')).map(({ body }) => textOf(body))

const imdn = (id: string, what: 'display' | 'delivery'): string =>
  `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-05-03T08:00:01Z</datetime><${what}-notification><status><${what === 'display' ? 'displayed' : 'delivered'}/></status></${what}-notification></imdn>`

describe.each([false, true])('over TLS: %s', (isSecret) => {
  test('a telephone with MSRP, a client of ours and a plain telephone are in one group and hear the same in the same order', async () => {
    const tls = isSecret ? await makeIdentity({ name: domain, now: systemClock.now() }) as Tls : undefined
    await three(async ({ mei, lan, bo }) => {
      const group = await mei.makes('周末', lan, bo)
      await lan.accepts(group)
      await joins(bo, group.address)
      const long = [longText(200 * 1024), longText(200 * 1024)]
      expect(await mei.says('from mei', group)).toEqual({ ok: true })
      await lan.says('from lan', group)
      await mei.hears('from lan')
      await bo.says('from bo', group.address)
      await mei.hears('from bo')
      expect(await mei.says(long[0]!, group)).toEqual({ ok: true })
      await lan.says(long[1]!, group)
      await mei.hears(long[1]!)
      await mei.says('the end', group)
      await lan.hears('the end', group)
      const all = ['from mei', 'from lan', 'from bo', ...long, 'the end']
      const said = (await lan.texts(group)).filter((text) => !text.startsWith('('))
      expect(brief(said)).toEqual(brief(all))
      expect(brief(mei.texts())).toEqual(brief(['from lan', 'from bo', long[1]!]))
      expect(mei.told.map(({ by }) => by)).toEqual(mei.told.map(() => 'session'))
      expect(mei.told.map(({ from }) => from)).toContain(bo.address)
      await bo.hears('the end')
      // What no MESSAGE carries is not for one who has nothing else.
      expect(plainTexts(bo)).toEqual(['from mei', 'from lan', 'the end'])
    }, tls ? { tls } : {})
  }, 60_000)
})

test('receipts, typing and the data of the group pass in the session as by MESSAGE', () => three(async (cast) => {
  const { mei, lan, bo } = cast
  const group = await lansGroup(cast)
  const id = await lan.says('read me', group)
  await mei.hears('read me')
  await bo.hears('read me')
  await bo.says(imdn(id, 'display'), group.address, { contentType: 'message/imdn+xml', dispositions: '' })
  expect(await mei.says(imdn(id, 'display'), group, { type: 'message/imdn+xml' })).toEqual({ ok: true })
  await lan.sees('displayed', id, group)
  const own = randomIds.token()
  await mei.says('and me', group, { id: own })
  await until('a receipt', () => mei.told.find(({ type, text }) => type === 'message/imdn+xml' && text.includes(own)))
  const typing = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'
  await mei.says(typing, group, { type: 'application/im-iscomposing+xml' })
  await until('lan to see mei typing', () => lan.typing.find(({ from }) => from === mei.address))
  await bo.says(typing, group.address, { contentType: 'application/im-iscomposing+xml', dispositions: '', more: 'Expires: 0\r\n' })
  expect(await mei.hears(typing)).toMatchObject({ by: 'session', from: bo.address })
  const data = '<groupdata xmlns="urn:oma:xml:cpm:groupdata"><target-type>subject</target-type><action-type>set</action-type><data>New</data></groupdata>'
  const says = () => mei.says(data, group, { type: 'application/vnd.oma.cpm-groupdata+xml' })
  expect(await says()).toMatchObject({ ok: false, fault: { detail: { status: 403 } } })
  await lan.client.groups.setRole(group.address, mei.address, 'admin')
  expect(await says()).toEqual({ ok: true })
  await lan.knows(group, 'the new name', (known) => known.group.subject === 'New')
}))

test('nothing before the invitation is taken, and nothing after the removal', () => three(async ({ mei, lan, bo }) => {
  const group = await lan.makes('周末', mei, bo)
  await joins(bo, group.address)
  await lan.says('before', group)
  await bo.hears('before')
  await mei.joins(group)
  await lan.says('between', group)
  await mei.hears('between')
  const { msrp } = mei
  mei.clings = true
  await lan.client.groups.remove(group.address, mei.address)
  await until('the session to end', () => mei.ends.length === 1 && msrp!.at === 'closed')
  expect(mei.ends[0]).toMatchObject({ by: 'remote', reason: { cause: 603, text: 'Removed' } })
  await lan.says('after', group)
  await bo.hears('after')
  expect(mei.texts()).toEqual(['between'])
  expect((await mei.opens(group.address)).status).toBe(403)
}))

test('who may not write there is told so in the session, which goes on', () => three(async (cast) => {
  const { mei, lan } = cast
  const group = await lansGroup(cast)
  await lan.client.groups.change(group.address, { policies: { post: 'admins', add: 'all', history: 'hidden' } })
  await lan.knows(group, 'the rule', (known) => known.group.policies.post === 'admins')
  expect(await mei.says('may I', group)).toMatchObject({ ok: false, fault: { code: 'refused', detail: { status: 403 } } })
  expect(await mei.says('as lan', group, { from: lan.address })).toMatchObject({ ok: false, fault: { detail: { status: 403 } } })
  await lan.says('listen', group)
  expect(await mei.hears('listen')).toMatchObject({ by: 'session' })
}))

describe.each(['before', 'after'] as const)('a relay that dies just %s it has kept what a telephone says', (when) => {
  test('is told again, under the same Message-ID, and says it once', () => three(async (cast) => {
    const { office, mei, lan, bo } = cast
    const group = await lansGroup(cast)
    let dying: Promise<void> | undefined
    office.around = async (verb, commit) => {
      if (verb !== 'groups.post' || dying) return commit()
      if (when === 'after') await commit()
      dying = office.dies()
      return new Promise(() => {})
    }
    expect(await mei.says('is anybody there?', group, { id: 'once' })).toMatchObject({ ok: false, fault: { code: 'connection-lost' } })
    await until('the relay to die', () => dying !== undefined)
    await dying
    await office.opens()
    mei.sip.woke()
    await until('mei to be back', async () => mei.sip.link.at === 'online' && (await mei.joins(group).then(() => true, () => false)))
    expect(await mei.says('is anybody there?', group, { id: 'once' })).toEqual({ ok: true })
    await mei.says('so there', group)
    await lan.hears('so there', group)
    expect((await lan.texts(group)).filter((text) => !text.startsWith('('))).toEqual(['is anybody there?', 'so there'])
    await bo.comes()
    await bo.hears('so there')
    expect([...new Set(plainTexts(bo))]).toEqual(['is anybody there?', 'so there'])
  }), 60_000)
})

test('a session that breaks before its report: the same goes again by MESSAGE under its Message-ID, and nothing overtakes it', () => three(async (cast) => {
  const { mei, lan } = cast
  const group = await lansGroup(cast)
  await lan.says('first', group)
  await mei.hears('first')
  const begun = new Promise<string | undefined>((resolve) => {
    mei.keeps = ({ id }) => {
      resolve(id)
      return new Promise(() => {})
    }
  })
  const id = await lan.says('second', group)
  for (const text of ['third', 'fourth']) await lan.says(text, group)
  expect(await begun).toBe(id)
  mei.msrp!.connection!.close()
  await mei.hears('fourth')
  expect(mei.told.map(({ text, by }) => `${text} ${by}`)).toEqual(['first session', 'second message', 'third message', 'fourth message'])
  expect(mei.told[1]!.id).toBe(id)
  // The focus has ended what stood on it.
  await until('the end', () => mei.ends.length === 1)
  mei.keeps = () => {}
  await mei.joins(group)
  await lan.says('fifth', group)
  expect(await mei.hears('fifth')).toMatchObject({ by: 'session' })
}))

test('a telephone that says that it holds sessions is called with an offer, and without one when it refuses that', () => three(async ({ mei, lan, bo }) => {
  const busy = mei.picksUp
  mei.picksUp = (incoming) => {
    mei.picksUp = busy
    incoming.reply(488)
  }
  await lan.makes('refused', mei)
  await until('a second call', () => mei.calls.length === 2)
  expect(mei.calls.map(({ headers }) => headers.get('Content-Type')!.split(';')[0])).toEqual(['multipart/mixed', 'application/resource-lists+xml'])
  mei.picksUp = mei.takesCalls
  const group = await lan.makes('taken', mei, bo)
  await lan.knows(group, 'mei', ({ members }) => members.some(({ address, state }) => address === mei.address && state === 'joined'))
  await until('the session', () => mei.msrp?.at === 'open')
  await lan.says('welcome', group)
  expect(await mei.hears('welcome')).toMatchObject({ by: 'session' })
  expect(await mei.says('thanks', group)).toEqual({ ok: true })
  await lan.hears('thanks', group)
}))

test('to hang up is not to leave, unless the reason says so; a re-INVITE keeps the media, and holds it', () => three(async (cast) => {
  const { mei, lan, bo } = cast
  const group = await lansGroup(cast)
  const again = await mei.session!.reinvite({ headers: [['Content-Type', 'application/sdp']], body: mei.offer })
  expect([again.status, again.headers.get('Content-Type')]).toEqual([200, 'application/sdp'])
  await lan.says('still here?', group)
  expect(await mei.hears('still here?')).toMatchObject({ by: 'session' })
  const held = await mei.session!.reinvite({ headers: [['Content-Type', 'application/sdp']], body: Buffer.from(Buffer.from(mei.offer).toString().replace('a=sendrecv', 'a=inactive')) })
  expect(Buffer.from(held.body).toString()).toContain('a=inactive')
  await lan.says('on hold', group)
  expect(await mei.hears('on hold')).toMatchObject({ by: 'message' })
  const foreign = Buffer.from(Buffer.from(mei.offer).toString().replace(/a=path:\S+/, 'a=path:msrp://127.0.0.1:9/another;tcp'))
  expect((await mei.session!.reinvite({ headers: [['Content-Type', 'application/sdp']], body: foreign })).status).toBe(488)
  expect(mei.msrp!.at).toBe('open')
  await mei.hangsUp()
  expect(mei.msrp!.at).toBe('closed')
  await lan.says('away', group)
  expect(await mei.hears('away')).toMatchObject({ by: 'message' })
  await mei.joins(group)
  await lan.says('back', group)
  expect(await mei.hears('back')).toMatchObject({ by: 'session' })
  await mei.hangsUp([['Reason', 'SIP;cause=200;text="Call completed"']])
  await lan.knows(group, 'mei to have left', ({ members }) => members.every(({ address }) => address !== mei.address))
  await lan.says('gone', group)
  await bo.hears('gone')
  expect(mei.texts()).not.toContain('gone')
}))

test('the end of a session that was forgotten is not the end of the membership, unless the reason says so', () => three(async ({ mei, lan, bo, office }) => {
  const ann = await new Phone({ user: 'mei', domain, password: passwordOf('mei'), port: office.port, instance: 'urn:uuid:other', features: writeContactFeatures(['session', 'group']) }).comes()
  const group = await lansGroup({ lan, mei, bo })
  const late = (more: string) => ann.send('BYE', group.address, `From: <${ann.address}>;tag=f1\r\nTo: <${group.address}>;tag=forgotten\r\nCall-ID: forgotten\r\n${more}`)
  expect((await late('')).status).toBe(481)
  expect((await late('Reason: SIP;cause=200;text="Call completed"\r\n')).status).toBe(200)
  await lan.knows(group, 'mei to have left', ({ members }) => members.every(({ address }) => address !== mei.address))
  // Its session on another device ends as well.
  await until('the end', () => mei.ends.length === 1 && mei.msrp!.at === 'closed')
  await ann.leaves()
}))

test('a second session of a device takes the place of the first', () => three(async (cast) => {
  const { mei, lan } = cast
  const group = await lansGroup(cast)
  const { msrp } = mei
  await mei.joins(group)
  await until('the first to end', () => msrp!.at === 'closed' && mei.ends.length === 1)
  await lan.says('here', group)
  expect(await mei.hears('here')).toMatchObject({ by: 'session' })
}))

test('a relay that stops ends the sessions', () => three(async (cast) => {
  const { office, mei } = cast
  await lansGroup(cast)
  await office.dies()
  await until('the end', () => mei.msrp!.at === 'closed')
}))

test('without a listener for MSRP an offer is refused in words, and no group is made of it', () => three(async ({ mei, lan }) => {
  const refused = await mei.opens(`sip:conference-factory@${domain}`, [['Require', 'recipient-list-invite'], ['Subject', 'none']], listOf([lan.address]))
  expect([refused.status, refused.headers.get('Warning')]).toEqual([488, expect.stringContaining('holds no sessions over MSRP')])
  const group = await lan.makes('by message', mei)
  expect((await mei.opens(group.address)).status).toBe(488)
  expect(mei.calls.map(({ headers }) => headers.get('Content-Type'))).toEqual(['application/resource-lists+xml'])
}, { takesLarge: false }))
