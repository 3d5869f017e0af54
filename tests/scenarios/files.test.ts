import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import type { OutgoingFile } from '../../src-main/contract/calls'
import type { FileView, Message } from '../../src-main/contract/message'
import { writeFiles } from '../../src-main/rcs/content'
import { ContentServer } from '../fakes/content-server'
import { domain, Office, passwordOf, Person, until } from './clients/cast'

const MB = 1024 * 1024
let office: Office
let server: ContentServer
let mei: Person
let lan: Person

beforeEach(async () => {
  office = new Office()
  await office.opens('mei', 'lan')
  server = await new ContentServer().opens()
  mei = new Person(office, 'mei')
  lan = new Person(office, 'lan')
  mei.files = lan.files = server.uri
})
afterEach(async () => {
  await Promise.all([mei, lan].map((person) => person.leaves().catch(() => undefined)))
  await office.dies()
  await server.closes()
})

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** As a window keeps what was dropped on it. */
async function keeps(person: Person, name: string, bytes: Uint8Array, contentType = 'application/octet-stream'): Promise<OutgoingFile> {
  const file = person.content.kept.newFile()
  await file.write(bytes)
  return { name, contentType, ...(await file.finish()) }
}

const sends = async (from: Person, to: Person, files: OutgoingFile[], text?: string): Promise<string> => {
  const id = randomIds.token()
  await from.client.sendFiles(to.address, id, { files, ...(text !== undefined && { text }) })
  return id
}
const filesOf = ({ content }: Message): FileView[] => (content.kind === 'files' ? content.files : [])
const allFiles = async (person: Person, other: Person): Promise<FileView[]> => (await person.messages(other)).flatMap(filesOf)
const isHere = (file: FileView | undefined): boolean => file !== undefined && file.hash !== '' && !file.transfer
const hears = (person: Person, other: Person, count = 1): Promise<FileView[]> => until(`${person.name} to have ${count} files`, async () => {
  const files = await allFiles(person, other)
  return files.length === count && files.every(isHere) ? files : undefined
}, 60_000)
const statusOf = async (person: Person, other: Person, id: string): Promise<string | undefined> => (await person.messages(other)).find((message) => message.id === id)?.status
const kept = async (person: Person, hash: string): Promise<Buffer | undefined> => (await person.content.kept.read(hash, 0, 64 * MB))?.bytes

describe('a file', () => {
  it('is sent and received whole, with its thumbnail, and the sender sees it delivered', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(2 * MB)
    // A picture of one pixel.
    const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
    const thumbnail = await keeps(mei, 't', picture, 'image/png')
    const file = await keeps(mei, '照片.bin', bytes)
    const id = await sends(mei, lan, [{ ...file, thumbnail: { hash: thumbnail.hash, size: thumbnail.size, contentType: 'image/png' } }])
    const [got] = await hears(lan, mei)
    expect(got).toMatchObject({ name: '照片.bin', size: bytes.length, hash: hashOf(bytes), width: 1, height: 1, thumbnail: { hash: thumbnail.hash, contentType: 'image/png' } })
    expect((await kept(lan, got!.hash))!.equals(bytes)).toBe(true)
    await until('the receipt', async () => (await statusOf(mei, lan, id)) === 'delivered')
    expect((await allFiles(mei, lan))[0]!.transfer).toBeUndefined()
  })

  it('that is only offered gets its thumbnail at the next start, when the server was away at the first', async () => {
    await mei.comes()
    lan.settings.fetchUpTo = 0
    const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
    const thumbnail = await keeps(mei, 't', picture, 'image/png')
    const id = await sends(mei, lan, [{ ...(await keeps(mei, 'film.bin', randomBytes(MB))), thumbnail: { hash: thumbnail.hash, size: thumbnail.size, contentType: 'image/png' } }])
    await until('it to be sent', async () => (await statusOf(mei, lan, id)) === 'sent')
    await server.closes()
    await lan.comes()
    await until('the offer', async () => (await allFiles(lan, mei))[0])
    await mei.sees('delivered', id, lan)
    await lan.leaves()
    expect((await allFiles(mei, lan))[0]).not.toHaveProperty('transfer')
    await server.opens()
    await lan.comes()
    const offered = await until('the thumbnail', async () => (await allFiles(lan, mei)).find((file) => file.thumbnail))
    expect(offered).toMatchObject({ hash: '', transfer: { way: 'down', at: 'offered' }, thumbnail: { hash: thumbnail.hash } })
  })

  it('several with words are one message between two of ours, and several messages to a phone that nobody knows', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const files = [await keeps(mei, 'a', randomBytes(1000)), await keeps(mei, 'b', randomBytes(2000))]
    await sends(mei, lan, files, '两份')
    await hears(lan, mei, 2)
    expect((await lan.messages(mei)).map(({ content }) => content)).toMatchObject([{ kind: 'files', text: '两份', files: [{ name: 'a' }, { name: 'b' }] }])
    await lan.leaves()
    const wang = new Person(office, 'wang')
    await mei.client.sendFiles(wang.address, 'to-a-phone', { files, text: '给你' })
    expect((await mei.messages(wang)).map(({ id, content }) => [id, content.kind])).toEqual([['to-a-phone', 'files'], ['to-a-phone.2', 'files'], ['to-a-phone.3', 'text']])
    // Nobody there: all three fail, the words not before the files.
    await until('what became of them', async () => (await mei.messages(wang)).every(({ status }) => status === 'failed'))
  })

  it('waits for who is away, and is there when they are back', async () => {
    await mei.comes()
    await lan.comes()
    await lan.leaves()
    const bytes = randomBytes(MB)
    const id = await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    await until('it to be sent', async () => (await statusOf(mei, lan, id)) === 'sent')
    await lan.comes()
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
  })

  it('sent while there is no link goes when there is one, and through a relay that was away', async () => {
    await office.dies()
    await mei.comes({ online: false })
    const bytes = randomBytes(MB)
    await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    await office.opens()
    await lan.comes()
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
  })

  it('that is here already is not fetched again', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(MB)
    const file = await keeps(mei, 'a.bin', bytes)
    await keeps(lan, 'mine', bytes)
    await sends(mei, lan, [file])
    await hears(lan, mei)
    expect(server.counts.down).toBe(0)
  })

  it('under a name with a path is saved as its last part', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    await sends(mei, lan, [await keeps(mei, '../../.ssh/\u202Eauthorized_keys', randomBytes(10))])
    expect((await hears(lan, mei))[0]!.name).toBe('authorized_keys')
  })
})

