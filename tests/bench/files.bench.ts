import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { FileView } from '../../src-main/contract/message'
import { memoryOf, peakWhile } from '../scenarios/play/memory'
import { until } from '../scenarios/play/phone'
import { command, freePort, RelayProcess, withFolder } from '../scenarios/play/process'
import { Program, type Line } from '../scenarios/play/program'
import { report } from './report'

// A large file between two programs through a relay, each a process of its own, and the same by curl to and from that relay.

const MB = 1024 * 1024
const SIZE = Number(process.env['BENCH_FILE_MB'] ?? 1_024) * MB
const domain = 'office.test'
const addressOf = (name: string): string => `sip:${name}@${domain}`
const password = (name: string): string => `${name} secret`
const run = promisify(execFile)

async function makeFile(path: string): Promise<void> {
  const handle = await open(path, 'w')
  for (let at = 0; at < SIZE; at += 16 * MB) await handle.write(randomBytes(Math.min(16 * MB, SIZE - at)))
  await handle.close()
}

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1_000
}

/** Asked seldom: nobody asks curl in between. */
const seldom = <T>(ready: () => Promise<T>) => async (): Promise<T> => {
  await pause(50)
  return ready()
}

interface Side {
  name: string
  line: Line
  program: Program
}

async function comes(name: string, folder: string, relay: string): Promise<Side> {
  const program = await new Program(['--data', folder, '--account', addressOf(name), '--relay', relay], { YANXIN_PASSWORD: password(name) }).ready()
  const line = await program.open()
  await until(`${name} to be online`, async () => (await line.call('state')).link.at === 'online')
  return { name, line, program }
}

const fileOf = async ({ line }: Side): Promise<FileView | undefined> => {
  const content = (await line.messages()).at(-1)?.content
  return content?.kind === 'files' ? content.files[0] : undefined
}

it('a large file goes up and comes down, beside curl', () => withFolder(async (folder) => {
  const data = join(folder, 'relay')
  for (const name of ['mei', 'lan']) command(['user', 'add', `${name}@${domain}`, '--data', data], `${password(name)}\n`)
  const port = await freePort()
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0', '--files', `127.0.0.1:${port}`,
    '--file-limit', '4G', '--files-quota', '64G'])
  const [mei, lan] = await Promise.all(['mei', 'lan'].map((name) => comes(name, join(folder, name), relay.uris[0]!))) as [Side, Side]
  try {
    const [ours, theirs, fetched] = ['ours.bin', 'theirs.bin', 'fetched.bin'].map((name) => join(folder, name)) as [string, string, string]
    await makeFile(ours)
    await makeFile(theirs)
    const server = `http://127.0.0.1:${port}/ft`
    const curl = (...args: string[]): Promise<unknown> => run('curl', ['-sS', '--fail', ...args])
    // The first of all transfers pays for what is loaded once.
    const idle = { mei: memoryOf(mei.program.pid), lan: memoryOf(lan.program.pid), relay: memoryOf(relay.pid) }

    const curlUp = await secondsOf(() => curl('--digest', '-u', `mei:${password('mei')}`, '-F', `tid=${randomUUID()}`, '-F', `File=@${theirs}`, '-o', join(folder, 'answer.xml'), server))
    await rm(theirs)
    const door = new URL((await mei.line.call('state')).content, mei.program.link)
    const kept = await (await fetch(door, { method: 'PUT', body: await openAsBlob(ours) })).json() as { hash: string; size: number }
    await rm(ours)
    let up = 0
    let relayPeak = 0
    const upPeak = await peakWhile(mei.program.pid, async () => {
      relayPeak = await peakWhile(relay.pid, async () => {
        up = await secondsOf(async () => {
          await mei.line.call('sendFiles', addressOf('lan'), 'the-large-one', { files: [{ name: 'large.bin', contentType: 'application/octet-stream', ...kept }] })
          await until('it to be up', seldom(async () => (await fileOf(mei))?.remote !== undefined), 600_000)
        })
      })
    })
    const offered = await until('the offer', () => fileOf(lan), 60_000)
    const curlDown = await secondsOf(() => curl('-o', fetched, offered.remote!.url))
    expect((await stat(fetched)).size).toBe(SIZE)
    await rm(fetched)
    let down = 0
    const downPeak = await peakWhile(lan.program.pid, async () => {
      down = await secondsOf(async () => {
        await lan.line.call('transfer', addressOf('mei'), 'the-large-one', 0, 'go')
        await until('it to be here', seldom(async () => (await fileOf(lan))?.hash === kept.hash), 600_000)
      })
    })
    const speed = (seconds: number): string => `${(SIZE / MB / seconds).toFixed(0)}`
    const above = (peak: number, before: number): string => ((peak - before) / 1_024).toFixed(0)
    report('A large file', ['way', 'ours, MB/s', 'curl, MB/s', 'ours ÷ curl', 'most memory above idle: program / relay, MB'], [
      ['up', speed(up), speed(curlUp), `**${(curlUp / up).toFixed(2)}**`, `${above(upPeak, idle.mei)} / ${above(relayPeak, idle.relay)}`],
      ['down', speed(down), speed(curlDown), `**${(curlDown / down).toFixed(2)}**`, `${above(downPeak, idle.lan)} / –`],
    ], `${SIZE / MB} MB of noise through a real relay on loopback, all on one machine; ours hashes what it sends and what it gets, curl does not. Goals: 0.8 of curl, under 50 MB.`)
  } finally {
    await Promise.all([mei.program.dies(), lan.program.dies(), relay.dies()])
  }
}), 1_800_000)
