import { expect, test } from 'vitest'
import { cpimOf, header, type Phone } from './play/phone'
import { adds, asksFactory, documentOf, fetches, hearsLast, joins, makes, ours, refers, removes, sets, story } from './play/group'
import { Stage, until } from './play/stage'
import type { Rules } from '../../src-main/server/rules'

interface Cast { stage: Stage; mei: Phone; lan: Phone; bo: Phone; ann: Phone }

/** Mei, Lan, Bo and Ann are there with devices as ours are; they speak SIP by hand. */
function play(name: string, act: (cast: Cast) => Promise<void>, rules?: Partial<Rules>): void {
  test(name, async () => {
    const stage = await new Stage(undefined, rules).opens()
    try {
      const people = []
      for (const [i, user] of ['mei', 'lan', 'bo', 'ann'].entries()) {
        await stage.adds(user)
        people.push(await stage.phone(user, { instance: `urn:uuid:00000000-0000-4000-8000-00000000000${i}`, features: ours }).comes())
      }
      const [mei, lan, bo, ann] = people as [Phone, Phone, Phone, Phone]
      await act({ stage, mei, lan, bo, ann })
    } finally {
      await stage.ends()
    }
  })
}

const fault = (heard: { head: string }): string | undefined => header(heard, 'Yanxin-Fault')

play('who is invited hears of the group and nothing of what is said there, until the invitation is accepted', async ({ mei, lan, bo }) => {
  const group = await makes(mei, '周末', [lan, bo])
  expect((await joins(bo, group)).status).toBe(200)
  await hearsLast(mei, group, 'v2 joined')
  expect((await mei.says('hello', group, { id: 'g1' })).status).toBe(200)
  const heard = await bo.hears('hello')
  expect(heard.body).toBe(cpimOf(mei.address, group, 'g1', 'text/plain;charset=UTF-8', 'hello'))
  expect(header(heard, 'From')).toContain(`<${group}>`)
  expect(header(heard, 'To')).toBe(`<${bo.address}>`)
  expect(header(heard, 'P-Asserted-Identity')).toBe(`<${group}>`)
  expect(header(heard, 'Yanxin-Group')).toBe('2')
  expect(header(heard, 'Yanxin-Copy')).toBeUndefined()
  // Its author's own device learns its place among the others.
  expect(header(await mei.hears('hello'), 'Yanxin-Copy')).toBe('sent')
  await hearsLast(lan, group, 'v1 created')
  expect((await lan.says('me too', group)).status).toBe(403)
  await joins(lan, group)
  await mei.says('all here', group)
  expect(await hearsLast(lan, group, 'all here')).toEqual(['v1 created', 'v3 joined', 'all here'])
  expect(await hearsLast(mei, group, 'all here')).toEqual(['v1 created', 'v2 joined', 'hello', 'v3 joined', 'all here'])
  const { users, subject } = documentOf(lan.inbox.find(({ head }) => head.includes('conference-info'))!)
  expect(subject).toBe('周末')
  expect(users.map(({ entity, status, isAdmin }) => `${entity} ${status} ${isAdmin}`).sort())
    .toEqual([`${bo.address} pending false`, `${lan.address} pending false`, `${mei.address} connected true`])
})

play('an answer that was lost makes no second group and no second message', async ({ stage, mei, lan }) => {
  const contribution = '8c2e6e0a-1a57-4f2b-b2f5-9d1f6a0c7e22'
  const group = await makes(mei, 'once', [lan], contribution)
  expect(await makes(mei, 'once', [lan], contribution)).toBe(group)
  await joins(lan, group)
  for (let i = 0; i < 2; i++) expect((await mei.says('said twice', group, { id: 'same' })).status).toBe(200)
  await mei.says('after', group)
  await hearsLast(lan, group, 'after')
  expect(story(lan, group).filter((text) => text === 'said twice')).toHaveLength(1)
  await stage.settles()
})

