import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import type { OutgoingFile } from '../../src-main/contract/calls'
import type { FileView, Message } from '../../src-main/contract/message'
import { defaultFileRules } from '../../src-main/server/files/rules'
import { HandClock } from '../fakes/clock'
import { makeCertificate, noOpenssl } from '../interop/certificate'
import { Office, Person, until } from './clients/cast'

// Files through an office's relay and the content server that it has itself.

const KB = 1024
const everybody: Person[] = []
let office: Office
/** What keeps a clock by hand going. */
let going: NodeJS.Timeout | undefined
async function opens(made: Office, ...names: string[]): Promise<Person[]> {
  office = made
  await office.opens(...names)
  everybody.push(...names.map((name) => new Person(office, name)))
  return everybody
}
afterEach(async () => {
  clearInterval(going)
  await Promise.all(everybody.splice(0).map((person) => person.client?.stop().catch(() => undefined)))
  await office.dies()
})

async function keeps(person: Person, name: string, bytes: Uint8Array, more: Partial<OutgoingFile> = {}): Promise<OutgoingFile> {
  const file = person.content.kept.newFile()
  await file.write(bytes)
  return { name, contentType: 'application/octet-stream', ...more, ...(await file.finish()) }
}
async function sends(from: Person, to: Person, files: OutgoingFile[]): Promise<string> {
  const id = randomIds.token()
  await from.client.sendFiles(to.address, id, { files })
  return id
}
const filesOf = ({ content }: Message): FileView[] => (content.kind === 'files' ? content.files : [])
const isUp = async (person: Person, other: Person, id: string) => until(`${person.name} to have sent ${id}`, async () =>
  (await person.messages(other)).find((message) => message.id === id && message.status !== 'queued'))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('a person who was away for a week', () => {
  it('gets everything once and in order; what lay longer than the office keeps files is told, and nothing else suffers', async () => {
    const clock = new HandClock(Date.now())
    // Its timers go on as they would: what it tries again comes.
    const goesOn = () => setInterval(() => void clock.advance(50), 50)
    going = goesOn()
    // A clock that jumps is believed once some hours of sweeps agree with it.
    const passes = async (days: number): Promise<void> => {
      clearInterval(going)
      clock.jump(days * DAY)
      await clock.advance(2 * HOUR)
      await office.tidiesFiles()
      going = goesOn()
    }
    const made = new Office(clock)
    made.keepsFiles = true
    made.fileRules = { ...defaultFileRules, keep: 5 * DAY }
    const [mei, lan] = await opens(made, 'mei', 'lan') as [Person, Person]
    await mei.comes()
    // Her account knows this device, which is away from now on.
    await lan.comes()
    await lan.leaves()

    const [film, photo] = [randomBytes(300 * KB), randomBytes(200 * KB)]
    const old = await sends(mei, lan, [await keeps(mei, 'old.bin', film)])
    await isUp(mei, lan, old)
    await mei.says('一', lan)
    await passes(4)
    await mei.client.sendLocation(lan.address, 'place', { latitude: 39.9042, longitude: 116.4074, label: '公司' })
    const young = await sends(mei, lan, [await keeps(mei, 'photo.bin', photo)])
    await isUp(mei, lan, young)
    const voice = await sends(mei, lan, [await keeps(mei, 'voice.webm', randomBytes(20 * KB), { contentType: 'audio/webm', duration: 3_000, isVoice: true })])
    await isUp(mei, lan, voice)
    await mei.says('二', lan)
    await passes(3)

    await lan.comes()
    await lan.hears('二', mei)
    const heard = await until('her files to be settled', async () => {
      const messages = await lan.messages(mei)
      const files = messages.flatMap(filesOf)
      return files.length === 3 && files.every(({ hash, transfer }) => hash !== '' || transfer?.at === 'failed') ? messages : undefined
    })
    expect(heard.map(({ content }) => (content.kind === 'text' ? content.text : content.kind === 'files' ? content.files[0]!.name : content.kind)))
      .toEqual(['old.bin', '一', 'location', 'photo.bin', 'voice.webm', '二'])
    const [gone, here, said] = heard.flatMap(filesOf)
    expect(gone).toMatchObject({ hash: '', transfer: { way: 'down', at: 'failed', fault: { code: 'file-gone' } } })
    expect(here).toMatchObject({ hash: sha256(photo) })
    expect(here).not.toHaveProperty('transfer')
    expect(said).toMatchObject({ isVoice: true, duration: 3_000 })
    for (const id of [old, 'place', young, voice]) await mei.sees('delivered', id, lan)
  }, 60_000)
})

