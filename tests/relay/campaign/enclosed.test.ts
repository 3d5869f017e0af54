import { describe, expect, it } from 'vitest'
import { DAY } from '../../../src-main/base/clock'
import type { Enclosed } from '../../../src-main/contract/campaign'
import { isThere } from '../../../src-main/relay/campaign/enclosed'
import { partsOf, type Letter } from '../../../src-main/relay/campaign/verbs'
import { keyOf } from '../../../src-main/relay/queue/row'
import { openInlineDatabase } from '../../fakes/database'
import type { Journal } from '../journal/reader'
import { envelope, mei, noon } from '../people'

const id = 'party'
const addressOf = (place: number) => `sip:guest${place}@example.org`
const file = (name: string) => ({ name, contentType: 'image/jpeg', size: 1_234, hash: 'ab'.repeat(32) })
const waiting = { way: 'up', at: 'waiting' } as const
const enclosed: Enclosed = { files: [{ ...file('a.jpg'), transfer: waiting }, { ...file('b.jpg'), transfer: waiting }], location: { latitude: 1, longitude: 2 } }

async function party(count: number, play: (ledger: Journal) => Promise<void>): Promise<void> {
  const ledger = await openInlineDatabase()
  await ledger.commit('campaign.begin', { id, words: 'Dear {name}', perMinute: 0, enclosed, now: noon })
  await ledger.commit('campaign.add', { id, from: 0, recipients: Array.from({ length: count }, (_, i) => ({ address: addressOf(i), fields: { name: String(i) } })) })
  await ledger.commit('campaign.start', { id })
  await play(ledger)
  await ledger.close()
}
const view = async (ledger: Journal) => (await ledger.read('campaign.view', { id }))!
const atNames = async (ledger: Journal) => (await view(ledger)).files!.map(({ name, transfer, remote }) => `${name} ${transfer?.at ?? remote!.url}`)

describe('files of a message to many', () => {
  it('go up, are there, run out and go up anew', () => party(1, async (ledger) => {
    const remote = (n: number, until = noon + DAY) => ({ url: `https://ft.example.org/${n}`, until })
    expect(await ledger.read('campaign.enclosed', { id })).toEqual(enclosed)
    for (let time = 0; time < 2; time++) await ledger.commit('campaign.uploaded', { id, file: 1, remote: remote(1) })
    expect(await atNames(ledger)).toEqual(['a.jpg waiting', 'b.jpg https://ft.example.org/1'])
    await ledger.commit('campaign.uploaded', { id, file: 0, remote: remote(2, noon + 2 * DAY) })
    await ledger.commit('campaign.upload', { id, now: noon })
    expect((await view(ledger)).files!.every((each) => isThere(each, noon))).toBe(true)
    await ledger.commit('campaign.upload', { id, now: noon + DAY })
    expect(await atNames(ledger)).toEqual(['a.jpg https://ft.example.org/2', 'b.jpg waiting'])
    expect((await view(ledger)).location).toEqual(enclosed.location)
  }))

  it('that do not go up stop it, with the reason, until it is gone on with', () => party(1, async (ledger) => {
    await ledger.commit('campaign.uploadFailed', { id, file: 0, fault: { code: 'file-too-large' } })
    expect(await view(ledger)).toMatchObject({ state: 'stopped', files: [{ transfer: { at: 'failed', fault: { code: 'file-too-large' } } }, { transfer: waiting }] })
    expect(await ledger.read('campaign.enclosed', { id })).toBeNull()
    await ledger.commit('campaign.start', { id })
    await ledger.commit('campaign.upload', { id, now: noon })
    expect(await atNames(ledger)).toEqual(['a.jpg waiting', 'b.jpg waiting'])
  }))
})

