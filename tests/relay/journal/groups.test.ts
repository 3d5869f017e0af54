import { describe, expect, it } from 'vitest'
import { DAY, SECOND } from '../../../src-main/base/clock'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { GroupChange } from '../../../src-main/contract/group'
import { readPayload } from '../../../src-main/rcs/content'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import type { GroupDocument } from '../../../src-main/relay/journal/groups'
import { keyOf, type Put } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import { envelope, lan, mei, noon } from '../people'
import { Reader } from './reader'

type Journal = Ledger<DatabaseVerbs>

/** Mei is at this computer, in a group with Lan and Wei. */
const group = 'sip:conf-garden@example.org'
const wei = 'sip:wei@example.org'

async function journal(play: (journal: Journal) => Promise<void>): Promise<void> {
  const ledger = await openInlineDatabase()
  const reader = new Reader(ledger)
  await play(ledger)
  // Whatever happened, who follows has it all.
  await reader.followAll(3)
  await reader.expectWhole()
  await ledger.close()
}

const put = (id: string): Put => ({ envelope: envelope(id, { from: mei, to: group, conversation: group }), lanes: ['network'] })
const user = (entity: string, more: object = {}) => ({ entity, status: 'connected', isAdmin: false, ...more } as GroupDocument['users'][number])
const full = (version: number, more: Partial<GroupDocument> = {}): GroupDocument => ({
  conversation: group, state: 'full', isWholeRoster: true, version, subject: 'Garden', limit: 100,
  policies: { post: 'all', add: 'all', history: 'hidden' }, users: [user(mei), user(lan, { isAdmin: true }), user(wei)], ...more,
})
const partial = (version: number, more: Partial<GroupDocument> = {}): GroupDocument =>
  ({ conversation: group, state: 'partial', isWholeRoster: false, version, users: [], ...more })
const change = (what: GroupChange['what'], more: Partial<GroupDocument['change']> = {}) => ({ change: { what, by: lan, at: noon, ...more } })
const apply = (ledger: Journal, document: GroupDocument, now = noon) => ledger.commit('journal.group', { document, self: mei, now })

const say = (ledger: Journal, id: string, now = noon) => ledger.commit('journal.send', {
  message: { conversation: group, id, from: mei, content: { kind: 'text', text: id }, sentAt: now, now }, put: put(id),
})
const hear = (ledger: Journal, id: string, { from = lan, now = noon, version = 1, isMention = false } = {}) => ledger.commit('journal.receive', {
  message: { conversation: group, id, from, content: { kind: 'text', text: id }, sentAt: now, now }, wantsDisplay: true, isCpim: true, version, isMention,
})
const echo = (ledger: Journal, id: string, { version = 1, now = noon } = {}) => ledger.commit('journal.copy', {
  message: { conversation: group, id, from: mei, content: { kind: 'text', text: id }, sentAt: now, now }, version,
})
const fail = async (ledger: Journal, id: string) => {
  const row = (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 100 })).find((each) => each.id === id)!
  await ledger.commit('journal.settled', { row: keyOf(row), outcome: { kind: 'failed', fault: { code: 'admins-only' } }, now: noon })
}
const receipt = (ledger: Journal, id: string, from: string, status: 'delivered' | 'displayed' | 'failed' = 'delivered') =>
  ledger.commit('journal.receipt', { id, from, conversation: group, status, at: noon, now: noon })
const page = (ledger: Journal) => ledger.read('journal.page', { conversation: group, fromPlace: 0, limit: 100 })
const order = async (ledger: Journal) => (await page(ledger)).map(({ id }) => id)
const conversation = async (ledger: Journal) => (await ledger.read('journal.conversation', { conversation: group }))!
const view = async (ledger: Journal) => (await ledger.read('journal.groupView', { conversation: group }))!
const status = async (ledger: Journal, id: string) => (await ledger.read('journal.message', { conversation: group, id }))!.status

