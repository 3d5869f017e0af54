import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../src-main/base/clock'
import type { ToEnclose } from '../../src-main/contract/campaign'
import type { FileView, Message } from '../../src-main/contract/message'
import { ha1sOf } from '../../src-main/server/passwords'
import { openTestDatabase } from '../fakes/database'
import { until as soon, play, type Office, type Person } from './clients/cast'
import { CountingLine, READ } from './play/counting-line'
import { until } from './play/phone'
import { command, freePort, RelayProcess, withFolder } from './play/process'
import { domain, halfKept, PATIENCE, Resident } from './play/resident'

const ID = 'party0000000000000000'
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const filesOf = ({ content }: Message): FileView[] => (content.kind === 'files' ? content.files : [])

describe('a picture goes to many', () => {
  const opens = async (office: Office): Promise<void> => {
    await office.dies()
    office.keepsFiles = true
    await office.opens()
  }
  const bytes = randomBytes(300 * 1024)
  const invite = async (mei: Person, people: readonly Person[], words: string, more: ToEnclose = {}): Promise<void> => {
    const picture = { name: 'invitation.bin', contentType: 'application/octet-stream', size: bytes.length, hash: await mei.keeps(bytes) }
    await mei.client.campaigns.begin(ID, words, 0, { files: [picture], ...more })
    await mei.client.campaigns.add(ID, 0, people.map(({ address, name }) => ({ address, fields: { name } })))
    await mei.client.campaigns.launch(ID)
  }
  const counts = async (mei: Person) => (await mei.client.campaigns.view(ID))!.counts

  it('as an ordinary message each, with their own words and a place; who comes later has it too', () => play(['mei', 'lan', 'zoe'], async ({ mei, lan, zoe }, office) => {
    await opens(office)
    await Promise.all([mei, lan].map((person) => person.comes()))
    await invite(mei, [lan, zoe], 'Dear {name}', { location: { latitude: 39.9, longitude: 116.4, label: 'Home' } })
    const [album, place] = await soon('it to be there', async () => {
      const heard = await lan.messages(mei)
      return heard.length === 2 && filesOf(heard[0]!).every(({ hash, transfer }) => hash !== '' && !transfer) ? heard : undefined
    })
    expect(album!.content).toMatchObject({ kind: 'files', text: 'Dear lan', files: [{ name: 'invitation.bin', size: bytes.length, hash: sha256(bytes) }] })
    expect(place!.content).toMatchObject({ kind: 'location', location: { latitude: 39.9, longitude: 116.4, label: 'Home' } })
    await lan.reads(mei)
    await soon('the receipts', async () => (await counts(mei)).displayed === 1)
    // Nobody knew what zoe takes: she gets it in the form that everybody takes.
    await zoe.comes()
    await zoe.hears('Dear zoe', mei)
    const heard = await zoe.messages(mei)
    expect(heard.map(({ content }) => content.kind)).toEqual(['files', 'location', 'text'])
    await soon('her file', async () => filesOf((await zoe.messages(mei))[0]!)[0]!.hash === sha256(bytes))
    // Their own conversation shows it as any other file.
    const [own] = await mei.messages(lan)
    expect(own).toMatchObject({ status: 'displayed', content: { kind: 'files', text: 'Dear lan', files: [{ hash: sha256(bytes) }] } })
    expect(filesOf(own!)[0]!.transfer).toBeUndefined()
    expect(filesOf(own!)[0]!.remote!.url).toBe(filesOf((await mei.messages(zoe))[0]!)[0]!.remote!.url)
  }))

  it('anew when its link has run out, for those whom it failed for', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    office.fileRules = { ...office.fileRules, keep: 5_000 }
    await opens(office)
    await mei.comes()
    const ghost = { address: 'sip:ghost@office.example', name: 'ghost' } as Person
    await lan.comes()
    await invite(mei, [lan, ghost], '')
    await soon('the end', async () => (await counts(mei)).failed === 1 && (await counts(mei)).delivered === 1)
    const first = (await mei.client.campaigns.view(ID))!.files![0]!.remote!
    expect(first.until! - Date.now()).toBeLessThan(DAY)
    await soon('the link to run out', () => Date.now() > first.until!)
    expect(await mei.client.campaigns.retry(ID)).toBe(1)
    await soon('another link', async () => {
      const now = (await mei.client.campaigns.view(ID))!.files![0]!.remote
      return now && now.until! > first.until!
    })
    await soon('the end', async () => (await mei.client.campaigns.view(ID))!.state === 'done' && (await counts(mei)).failed === 1)
    expect(await lan.messages(mei)).toHaveLength(1)
  }))

  it('only where there is a content server: it says so at once', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await expect(invite(mei, [lan], 'Hello')).rejects.toMatchObject({ code: 'no-content-server' })
    expect(await mei.client.campaigns.views()).toEqual([])
  }))
})

