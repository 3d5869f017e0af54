import { deflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import type { Message } from '../../src-main/contract/message'
import { conferenceInfoType, writeConferenceInfo, type ConferenceInfo } from '../../src-main/rcs/conference-info'
import { readPayload, writeReceipt, writeText, writeTombstone, type Written } from '../../src-main/rcs/content'
import { readResourceLists } from '../../src-main/rcs/resource-lists'
import type { Incoming } from '../../src-main/sip/incoming'
import { accept } from '../../src-main/sip/invitation'
import { readContacts } from '../../src-main/sip/name-address'
import { acceptSubscription } from '../../src-main/sip/notifier'
import { contentIn } from '../fakes/content'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { lan, mei, Operator } from '../network/operator'
import { until } from '../scenarios/clients/cast'

const group = 'sip:conf-garden@office.example'
const factory = 'sip:conference-factory@office.example'
const wei = 'sip:wei@office.example'
const now = Date.now()

let operator: Operator
let client: Client
/** What the focus knows, or how it refuses to tell. */
let state: ConferenceInfo | { status: number; fault: string }

beforeEach(() => {
  operator = new Operator({ clock: systemClock, ids: randomIds })
  state = full(1)
})
afterEach(() => client.stop())

const user = (entity: string, more: object = {}): ConferenceInfo['users'][number] => ({ entity, status: 'connected', isAdmin: false, ...more })
const full = (version: number, more: Partial<ConferenceInfo> = {}): ConferenceInfo =>
  ({ entity: group, state: 'full', isWholeRoster: true, version, subject: 'Garden', users: [user(mei), user(lan, { isAdmin: true })], ...more })
const partial = (version: number, more: Partial<ConferenceInfo>): ConferenceInfo => ({ entity: group, state: 'partial', isWholeRoster: false, version, users: [], ...more })

/** Mei's program, at an operator that makes groups or at one that does not. */
async function opens({ makesGroups = true } = {}): Promise<void> {
  if (makesGroups) operator.announces.push(['Yanxin-Conference-Factory', `<${factory}>`])
  operator.onOther = (incoming) => (incoming.request.method === 'SUBSCRIBE' ? tells(incoming) : incoming.reply(405))
  client = new Client({
    account: mei, password: 'plum blossom', instance: `urn:uuid:${randomIds.uuid()}`, userAgent: 'Yanxin/test', ledger: await openInlineDatabase(),
    connect: operator.connect, settings: () => ({ sendDisplayed: true, sendTyping: true, fetchUpTo: 0 }), addresses: () => [], ...contentIn(temporaryFolder()),
    clock: systemClock, ids: randomIds, random: () => 0, log: silentLog,
  })
  await client.start()
  await until('the link', () => client.link.at === 'online')
}

function tells(incoming: Incoming): void {
  if ('status' in state) return incoming.reply(state.status, 'No', { headers: [['Yanxin-Fault', state.fault], ['Warning', '399 office.example "you are \\"out\\""']] })
  const body = deflateSync(Buffer.from(writeConferenceInfo(state)))
  acceptSubscription(operator.dialogs, incoming, { contact: `<${group}>;isfocus` }, {
    state: () => ({ headers: [['Content-Type', conferenceInfoType], ['Content-Encoding', 'deflate']], body }), ended() {},
  })
}

/** The relay hands on what is of the group, as only it can. */
const inGroup = ({ contentType, body }: Written, { version = 1, headers = [] as [string, string][] } = {}) =>
  operator.says([['P-Asserted-Identity', `<${group}>`], ['Yanxin-Group', String(version)], ['Content-Type', contentType], ...headers], body, group)
const document = (info: ConferenceInfo) => inGroup({ contentType: conferenceInfoType, body: Buffer.from(writeConferenceInfo(info)) }, { version: info.version })
const frame = { to: group, sentAt: now }
const messages = async (): Promise<Message[]> =>
  (await client.changes(0, 1_000)).changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []))
const view = () => client.groups.view(group)
const asked = () => operator.of('SUBSCRIBE').length