describe('documents', () => {
  it('a whole one is the group, its members and its conversation', () =>
    journal(async (ledger) => {
      const invitation = full(7, { ...change('invited', { of: [mei] }), users: [user(mei, { status: 'pending' }), user(lan, { isAdmin: true, displayText: 'Lan' })] })
      const first = await apply(ledger, invitation)
      expect(first).toMatchObject({ outcome: 'applied', place: 0, subject: 'Garden', group: { state: 'invited', invitedBy: lan, mayPost: false, members: 1 } })
      expect(first).not.toHaveProperty('was')
      expect(await conversation(ledger)).toMatchObject({
        name: 'Garden', count: 1, unread: 0, readPlace: 1, group: first.group, last: { content: { kind: 'group', change: { what: 'invited', by: lan, of: [mei] } }, from: group },
      })
      expect(await view(ledger)).toEqual({
        group: {
          conversation: group, version: 7, subject: 'Garden', state: 'invited', role: 'member', members: 1, invitedBy: lan, mayPost: false, limit: 100,
          policies: { post: 'all', add: 'all', history: 'hidden' },
        },
        members: [{ address: lan, name: 'Lan', role: 'admin', state: 'joined' }, { address: mei, role: 'member', state: 'invited' }],
      })
      // Said again it changes nothing.
      expect(await apply(ledger, invitation)).toEqual({ n: first.n, outcome: 'known', was: 'invited', group: first.group, subject: 'Garden' })
    }))

  it('a change is put on the version before it, and takes away what is empty', () =>
    journal(async (ledger) => {
      const icon = { hash: 'a'.repeat(64), contentType: 'image/png' }
      await apply(ledger, full(1, { description: 'Beds and paths', icon, code: 'k7' }))
      await apply(ledger, partial(2, { subject: 'Orchard', users: [user(wei, { state: 'deleted' }), user('sip:bo@example.org', { status: 'pending' })] }))
      expect(await view(ledger)).toMatchObject({
        group: { version: 2, subject: 'Orchard', description: 'Beds and paths', icon, code: 'k7', members: 2, mayPost: true, state: 'joined' },
        members: [{ address: 'sip:bo@example.org', state: 'invited' }, { address: lan }, { address: mei }],
      })
      await apply(ledger, partial(3, { description: '', icon: null, code: '', users: [user(mei, { isAdmin: true, state: 'partial' })], policies: { post: 'admins', add: 'all', history: 'shared' } }))
      const { group: now } = await view(ledger)
      expect(now).toMatchObject({ role: 'admin', mayPost: true, policies: { post: 'admins', history: 'shared' } })
      for (const key of ['description', 'icon', 'code']) expect(now).not.toHaveProperty(key)
      await apply(ledger, partial(4, { users: [user(mei, { isAdmin: false, state: 'partial' })] }))
      expect((await conversation(ledger)).group).toMatchObject({ role: 'member', mayPost: false })
    }))

  it('that do not follow are a gap until the whole state is here; what happened is told all the same, once', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      expect(await apply(ledger, partial(3, { ...change('left', { by: wei }), users: [user(wei, { state: 'deleted' })] }))).toMatchObject({ outcome: 'gap', place: 0 })
      expect(await ledger.read('journal.groupsBehind', null)).toEqual([group])
      expect((await view(ledger)).members).toHaveLength(3)
      // The answer to a question that was asked before one more change.
      expect(await apply(ledger, partial(4, { ...change('subject', { text: 'Orchard' }), subject: 'Orchard' }))).toMatchObject({ outcome: 'gap' })
      expect(await apply(ledger, full(3, { users: [user(mei), user(lan, { isAdmin: true })] }))).toMatchObject({ outcome: 'gap', group: { members: 2 } })
      expect(await apply(ledger, full(4, { subject: 'Orchard', users: [user(mei), user(lan)] }))).toMatchObject({ outcome: 'applied', subject: 'Orchard' })
      expect(await ledger.read('journal.groupsBehind', null)).toEqual([])
      // What is late is known, but its line is not there yet.
      expect(await apply(ledger, partial(2, change('promoted', { of: [lan] })))).toMatchObject({ outcome: 'known', place: 2 })
      expect(await order(ledger)).toEqual(['v3', 'v4', 'v2'])
    }))

  it('of a group that nobody knows make a conversation of which everything is still to be known', () =>
    journal(async (ledger) => {
      expect(await hear(ledger, 'hello', { version: 5 })).toMatchObject({ place: 0, isBehind: true })
      expect(await ledger.read('journal.groupsBehind', null)).toEqual([group])
      expect(await conversation(ledger)).toMatchObject({ unread: 1, group: { state: 'joined', members: 0 } })
      expect(await apply(ledger, full(5))).toMatchObject({ outcome: 'applied', group: { members: 3 } })
      expect(await hear(ledger, 'again', { version: 5 })).toMatchObject({ isBehind: false })
    }))

  it.each([
    ['removed', partial(9, { ...change('removed', { of: [mei] }), users: [user(mei, { status: 'disconnected', method: 'booted' })] })],
    ['left', partial(9, { ...change('left', { by: mei }), users: [user(mei, { state: 'deleted' })] })],
    ['gone', partial(9, { ...change('dissolved'), state: 'deleted' })],
  ] as const)('the last one says %s, over a gap as well, and nothing more is to be known', (state, document) =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      expect(await apply(ledger, document)).toMatchObject({ outcome: 'applied', was: 'joined', group: { state, mayPost: false } })
      expect(await ledger.read('journal.groupsBehind', null)).toEqual([])
      expect(await apply(ledger, full(12, { users: [user(mei, { status: 'pending' }), user(lan)] }))).toMatchObject({ was: state, group: { state: 'invited' } })
    }))

  it('of a focus that went on from an older state of itself begin anew', () =>
    journal(async (ledger) => {
      await apply(ledger, full(8))
      await apply(ledger, partial(9, { ...change('subject', { text: 'Orchard' }), subject: 'Orchard' }))
      expect(await apply(ledger, partial(9, change('promoted', { of: [wei] })))).toMatchObject({ outcome: 'gap' })
      expect(await apply(ledger, full(9))).toMatchObject({ outcome: 'applied', subject: 'Garden' })
    }))

  it('that a focus refuses to send leave the group as it says', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await hear(ledger, 'late', { version: 4 })
      await ledger.commit('journal.groupOut', { conversation: group, state: 'gone', now: noon })
      expect(await conversation(ledger)).toMatchObject({ group: { state: 'gone', mayPost: false, members: 3 } })
      expect(await ledger.read('journal.groupsBehind', null)).toEqual([])
    }))

  it('are forgotten with everything else', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await ledger.commit('journal.forget', null)
      expect(await ledger.read('journal.groupView', { conversation: group })).toBeNull()
      expect(await apply(ledger, full(1))).toMatchObject({ outcome: 'applied' })
    }))
})