describe.skipIf(noOpenssl)(`a content server over https${noOpenssl ? ` (${noOpenssl})` : ''}`, () => {
  it('is trusted by who knows its authority, and by nobody else', async () => {
    const certificate = makeCertificate('office.example')
    const [cert, key] = [readFileSync(certificate.cert, 'utf8'), readFileSync(certificate.key, 'utf8')]
    certificate.remove()
    const made = new Office()
    made.keepsFiles = { cert, key }
    const [mei, lan, bo] = await opens(made, 'mei', 'lan', 'bo') as [Person, Person, Person]
    mei.ca = lan.ca = cert
    await Promise.all([mei.comes(), lan.comes(), bo.comes()])
    const bytes = randomBytes(900 * KB)
    for (const [from, to] of [[mei, lan], [lan, mei]] as const) {
      const id = await sends(from, to, [await keeps(from, 'letter.bin', bytes)])
      const [file] = await until(`${to.name} to have it`, async () => {
        const files = (await to.messages(from)).filter(({ outgoing }) => !outgoing).flatMap(filesOf)
        return files[0]?.hash ? files : undefined
      })
      expect(file).toMatchObject({ hash: sha256(bytes) })
      expect(file!.remote!.url).toMatch(/^https:/)
      await from.sees('delivered', id, to)
    }

    // Bo's computer has never heard of that authority: what he sends fails with the reason, what he gets stays offered and can be tried again.
    const his = await sends(bo, mei, [await keeps(bo, 'no.bin', bytes)])
    expect(await bo.sees('failed', his, mei)).toMatchObject({ fault: { code: 'bad-certificate' } })
    await sends(mei, bo, [await keeps(mei, 'for-bo.bin', randomBytes(900 * KB))])
    await until('Bo to be told why', async () => {
      const [file] = (await bo.messages(mei)).filter(({ outgoing }) => !outgoing).flatMap(filesOf)
      return file?.transfer?.at === 'failed' && file.transfer.fault?.code === 'bad-certificate'
    })
    await mei.says('still here?', bo)
    await bo.hears('still here?', mei)
  })
})

describe('a file larger than the office takes', () => {
  it('is refused before anything of it is sent, also while there is no link', async () => {
    const made = new Office()
    made.keepsFiles = true
    made.fileRules = { ...defaultFileRules, fileBytes: 100 * KB }
    const [mei, lan] = await opens(made, 'mei', 'lan') as [Person, Person]
    await Promise.all([mei.comes(), lan.comes()])
    expect(mei.client.link).toEqual({ at: 'online', fileLimit: 100 * KB })
    const large = await keeps(mei, 'large.bin', randomBytes(100 * KB + 1))
    const refusal = { code: 'file-too-large', detail: { limit: 100 * KB, bytes: 100 * KB + 1 } }
    await expect(sends(mei, lan, [large])).rejects.toMatchObject(refusal)
    await office.dies()
    await until('the link to be gone', () => mei.client.link.at !== 'online')
    await expect(sends(mei, lan, [large])).rejects.toMatchObject(refusal)
    await office.opens()
    await until('the link', () => mei.client.link.at === 'online')
    const fits = await sends(mei, lan, [await keeps(mei, 'fits.bin', randomBytes(100 * KB))])
    await mei.sees('delivered', fits, lan)
    expect(await mei.messages(lan)).toHaveLength(1)
  })
})