describe('a film goes to 200', () => {
  const GUESTS = 200
  const SIZE = 6 * 1024 * 1024
  const HALF = SIZE / 2
  /** Heads, the form, challenges, XML. */
  const AROUND = 64 * 1024
  const guests = Array.from({ length: GUESTS }, (_, i) => ({ address: `sip:guest${i}@${domain}`, fields: { name: `Guest ${i}` } }))

  it('the program is killed while it goes up and again and again while it goes out: it goes up once, and each has it once', () => withFolder(async (folder) => {
    const data = join(folder, 'relay')
    // One command makes the relay's folder; two hundred would take longer than the play.
    command(['user', 'add', `mei@${domain}`, '--data', data], 'mei secret\n')
    const ledger = await openTestDatabase({ file: join(data, 'relay.sqlite') })
    for (const [i, { address }] of guests.entries()) await ledger.commit('accounts.add', { address, ...ha1sOf(address, `guest${i} secret`), createdAt: Date.now() })
    await ledger.close()
    const port = await freePort()
    const line = await CountingLine.open(port)
    const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0', '--files', `127.0.0.1:${port}`, '--files-url', line.url])
    const [mei, first, late] = ['mei', 'guest0', 'guest199'].map((name) => new Resident(name, join(folder, name))) as [Resident, Resident, Resident]
    try {
      await mei.comes(relay.uris[0])
      await first.comes(relay.uris[0])
      const bytes = randomBytes(SIZE)
      const kept = await mei.keeps(bytes)
      expect(kept.hash).toBe(sha256(bytes))
      line.holdAfter('up', HALF)
      await mei.line.call('campaignBegin', ID, '', 1_200, { files: [{ name: 'film.bin', contentType: 'application/octet-stream', ...kept }] })
      await mei.line.call('campaignAdd', ID, 0, guests)
      await mei.line.call('campaignStart', ID)
      await until('half of it to be kept', () => halfKept(data) >= HALF - AROUND, PATIENCE)
      expect((await mei.line.call('campaign', ID))!).toMatchObject({ state: 'running', counts: { waiting: GUESTS }, files: [{ transfer: { at: 'waiting' } }] })
      await mei.dies()
      line.release()
      await mei.comes()
      for (const reached of [20, 100]) {
        await until(`${reached} to be sent`, async () => GUESTS - (await mei.line.call('campaign', ID))!.counts.waiting >= reached, PATIENCE)
        await mei.dies()
        await mei.comes()
        expect((await mei.line.call('campaign', ID))!.counts.waiting).toBeGreaterThan(0)
      }
      const view = await until('the end', async () => {
        const now = (await mei.line.call('campaign', ID))!
        return now.state === 'done' && now.counts.queued === 0 ? now : undefined
      }, PATIENCE)
      expect(view.counts).toMatchObject({ total: GUESTS, failed: 0, waiting: 0 })
      // What went up is one film, however often its sender was killed.
      expect(line.came.up).toBeGreaterThanOrEqual(SIZE)
      expect(line.came.up).toBeLessThanOrEqual(SIZE + READ + AROUND)
      const own = await mei.messages()
      expect(own).toHaveLength(GUESTS)
      expect(new Set(own.map(({ conversation }) => conversation)).size).toBe(GUESTS)
      expect(new Set(own.flatMap(filesOf).map(({ remote }) => remote!.url)).size).toBe(1)
      await late.comes(relay.uris[0])
      for (const guest of [first, late]) {
        const [message] = await until('the film', async () => {
          const heard = await guest.messages()
          return heard.length > 0 && !filesOf(heard[0]!)[0]!.transfer ? heard : undefined
        }, PATIENCE)
        expect(await guest.messages()).toHaveLength(1)
        expect(sha256(await guest.reads(filesOf(message!)[0]!.hash))).toBe(kept.hash)
      }
    } finally {
      await Promise.all([mei.dies(), first.dies(), late.dies(), relay.dies()])
      await line.close()
    }
  }), 240_000)
})