describe('order', () => {
  it('what comes in stands before what of ours has no place yet, with the times in order', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await say(ledger, 'mine', noon)
      await say(ledger, 'mine too', noon + SECOND)
      await hear(ledger, 'hers', { now: noon + 5 * SECOND })
      await apply(ledger, partial(2, { ...change('subject', { at: noon + 6 * SECOND, text: 'Orchard' }), subject: 'Orchard' }), noon + 6 * SECOND)
      expect((await page(ledger)).map(({ id, place, at }) => [id, place, at - noon])).toEqual([
        ['hers', 0, 5_000], ['v2', 1, 6_000], ['mine', 2, 6_000], ['mine too', 3, 6_000],
      ])
      expect(await conversation(ledger)).toMatchObject({ count: 4, unread: 1, readPlace: 0, lastAt: noon + 6_000 })
      await ledger.commit('journal.read', { conversation: group, place: 1, now: noon })
      expect(await conversation(ledger)).toMatchObject({ unread: 0, readPlace: 1 })
    }))

  it('an echo gives the place, whichever comes first, and proves that it was sent', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      for (const id of ['a', 'b']) await say(ledger, id)
      await hear(ledger, 'first')
      expect(await echo(ledger, 'b')).toMatchObject({ place: 1, known: true })
      expect(await status(ledger, 'b')).toBe('sent')
      await hear(ledger, 'second')
      await echo(ledger, 'from the telephone')
      await echo(ledger, 'a')
      const all = ['first', 'b', 'second', 'from the telephone', 'a']
      expect(await order(ledger)).toEqual(all)
      await echo(ledger, 'b')
      await hear(ledger, 'third')
      expect(await order(ledger)).toEqual([...all, 'third'])
      // Its answer was lost, and then it waited too long: the focus has it all the same.
      await fail(ledger, 'a')
      expect(await status(ledger, 'a')).toBe('sent')
    }))

  it('what was read stays read when messages of ours are moved', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      for (const id of ['a', 'b']) await say(ledger, id)
      await echo(ledger, 'b')
      await fail(ledger, 'a')
      expect(await conversation(ledger)).toMatchObject({ count: 2, readPlace: 2 })
      await hear(ledger, 'hers')
      await ledger.commit('journal.read', { conversation: group, place: 3, now: noon })
      await ledger.commit('journal.again', { conversation: group, id: 'a', put: put('a'), now: noon })
      expect(await order(ledger)).toEqual(['b', 'hers', 'a'])
      expect(await conversation(ledger)).toMatchObject({ count: 3, readPlace: 3, unread: 0 })
      await hear(ledger, 'unread')
      await ledger.commit('journal.read', { conversation: group, place: 2, now: noon })
      expect(await conversation(ledger)).toMatchObject({ readPlace: 2, unread: 1 })
    }))

  it('what fails stays above what has no place, and gets one anew when it is sent again', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      for (const id of ['a', 'b']) await say(ledger, id)
      await fail(ledger, 'b')
      expect(await order(ledger)).toEqual(['b', 'a'])
      await hear(ledger, 'hers')
      await echo(ledger, 'a')
      expect(await order(ledger)).toEqual(['b', 'hers', 'a'])
      await ledger.commit('journal.again', { conversation: group, id: 'b', put: put('b'), now: noon + SECOND })
      expect((await page(ledger)).map(({ id, status }) => [id, status])).toEqual([['hers', 'delivered'], ['a', 'sent'], ['b', 'queued']])
      expect(await conversation(ledger)).toMatchObject({ unread: 1, lastAt: noon + SECOND })
      await hear(ledger, 'again')
      await echo(ledger, 'b')
      expect(await order(ledger)).toEqual(['hers', 'a', 'again', 'b'])
    }))

  it('one-to-one is as it was: what is written stays where it was written', () =>
    journal(async (ledger) => {
      const out = { envelope: envelope('a', { from: mei, to: lan, conversation: lan }), lanes: ['network'] }
      await ledger.commit('journal.send', { message: { conversation: lan, id: 'a', from: mei, content: { kind: 'text', text: 'a' }, sentAt: noon, now: noon }, put: out })
      await ledger.commit('journal.receive', { message: { conversation: lan, id: 'b', from: lan, content: { kind: 'text', text: 'b' }, sentAt: noon, now: noon } })
      expect((await ledger.read('journal.page', { conversation: lan, fromPlace: 0, limit: 9 })).map(({ id }) => id)).toEqual(['a', 'b'])
    }))
})