play('who is no member may neither write, nor look, nor change; a group that is none is not found', async ({ mei, lan, ann }) => {
  const group = await makes(mei, 'ours', [lan])
  for (const answer of [await ann.says('hi', group), (await fetches(ann, group)).answer, await adds(ann, group, ann.address), await sets(ann, group, 'subject', 'mine'), await joins(ann, group)]) {
    expect([answer.status, fault(answer)]).toEqual([403, 'not-member'])
  }
  const nowhere = await ann.says('hi', 'sip:conf-nobody@play.test')
  expect([nowhere.status, fault(nowhere)]).toEqual([404, 'group-gone'])
})

play('a member that was removed gets nothing that was said later, and what was said before all the same', async ({ mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  await joins(bo, group)
  await hearsLast(bo, group, 'v3 joined')
  await bo.leaves()
  await mei.says('before', group)
  expect((await removes(mei, group, bo.address)).status).toBe(202)
  await mei.says('after', group)
  await hearsLast(lan, group, 'after')
  await bo.comes()
  const heard = await hearsLast(bo, group, 'v4 removed')
  expect(heard.slice(-2)).toEqual(['before', 'v4 removed'])
  expect((await bo.says('let me', group)).status).toBe(403)
  expect(story(bo, group)).not.toContain('after')
})

play('who joins later gets nothing that was said before, unless the group shares its history', async ({ mei, lan, bo, ann }) => {
  const group = await makes(mei, 'g', [lan])
  await joins(lan, group)
  await mei.says('old', group)
  await adds(mei, group, bo.address)
  await joins(bo, group)
  await mei.says('new', group)
  expect(await hearsLast(bo, group, 'new')).not.toContain('old')
  expect((await sets(mei, group, 'policy', 'history=shared')).status).toBe(200)
  await lan.says('shared 1', group)
  await mei.says('shared 2', group)
  await adds(mei, group, ann.address)
  await joins(ann, group)
  const heard = await hearsLast(ann, group, 'shared 2')
  expect(heard.filter((text) => !text.startsWith('v'))).toEqual(['shared 1', 'shared 2'])
})

play('rights are the admins’: to remove, to name, to make others admin, and to post where only they may', async ({ mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  await joins(bo, group)
  for (const answer of [await removes(lan, group, bo.address), await sets(lan, group, 'subject', 'x'), await refers(lan, group, `<${lan.address}>;admin=1`), await removes(lan, group, group)]) {
    expect([answer.status, fault(answer)]).toEqual([403, 'admins-only'])
  }
  await sets(mei, group, 'policy', 'post=admins;add=admins')
  for (const answer of [await lan.says('may I', group), await adds(lan, group, 'sip:ann@play.test')]) expect(fault(answer)).toBe('admins-only')
  expect(fault(await refers(mei, group, `<${mei.address}>;admin=0`))).toBe('last-admin')
  expect((await refers(mei, group, `<${lan.address}>;admin=1`)).status).toBe(202)
  expect((await lan.says('now I may', group)).status).toBe(200)
  expect((await sets(lan, group, 'subject', '新名')).status).toBe(200)
  const { info } = await fetches(bo, group)
  expect(info).toMatchObject({ subject: '新名', policies: { post: 'admins', add: 'admins', history: 'hidden' }, isWholeRoster: true })
})

play('a code lets in until it is taken back', async ({ mei, lan, bo, ann }) => {
  const group = await makes(mei, 'g', [lan])
  await sets(mei, group, 'code', '')
  const { code } = (await fetches(mei, group)).info!
  expect(code).toMatch(/^\S{10,}$/)
  expect(fault(await joins(bo, group, 'guessed'))).toBe('wrong-code')
  expect((await joins(bo, group, code)).status).toBe(200)
  await sets(mei, group, 'code', '', 'delete')
  expect(fault(await joins(ann, group, code))).toBe('wrong-code')
  expect((await bo.says('I am in', group)).status).toBe(200)
})

play('a receipt goes to the author alone', async ({ stage, mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  await joins(bo, group)
  await mei.says('read me', group, { id: 'r1' })
  await lan.hears('read me')
  const imdn = (id: string) => `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-05-03T08:00:01Z</datetime><display-notification><status><displayed/></status></display-notification></imdn>`
  expect((await lan.says(imdn('r1'), group, { contentType: 'message/imdn+xml', dispositions: '' })).status).toBe(200)
  const receipt = await mei.hears(imdn('r1'))
  expect(receipt.body).toContain(`From: <${lan.address}>`)
  expect(header(receipt, 'P-Asserted-Identity')).toBe(`<${group}>`)
  // Of a message that nobody remembers it is for nobody.
  expect((await lan.says(imdn('never'), group, { contentType: 'message/imdn+xml', dispositions: '' })).status).toBe(200)
  await stage.settles()
  expect(bo.texts).not.toContain(imdn('r1'))
  expect(mei.texts).not.toContain(imdn('never'))
})

play('typing reaches the others who are there, and nobody else', async ({ mei, lan, bo, ann }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  const typing = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'
  expect((await lan.says(typing, group, { contentType: 'application/im-iscomposing+xml', dispositions: '', more: 'Expires: 0\r\n' })).status).toBe(200)
  expect((await mei.hears(typing)).body).toContain(`From: <${lan.address}>`)
  await mei.says('enough', group)
  await hearsLast(lan, group, 'enough')
  for (const other of [lan, bo, ann]) expect(other.texts).not.toContain(typing)
})

play('when the only admin leaves, whoever has been there longest follows; the last one ends the group', async ({ mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(bo, group)
  await joins(lan, group)
  await removes(mei, group, mei.address)
  expect((await hearsLast(lan, group, 'v5 left')).slice(-2)).toEqual(['v4 promoted', 'v5 left'])
  expect((await fetches(lan, group)).info!.users.map(({ entity, isAdmin }) => [entity, isAdmin]).sort()).toEqual([[bo.address, true], [lan.address, false]])
  expect(await hearsLast(mei, group, 'v5 left')).toContain('v4 promoted')
  await removes(lan, group, lan.address)
  await removes(bo, group, bo.address)
  const answer = await bo.says('anyone?', group)
  expect([answer.status, fault(answer)]).toEqual([404, 'group-gone'])
})

play('a group that is dissolved says so to everybody, those invited among them', async ({ mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  expect((await removes(mei, group, group)).status).toBe(202)
  for (const each of [mei, lan, bo]) await hearsLast(each, group, 'v3 dissolved')
  expect(fault(await joins(bo, group))).toBe('group-gone')
})

play('who was away gets everything once and in order, changes and texts as they happened', async ({ stage, mei, lan, bo }) => {
  const group = await makes(mei, 'g', [lan, bo])
  await joins(lan, group)
  await joins(bo, group)
  await hearsLast(bo, group, 'v3 joined')
  await bo.leaves()
  await mei.says('1', group)
  await sets(mei, group, 'subject', 'renamed')
  await lan.says('2', group)
  await adds(mei, group, 'sip:ann@play.test')
  await mei.says('3', group)
  await bo.comes()
  expect((await hearsLast(bo, group, '3')).slice(-5)).toEqual(['1', 'v4 subject', '2', 'v5 invited', '3'])
  expect((await hearsLast(lan, group, '3')).slice(-6)).toEqual((await hearsLast(bo, group, '3')).slice(-6))
  await stage.settles()
})

play('a new device of a member learns the groups as they are', async ({ stage, mei, lan }) => {
  const group = await makes(mei, 'g', [lan])
  await joins(lan, group)
  const tablet = await stage.phone('lan', { instance: 'urn:uuid:00000000-0000-4000-8000-0000000000ff', features: ours }).comes()
  await hearsLast(tablet, group, 'v2 full')
  await mei.says('to both', group)
  await hearsLast(tablet, group, 'to both')
  // What one of one's own devices says is a copy to the other.
  await lan.says('from the phone', group)
  expect(header(await tablet.hears('from the phone'), 'Yanxin-Copy')).toBe('sent')
})

play('numbers that nobody has are left out and named', async ({ mei, lan }) => {
  const answer = await asksFactory(mei, 'g', [lan.address, 'sip:nobody@play.test'])
  expect(answer.status).toBe(302)
  expect(header(answer, 'Yanxin-Left-Out')).toBe('<sip:nobody@play.test>;reason=unknown-recipient')
  const group = /<(sip:conf-[^>]+)>/.exec(header(answer, 'Contact')!)![1]!
  expect((await fetches(mei, group)).info!.users.map(({ entity }) => entity).sort()).toEqual([lan.address, mei.address])
})

play('several are added by one REFER', async ({ mei, lan, bo, ann }) => {
  const group = await makes(mei, 'g', [lan])
  const list = `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list><entry uri="${bo.address}"/><entry uri="${ann.address}"/></list></resource-lists>`
  const answer = await refers(mei, group, '<cid:l1@play.test>', ['Require: multiple-refer, norefersub', 'Content-ID: <l1@play.test>', 'Content-Type: application/resource-lists+xml', 'Content-Disposition: recipient-list'], list)
  expect(answer.status).toBe(202)
  for (const each of [bo, ann]) await hearsLast(each, group, 'v2 invited')
  expect((await fetches(mei, group)).info!.users).toHaveLength(4)
})

play('what many are told is kept once, and no longer than somebody waits for it', async ({ stage, mei, lan, bo, ann }) => {
  const group = await makes(mei, 'g', [lan, bo, ann])
  for (const each of [lan, bo, ann]) await joins(each, group)
  for (const each of [lan, bo, ann]) await each.leaves()
  await until('all to be away', () => stage.relay.health().devicesOnline === 1)
  await mei.says('x'.repeat(20_000), group)
  await until('all but those three to have it', async () => await stage.waiting() === 3)
  const size = await stage.ledger.read('queue.next', { lane: `device:${bo.address}|${bo.person.instance}`, after: 0, limit: 10 })
  expect(size.map(({ body }) => body.length > 20_000)).toEqual([true])
  const { removed } = await stage.ledger.commit('queue.sweep', { now: Date.now() + 1e10, after: 0, limit: 100 })
  expect(removed).toBeGreaterThan(0)
  for (const each of [lan, bo, ann]) await each.comes()
  for (const each of [lan, bo, ann]) await each.hears('x'.repeat(20_000))
  await stage.settles()
  await stage.ledger.commit('queue.sweep', { now: Date.now() + 1e10, after: 0, limit: 100 })
  expect((await stage.ledger.commit('queue.sweep', { now: Date.now() + 1e10, after: 0, limit: 100 })).removed).toBe(0)
})

play('who floods a group is asked to wait, and others are not', async ({ mei, lan }) => {
  const group = await makes(mei, 'g', [lan])
  await joins(lan, group)
  const answers = []
  for (let i = 0; i < 8; i++) answers.push(await mei.says(`${i}`, group))
  const refused = answers.find(({ status }) => status === 503)
  expect(header(refused!, 'Retry-After')).toMatch(/^\d+$/)
  expect((await lan.says('calm', group)).status).toBe(200)
}, { groupFlood: { burst: 5, perSecond: 0.5 } })

play('in a group everybody has a name: what comes without one is refused, what comes without CPIM is given it', async ({ mei, lan }) => {
  const group = await makes(mei, 'g', [lan])
  await joins(lan, group)
  expect((await mei.says('who?', group, { cpimFrom: 'sip:anonymous@anonymous.invalid' })).status).toBe(488)
  expect((await mei.says('as lan', group, { cpimFrom: lan.address })).status).toBe(403)
  expect((await mei.says('plain words', group, { cpim: false, id: 'call-1' })).status).toBe(200)
  const heard = await lan.hears('plain words')
  expect(heard.body).toContain(`From: <${mei.address}>`)
  expect(heard.body).toContain('imdn.Message-ID: call-1')
})