describe('a connection that breaks', () => {
  it('in the middle of either way costs no byte twice', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(4 * MB)
    server.cutUploadAfter = 3 * MB
    server.cutDownloadAfter = MB
    await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
    expect(server.counts.up - bytes.length).toBeLessThan(1_000)
    // What the cut took with it between the two ends comes again.
    expect(server.counts.down - bytes.length).toBeLessThan(MB)
    expect(server.asked.filter((line) => /^GET .*bytes=[1-9]/.test(line)).length).toBeGreaterThan(0)
  })

  it('is waited for when the content server is away', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    await server.closes()
    const bytes = randomBytes(1000)
    await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    await server.opens()
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
  })
})

describe('the person', () => {
  it('pauses and goes on with what is fetched, gives it up and wants it again', async () => {
    lan.settings.fetchUpTo = 0
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(2 * MB)
    const id = await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    const transfer = async () => (await allFiles(lan, mei))[0]?.transfer
    await until('the offer', async () => (await transfer())?.at === 'offered')
    expect(server.counts.down).toBe(0)
    server.stalls = true
    await lan.client.transfer(mei.address, id, 0, 'go')
    await until('the question', () => server.asked.some((line) => line.startsWith('GET /ft/d/')))
    await lan.client.transfer(mei.address, id, 0, 'pause')
    expect(await transfer()).toEqual({ way: 'down', at: 'paused' })
    await lan.client.transfer(mei.address, id, 0, 'cancel')
    expect(await transfer()).toEqual({ way: 'down', at: 'offered' })
    server.stalls = false
    await lan.client.transfer(mei.address, id, 0, 'go')
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
  })

  it('gives up what is sent: it fails as cancelled, and can be sent again', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    await server.closes()
    const bytes = randomBytes(1000)
    const id = await sends(mei, lan, [await keeps(mei, 'a.bin', bytes)])
    await mei.client.transfer(lan.address, id, 0, 'pause')
    expect((await allFiles(mei, lan))[0]!.transfer).toEqual({ way: 'up', at: 'paused' })
    await mei.client.transfer(lan.address, id, 0, 'cancel')
    expect((await mei.messages(lan))[0]).toMatchObject({ status: 'failed', fault: { code: 'cancelled' }, content: { files: [{ transfer: { way: 'up', at: 'failed', fault: { code: 'cancelled' } } }] } })
    await server.opens()
    await mei.client.sendAgain(lan.address, id)
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
    await until('the receipt', async () => (await statusOf(mei, lan, id)) === 'delivered')
  })
})