describe('receipts', () => {
  it('raise a message when everybody who was there has said it, and nobody else counts', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await say(ledger, 'a')
      await receipt(ledger, 'a', lan)
      expect(await status(ledger, 'a')).toBe('queued')
      await echo(ledger, 'a')
      expect(await status(ledger, 'a')).toBe('sent')
      // Who comes later is not waited for.
      await apply(ledger, partial(2, { users: [user('sip:bo@example.org')] }))
      expect(await receipt(ledger, 'a', 'sip:eve@example.org', 'displayed')).toMatchObject({ counted: false })
      expect(await ledger.commit('journal.receipt', { id: 'a', from: wei, status: 'displayed', at: noon, now: noon })).toMatchObject({ counted: false })
      const { n: before } = await ledger.read('journal.number', null)
      expect(await receipt(ledger, 'a', wei, 'displayed')).toMatchObject({ counted: true })
      // Also where the status stays the same: who shows the list of readers looks again, once.
      expect((await ledger.read('journal.changes', { after: before, limit: 9 })).changes).toContainEqual(expect.objectContaining({ kind: 'message', message: expect.objectContaining({ id: 'a' }) }))
      const { n: told } = await ledger.read('journal.number', null)
      expect(await receipt(ledger, 'a', wei, 'displayed')).toMatchObject({ n: told })
      expect(await status(ledger, 'a')).toBe('delivered')
      await receipt(ledger, 'a', lan, 'failed')
      expect(await status(ledger, 'a')).toBe('delivered')
      await receipt(ledger, 'a', lan, 'displayed')
      expect(await status(ledger, 'a')).toBe('displayed')
      expect(await ledger.read('journal.memberReceipts', { conversation: group, id: 'a' }))
        .toEqual([{ address: lan, delivered: noon, displayed: noon }, { address: wei, displayed: noon }])
    }))

  it('that come before the message wait for it', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      for (const from of [lan, wei, 'sip:eve@example.org']) await receipt(ledger, 'a', from)
      await say(ledger, 'a')
      await echo(ledger, 'a')
      expect(await status(ledger, 'a')).toBe('delivered')
    }))

  it('of who has gone are not waited for', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await say(ledger, 'a')
      await echo(ledger, 'a')
      await receipt(ledger, 'a', lan, 'displayed')
      expect(await ledger.read('journal.memberReceipts', { conversation: group, id: 'a' })).toEqual([{ address: lan, displayed: noon }, { address: wei }])
      await apply(ledger, partial(2, { users: [user(wei, { state: 'deleted' })] }))
      expect(await status(ledger, 'a')).toBe('displayed')
    }))

  it('of what was read go to the group, each to its author', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await hear(ledger, 'a')
      await hear(ledger, 'b', { from: wei })
      await hear(ledger, 'c')
      await apply(ledger, partial(2, change('promoted', { of: [wei] })))
      const { rows, unread } = await ledger.commit('journal.read', {
        conversation: group, place: 9, now: noon, receipts: { from: mei, lane: 'network', expiresAt: noon + DAY, together: 8 },
      })
      expect(unread).toBe(0)
      expect(rows.map(({ to, contentType, body }) => {
        const { cpim, parts } = readPayload({ contentType, body })
        return [to, cpim!.to, parts.map((part) => part.kind === 'imdn' && part.imdn.messageId)]
      })).toEqual([[group, lan, ['a', 'c']], [group, wei, ['b']]])
    }))
})