describe('what is of a group', () => {
  it('is from its author, in the group, which is asked for when it is not known', async () => {
    await opens()
    state = full(4)
    expect((await inGroup(writeText({ ...frame, from: lan, id: 'm1', text: 'hi', mentions: ['all'] }), { version: 4 })).status).toBe(200)
    expect(await messages()).toMatchObject([{ conversation: group, from: lan, outgoing: false, content: { kind: 'text', text: 'hi', mentions: ['all'] } }])
    await until('the group', async () => (await view()).group.version === 4)
    expect(await client.conversation(group)).toMatchObject({ name: 'Garden', mention: 0, group: { state: 'joined', members: 2 } })
    const [subscribe] = operator.of('SUBSCRIBE')
    expect(['Event', 'Expires', 'Accept'].map((name) => subscribe!.headers.get(name))).toEqual(['conference', '0', conferenceInfoType])
    // The receipt goes to the group, for the author.
    const receipt = await until('the receipt', () => operator.of('MESSAGE')[0])
    expect(receipt.uri).toBe(group)
    expect(readPayload({ contentType: receipt.headers.get('Content-Type')!, body: receipt.body }).cpim).toMatchObject({ from: mei, to: lan })
    await client.markRead(group, 1)
    const read = await until('the other one', () => operator.of('MESSAGE')[1])
    expect([read.uri, readPayload({ contentType: read.headers.get('Content-Type')!, body: read.body }).cpim!.to]).toEqual([group, lan])
  })

  it('is asked for once when something is missing, and again until it is here', async () => {
    await opens()
    await document(full(1))
    expect(asked()).toBe(0)
    state = { status: 503, fault: 'busy' }
    await document(partial(3, { subject: 'Orchard', change: { what: 'subject', by: lan, text: 'Orchard', at: now } }))
    await document(partial(4, { users: [user(wei)], change: { what: 'joined', by: wei, at: now } }))
    expect((await messages()).map(({ id }) => id)).toEqual(['v3', 'v4'])
    await until('the question', () => asked() > 0)
    expect(asked()).toBe(1)
    state = full(4, { subject: 'Orchard', users: [user(mei), user(lan), user(wei)] })
    await until('the answer', async () => (await view()).group.version === 4)
    expect(asked()).toBe(2)
    await document(partial(5, { users: [user(wei, { state: 'deleted' })] }))
    expect((await view()).members).toHaveLength(2)
    expect(asked()).toBe(2)
  })

  it('is over when the focus says that we are out', async () => {
    await opens()
    await document(full(1))
    state = { status: 403, fault: 'not-member' }
    await document(partial(3, { subject: 'Orchard' }))
    await until('it to be over', async () => (await view()).group.state === 'removed')
    expect(asked()).toBe(1)
  })

  it('is ours when it comes back: it has its place then, and no receipt goes out', async () => {
    await opens()
    await document(full(1))
    await client.send(group, 'mine-0001', 'mine')
    await until('it to be sent', async () => (await messages()).some(({ id, status }) => id === 'mine-0001' && status === 'sent'))
    await inGroup(writeText({ ...frame, from: lan, id: 'hers', text: 'hers', dispositions: [] }))
    expect((await messages()).sort((a, b) => a.place - b.place).map(({ id }) => id)).toEqual(['hers', 'mine-0001'])
    await inGroup(writeText({ ...frame, from: mei, id: 'mine-0001', text: 'mine' }), { headers: [['Yanxin-Copy', 'sent']] })
    await inGroup(writeText({ ...frame, from: mei, id: 'telephone', text: 'from the telephone' }), { headers: [['Yanxin-Copy', 'sent']] })
    await inGroup(writeText({ ...frame, from: lan, id: 'last', text: 'last', dispositions: [] }))
    const all = (await messages()).sort((a, b) => a.place - b.place)
    expect(all.map(({ id, outgoing }) => `${id} ${outgoing}`)).toEqual(['hers false', 'mine-0001 true', 'telephone true', 'last false'])
    expect(operator.of('MESSAGE')).toHaveLength(1)
    // What its members say of it counts, and nobody else.
    const receipt = (from: string, status: 'displayed') => inGroup(writeReceipt({ from, to: mei, sentAt: now, id: randomIds.token(), imdn: { messageId: 'mine-0001', datetime: now, kind: 'display', status } }))
    await receipt('sip:eve@office.example', 'displayed')
    expect(await client.groups.receipts(group, 'mine-0001')).toEqual([{ address: lan }])
    await receipt(lan, 'displayed')
    expect((await messages()).find(({ id }) => id === 'mine-0001')!.status).toBe('displayed')
  })

  it('may be that a message of a member expired', async () => {
    await opens()
    await document(full(1))
    await inGroup(writeTombstone({ from: lan, to: mei, sentAt: now, id: 't1', tombstone: { messageId: 'late', from: lan, sentAt: now, reason: 'expired' } }))
    expect(await messages()).toMatchObject([{ conversation: group, id: 'late', from: lan, content: { kind: 'expired' } }])
  })

  it('says nothing of another group, and nothing in the name of a member', async () => {
    await opens()
    await document({ ...full(1), entity: 'sip:conf-other@office.example' })
    await inGroup(writeText({ ...frame, from: lan, id: 'm1', text: writeConferenceInfo(full(9)) }))
    await expect(client.groups.view('sip:conf-other@office.example')).rejects.toMatchObject({ code: 'bad-argument' })
    expect((await inGroup({ contentType: 'text/plain', body: Buffer.from('x') }, { version: NaN })).status).toBe(400)
  })

  it('counts only where the registrar is a relay of ours: elsewhere whoever sends it is its sender', async () => {
    await opens({ makesGroups: false })
    const eve = 'sip:eve@office.example'
    const { contentType, body } = writeText({ from: lan, to: mei, sentAt: now, id: 'm1', text: 'I am Lan' })
    await operator.says([['P-Asserted-Identity', `<${eve}>`], ['Yanxin-Group', '1'], ['Content-Type', contentType]], body, eve)
    expect(await messages()).toMatchObject([{ conversation: eve, from: eve }])
    expect(await client.conversation(eve)).not.toHaveProperty('group')
    await expect(client.groups.create(randomIds.uuid(), { subject: 'x', members: [lan] })).rejects.toMatchObject({ code: 'not-acceptable' })
  })
})