describe('who gets several messages', () => {
  const part = (place: number, n: number) => {
    const conversation = addressOf(place)
    const of = `letter-${place}.${n}`
    return {
      message: { conversation, id: of, from: mei, content: { kind: 'text' as const, text: of }, sentAt: noon, now: noon },
      put: { envelope: envelope(of, { from: mei, to: conversation, conversation }), lanes: ['network'] },
    }
  }
  const letter = (place: number): Letter => ({ place, ...part(place, 1), more: [part(place, 2), part(place, 3)] })
  const send = async (ledger: Journal, places: number[]) => {
    const letters = places.map(letter)
    const { seqs } = await ledger.commit('campaign.send', { id, letters })
    return letters.flatMap(partsOf).map(({ message }, i) => ({ id: message.id, seq: seqs[i]! })).filter(({ seq }) => seq)
  }
  const settles = async (ledger: Journal, of: string, isTaken: boolean) => {
    const row = (await ledger.read('queue.next', { lane: 'network', after: 0, limit: 1_000 })).find((each) => each.id === of)!
    await ledger.commit('journal.settled', { row: keyOf(row), outcome: isTaken ? { kind: 'taken' } : { kind: 'failed', fault: { code: 'refused' } }, now: noon })
  }
  const places = async (ledger: Journal, filter: 'failed' | 'delivered' | 'undelivered') =>
    (await ledger.read('campaign.recipients', { id, filter, offset: 0, limit: 9 })).map(({ place }) => place)

  it('has them in order, once, and is told by what is least far or has failed', () => party(3, async (ledger) => {
    const first = await send(ledger, [0, 1])
    expect(first.map((row) => row.id)).toEqual(['letter-0.1', 'letter-0.2', 'letter-0.3', 'letter-1.1', 'letter-1.2', 'letter-1.3'])
    expect(await send(ledger, [0, 1])).toEqual(first)
    for (const n of [1, 2, 3]) await settles(ledger, `letter-0.${n}`, true)
    expect((await view(ledger)).counts).toMatchObject({ total: 3, waiting: 1, queued: 1, sent: 1 })
    for (const n of [1, 2]) await ledger.commit('journal.receipt', { id: `letter-0.${n}`, from: addressOf(0), status: 'displayed', at: noon, now: noon })
    expect(await places(ledger, 'delivered')).toEqual([])
    await ledger.commit('journal.receipt', { id: 'letter-0.3', from: addressOf(0), status: 'delivered', at: noon, now: noon })
    expect(await places(ledger, 'delivered')).toEqual([0])
    await settles(ledger, 'letter-1.1', true)
    await settles(ledger, 'letter-1.2', false)
    expect((await view(ledger)).counts).toMatchObject({ delivered: 1, failed: 1, waiting: 1 })
    expect(await places(ledger, 'undelivered')).toEqual([1, 2])
    expect((await ledger.read('campaign.recipients', { id, filter: 'failed', offset: 0, limit: 9 }))[0]).toMatchObject({ place: 1, fault: { code: 'refused' }, messagePlace: 0 })
    // Only what failed of it goes again.
    expect(await ledger.commit('campaign.retry', { id })).toBe(1)
    expect((await ledger.read('campaign.next', { id, limit: 9 })).recipients.map(({ place, parts }) => `${place} ${parts}`)).toEqual(['1 3', '2 0'])
    expect((await send(ledger, [1, 2])).map((row) => row.id)).toEqual(['letter-1.2', 'letter-2.1', 'letter-2.2', 'letter-2.3'])
    expect((await ledger.read('journal.conversation', { conversation: addressOf(1) }))!.count).toBe(3)
    expect((await view(ledger))).toMatchObject({ state: 'done', counts: { failed: 0 } })
    expect(await ledger.commit('campaign.forget', { id })).toBe(true)
    await ledger.commit('campaign.begin', { id, words: 'x', perMinute: 0, enclosed, now: noon })
    await ledger.commit('campaign.add', { id, from: 0, recipients: [{ address: addressOf(0), fields: {} }] })
    await ledger.commit('campaign.start', { id })
    expect((await ledger.read('campaign.next', { id, limit: 9 })).recipients).toMatchObject([{ parts: 0 }])
  }))
})