describe('attention', () => {
  it('the first unread mention is where it stands, whatever comes between', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      await hear(ledger, 'a')
      await hear(ledger, 'Mei!', { isMention: true })
      await hear(ledger, 'Mei?', { isMention: true })
      expect((await conversation(ledger)).mention).toBe(1)
      await ledger.commit('journal.read', { conversation: group, place: 2, now: noon })
      expect((await conversation(ledger)).mention).toBe(2)
      await ledger.commit('journal.read', { conversation: group, place: 3, now: noon })
      expect(await conversation(ledger)).not.toHaveProperty('mention')
    }))

  it('what is muted is no number on a badge, but that it mentions us is one', () =>
    journal(async (ledger) => {
      await apply(ledger, full(1))
      for (const id of ['a', 'b']) await hear(ledger, id)
      const unread = (now = noon) => ledger.read('journal.unread', { now })
      expect(await unread()).toBe(2)
      const { n } = await ledger.commit('journal.mute', { conversation: group, until: noon + DAY })
      expect((await ledger.commit('journal.mute', { conversation: group, until: noon + DAY })).n).toBe(n)
      expect(await conversation(ledger)).toMatchObject({ mutedUntil: noon + DAY, unread: 2 })
      expect([await unread(), await unread(noon + DAY)]).toEqual([0, 2])
      await hear(ledger, 'Mei!', { isMention: true })
      expect(await unread()).toBe(1)
      await ledger.commit('journal.mute', { conversation: group, until: -1 })
      expect(await unread(noon + 400 * DAY)).toBe(1)
      await ledger.commit('journal.mute', { conversation: group, until: 0 })
      expect(await conversation(ledger)).not.toHaveProperty('mutedUntil')
    }))
})