describe('a server that', () => {
  const failsAs = async (code: string): Promise<void> => {
    await until(`it to fail as ${code}`, async () => (await allFiles(lan, mei))[0]?.transfer?.fault?.code === code, 90_000)
    expect((await allFiles(lan, mei))[0]!.transfer!.at).toBe('failed')
  }
  const says = async (file: { size: number; hash?: string; url: string }): Promise<void> => {
    const sentAt = Date.now()
    await mei.wire('m-from-a-stranger', writeFiles({ id: 'm-from-a-stranger', from: mei.address, to: lan.address, sentAt, files: [{ name: 'a.bin', contentType: 'a/b', ...file }] }), lan)
  }

  it('has lost the file: the message says that it is gone', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    await says({ size: 5, url: `${server.uri}/d/none` })
    await failsAs('file-gone')
  })

  it('hands out other bytes than were announced: they are not kept', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(1000)
    await says({ size: 999, url: server.lay('a.bin', bytes) })
    await until('the first try', async () => (await lan.messages(mei)).length === 1 && server.counts.down + server.asked.length > 0)
    expect(isHere((await allFiles(lan, mei))[0])).toBe(false)
    expect(await lan.content.kept.size(hashOf(bytes))).toBeUndefined()
  })

  it('announces 4 GB: nothing is fetched before somebody asks', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    await says({ size: 4 * 1024 * MB, url: server.lay('a.bin', randomBytes(10)) })
    await until('the offer', async () => (await allFiles(lan, mei))[0]?.transfer?.at === 'offered')
    expect(server.counts.down).toBe(0)
  })

  it('is another one in our own network is not asked because a stranger says so, only when the person does', async () => {
    await Promise.all([mei.comes(), lan.comes()])
    const bytes = randomBytes(1000)
    await says({ size: bytes.length, url: server.lay('a.bin', bytes).replace('127.0.0.1', 'localhost') })
    await until('the offer', async () => (await allFiles(lan, mei))[0]?.transfer?.at === 'offered')
    expect(server.asked).toEqual([])
    await lan.client.transfer(mei.address, 'm-from-a-stranger', 0, 'go')
    expect((await hears(lan, mei))[0]!.hash).toBe(hashOf(bytes))
  })

  it('does not let the account in: the file fails with the reason, and so does its message', async () => {
    await server.closes()
    server = await new ContentServer({ login: { username: 'mei', password: 'another' } }).opens()
    mei.files = server.uri
    await Promise.all([mei.comes(), lan.comes()])
    const id = await sends(mei, lan, [await keeps(mei, 'a.bin', randomBytes(10))])
    await until('it to fail', async () => (await statusOf(mei, lan, id)) === 'failed')
    expect((await mei.messages(lan))[0]!.fault!.code).toBe('wrong-password')
  })

  it('asks for the password gets the right one', async () => {
    await server.closes()
    server = await new ContentServer({ login: { username: 'mei', password: passwordOf('mei') } }).opens()
    mei.files = server.uri
    await Promise.all([mei.comes(), lan.comes()])
    await sends(mei, lan, [await keeps(mei, 'a.bin', randomBytes(10))])
    await hears(lan, mei)
  })
})

it('without a content server a file is refused at once, and nothing of it stays', async () => {
  mei.files = undefined
  await mei.comes()
  const file = await keeps(mei, 'a.bin', randomBytes(10))
  await expect(mei.client.sendFiles(lan.address, 'nowhere', { files: [file] })).rejects.toMatchObject({ code: 'no-content-server' })
  expect(await mei.messages(lan)).toEqual([])
  await expect(mei.client.sendFiles(`sip:lan@${domain}`, 'nothing', { files: [{ ...file, hash: '0'.repeat(64) }] })).rejects.toThrow()
})

it('through the office relay and its own content server, which asks for the password and says where it is', async () => {
  await office.dies()
  office.keepsFiles = true
  await office.opens()
  mei.files = lan.files = undefined
  await Promise.all([mei.comes(), lan.comes()])
  const files = [await keeps(mei, 'a.bin', randomBytes(3 * MB)), await keeps(mei, 'b.bin', randomBytes(MB))]
  const id = await sends(mei, lan, files, '两份')
  expect((await hears(lan, mei, 2)).map(({ hash }) => hash)).toEqual(files.map(({ hash }) => hash))
  await until('the receipt', async () => (await statusOf(mei, lan, id)) === 'delivered')
})
