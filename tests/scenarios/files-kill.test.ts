import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src-main/contract/message'
import type { Way } from './play/broken-line'
import { CountingLine, READ } from './play/counting-line'
import { until } from './play/phone'
import { command, freePort, RelayProcess, withFolder } from './play/process'
import { addressOf, domain, halfKept, PATIENCE, Resident } from './play/resident'

// Two programs and a relay, each a process of its own, of which one is killed while a file is half way. All that goes to and from
// the content server passes a line that counts it, and that stands still in the middle until the killing is done.

/** Of the one message of a play. */
const ID = 'the-film'
const SIZE = 6 * 1024 * 1024
const HALF = SIZE / 2
/** What is around the bytes of a file at most, both tries together, bytes: heads of requests and answers, the form, challenges, XML. */
const AROUND = 32 * 1024
/**
 * The most that may come to the line for one file of which everything that had passed was kept: the file, what is around it, and
 * what was in flight, which is the one piece that the line had read when it stood still.
 */
const MOST = SIZE + READ + AROUND

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Keeps a file and sends it as the one message. */
async function sends(from: Resident, to: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await from.line.call('sendFiles', addressOf(to), ID, { files: [{ name: 'film.bin', contentType: 'application/octet-stream', ...(await from.keeps(bytes)) }] })
}

const messageOf = async (person: Resident): Promise<Message | undefined> => (await person.messages()).find(({ id }) => id === ID)

interface Play {
  mei: Resident
  lan: Resident
  line: CountingLine
  /** The relay's folder. */
  data: string
  /** `kill -9` of the relay, `meanwhile`, and another one in its place. */
  relayDies(meanwhile: () => void): Promise<void>
}

const play = (acts: (play: Play) => Promise<void>): Promise<void> => withFolder(async (folder) => {
  const data = join(folder, 'relay')
  for (const name of ['mei', 'lan']) command(['user', 'add', `${name}@${domain}`, '--data', data], `${name} secret\n`)
  const port = await freePort()
  const line = await CountingLine.open(port)
  const serve = (sip: number): Promise<RelayProcess> => RelayProcess.start(
    ['--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${sip}`, '--files', `127.0.0.1:${port}`, '--files-url', line.url])
  const [mei, lan] = ['mei', 'lan'].map((name) => new Resident(name, join(folder, name))) as [Resident, Resident]
  let relay: RelayProcess | undefined
  try {
    const first = relay = await serve(0)
    for (const resident of [mei, lan]) await resident.comes(first.uris[0])
    await acts({
      mei, lan, line, data,
      relayDies: async (meanwhile) => {
        await relay!.dies()
        meanwhile()
        relay = await serve(first.port)
      },
    })
  } finally {
    await Promise.all([mei.dies(), lan.dies(), relay?.dies()])
    await line.close()
  }
})

/** The file is at the other side, whole and once, and `way` carried none of it twice. */
async function expectOnce({ mei, lan, line }: Play, bytes: Uint8Array, way: Way): Promise<void> {
  const hash = sha256(bytes)
  await until('the file to be there', async () => {
    const content = (await messageOf(lan))?.content
    return content?.kind === 'files' && !content.files[0]!.transfer
  }, PATIENCE)
  await until('its sender to know', async () => ['delivered', 'displayed'].includes((await messageOf(mei))!.status), PATIENCE)
  for (const each of [mei, lan]) {
    const messages = await each.line.messages()
    expect(messages.map((message) => [message.id, message.content.kind])).toEqual([[ID, 'files']])
    expect(messages[0]!.content).toMatchObject({ files: [{ name: 'film.bin', size: SIZE, hash }] })
  }
  expect(sha256(await lan.reads(hash))).toBe(hash)
  expect(line.came[way]).toBeGreaterThanOrEqual(SIZE)
  expect(line.came[way]).toBeLessThanOrEqual(MOST)
}

/** Sends a file, and stands still when half of it has passed and lies in `folder`. */
async function goesHalf({ mei, line }: Play, way: Way, folder: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  line.holdAfter(way, HALF)
  await sends(mei, 'lan', bytes)
  await until('half of it to be kept', () => halfKept(folder) >= HALF - AROUND, PATIENCE)
  expect(halfKept(folder)).toBeLessThanOrEqual(HALF)
}

describe('a file that is half way up', () => {
  const begins = async (now: Play, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    await goesHalf(now, 'up', now.data, bytes)
    expect((await messageOf(now.mei))!.content).toMatchObject({ files: [{ transfer: { way: 'up', at: 'waiting' } }] })
  }

  test('when its sender is killed goes on when that is started again', () => play(async (now) => {
    const bytes = randomBytes(SIZE)
    await begins(now, bytes)
    await now.mei.dies()
    now.line.release()
    await now.mei.comes()
    await expectOnce(now, bytes, 'up')
  }), 120_000)

  test('when the relay is killed goes on when that is back', () => play(async (now) => {
    const bytes = randomBytes(SIZE)
    await begins(now, bytes)
    await now.relayDies(() => now.line.release())
    await expectOnce(now, bytes, 'up')
  }), 120_000)
})

describe('a file that is half way down', () => {
  const begins = async (now: Play, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    await goesHalf(now, 'down', now.lan.folder, bytes)
    expect((await messageOf(now.lan))!.content).toMatchObject({ files: [{ hash: '', transfer: { way: 'down', at: 'waiting' } }] })
  }

  test('when its receiver is killed goes on when that is started again', () => play(async (now) => {
    const bytes = randomBytes(SIZE)
    await begins(now, bytes)
    await now.lan.dies()
    now.line.release()
    await now.lan.comes()
    await expectOnce(now, bytes, 'down')
  }), 120_000)

  test('when the relay is killed goes on when that is back', () => play(async (now) => {
    const bytes = randomBytes(SIZE)
    await begins(now, bytes)
    await now.relayDies(() => now.line.release())
    await expectOnce(now, bytes, 'down')
  }), 120_000)
})