describe('the focus is asked', () => {
  it('for a group by RFC 5366, and to come in by an INVITE that ends at once', async () => {
    await opens()
    const ended: string[] = []
    operator.onOther = (incoming) => {
      const { method, uri } = incoming.request
      if (method === 'SUBSCRIBE') return tells(incoming)
      if (uri === factory) return incoming.reply(302, 'Moved', { headers: [['Contact', `<${group}>;isfocus`], ['Yanxin-Left-Out', `<${wei}>;reason=not-acceptable, <sip:x@y>;reason=of-a-newer-version`]] })
      accept(operator.dialogs, incoming, { contact: `<${group}>;isfocus` }, { request: (other) => other.reply(405), ended: (end) => void ended.push(end.by) })
    }
    const id = randomIds.uuid()
    expect(await client.groups.create(id, { subject: '花园\r\nGarden', members: [lan, wei] })).toEqual({
      conversation: group, leftOut: [{ address: wei, fault: { code: 'not-acceptable' } }, { address: 'sip:x@y', fault: { code: 'not-acceptable' } }],
    })
    expect(await client.conversation(group)).toMatchObject({ name: '花园\r\nGarden', group: { role: 'admin', state: 'joined' } })
    const [invite] = operator.of('INVITE')
    expect(['Require', 'Subject', 'Contribution-ID', 'Content-Disposition'].map((name) => invite!.headers.get(name))).toEqual(['recipient-list-invite', '花园 Garden', id, 'recipient-list'])
    expect(readResourceLists(invite!.body)).toEqual([lan, wei])
    const contacts = readContacts(invite!.headers.all('Contact'))
    expect(contacts !== '*' && contacts[0]!.params.has('+g.yanxin.groups') && contacts[0]!.params.has('text')).toBe(true)

    await client.groups.answer(group, 'accept')
    expect(operator.of('INVITE')[1]!.uri).toBe(group)
    await client.groups.join(`${group};code=a%26b`)
    expect(operator.of('INVITE')[2]!.uri).toBe(`${group};code=a%26b`)
    await until('the ends', () => ended.length === 2)
    expect(operator.dialogs.size).toBe(0)
    // What the focus does not say by itself is asked for after a while.
    await until('the state', async () => (await view()).group.version === 1)
  })

  it('by REFER for members, one or several, admins and the end', async () => {
    await opens()
    await document(full(1))
    operator.onOther = (incoming) => incoming.reply(202, undefined, { headers: [['Refer-Sub', 'false']] })
    await client.groups.invite(group, [wei])
    await client.groups.invite(group, [wei, 'tel:+8613800000001'])
    await client.groups.remove(group, wei)
    await client.groups.answer(group, 'decline')
    await client.groups.setRole(group, lan, 'admin')
    await client.groups.setRole(group, lan, 'member')
    await client.groups.dissolve(group)
    const refers = operator.of('REFER')
    expect(refers.map(({ headers }) => headers.get('Refer-To'))).toEqual([
      `<${wei};method=INVITE>`, '<cid:members@list>', `<${wei};method=BYE>`, `<${mei};method=BYE>`, `<${lan}>;admin=1`, `<${lan}>;admin=0`, `<${group};method=BYE>`,
    ])
    expect(refers.every(({ uri, headers }) => uri === group && headers.get('Refer-Sub') === 'false' && headers.has('Contact'))).toBe(true)
    expect([refers[1]!.headers.get('Require'), refers[1]!.headers.get('Content-ID'), readResourceLists(refers[1]!.body)])
      .toEqual(['multiple-refer, norefersub', '<members@list>', [wei, 'tel:+8613800000001']])
  })

  it('and its words are told where it refuses', async () => {
    await opens()
    await document(full(1))
    operator.onOther = (incoming) => incoming.reply(403, 'Forbidden', { headers: [['Yanxin-Fault', 'last-admin'], ['Warning', '399 office.example "name \\"another\\" admin first"']] })
    await expect(client.groups.setRole(group, mei, 'member')).rejects.toMatchObject({ code: 'last-admin', message: '403 Forbidden: name "another" admin first' })
    expect((await view()).group.state).toBe('joined')
    operator.onOther = (incoming) => incoming.reply(410, 'Gone', { headers: [['Yanxin-Fault', 'group-gone']] })
    await expect(client.groups.answer(group, 'accept')).rejects.toMatchObject({ code: 'group-gone' })
    expect((await view()).group.state).toBe('gone')
  })
})
