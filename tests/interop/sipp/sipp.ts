import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../../src-main/base/clock'
import { randomIds } from '../../../src-main/base/ids'
import { silentLog } from '../../../src-main/base/log'
import { answerChallenge } from '../../../src-main/sip/digest'
import { Endpoint } from '../../../src-main/sip/endpoint'
import { Headers } from '../../../src-main/sip/headers'
import { connectTcp } from '../../../src-main/sip/tcp'

/** Why SIPp cannot be used here, if so (`skipped, because …`). It ends with 99 when asked for its version. */
export const missingSipp = spawnSync('sipp', ['-v']).error ? 'skipped, because there is no sipp' : undefined

export interface Sipp {
  /** What its scenario has written down, a line each, in order. */
  lines(): Promise<string[]>
  /** Its exit code: 0 when every call has succeeded. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

export const oddities = ['unknown-method', 'short-length', 'long-length', 'half'] as const
type Oddity = (typeof oddities)[number]

export interface SippOptions {
  scenario: 'receiver' | 'sender' | 'answer' | Oddity
  port: number
  folder: string
  name: string
  /** One call for each, with its fields. */
  calls: readonly (readonly (string | number)[])[]
  /** For what belongs to no call of its own. */
  outOfCall?: 'answer'
  /** One connection for all calls, or one for each. @default each */
  connections?: 'one' | 'each'
}

// Below what the system gives out by itself. SIPp binds a port to listen, one for orders and four for media, even where it uses
// none; left to choose, two that start together may choose the same, and one of them ends with 254.
let ports = 20_000 + (process.pid % 1_000) * 10

/** Starts one SIPp process that ends by itself or with `stop`. */
export async function startSipp({ scenario, port, folder, name, calls, outOfCall, connections = 'each' }: SippOptions): Promise<Sipp> {
  const file = (end: string): string => join(folder, `${name}.${end}`)
  await writeFile(file('csv'), `SEQUENTIAL\n${calls.map((fields) => `${fields.join(';')}\n`).join('')}`)
  const own = ports
  ports += 10
  const child = spawn('sipp', [
    `127.0.0.1:${port}`, '-i', '127.0.0.1', '-p', String(own), '-cp', String(own + 1), '-mp', String(own + 2), '-t', connections === 'one' ? 't1' : 'tn', '-max_socket', '1000', '-nostdin',
    // Messages of one sender share a Call-ID: the next is no repetition of one that was answered.
    '-deadcall_wait', '0',
    '-sf', join(import.meta.dirname, `${scenario}.xml`), '-inf', file('csv'), '-r', '100', '-l', String(calls.length),
    // What comes out of a call counts as one: who listens would leave after the first that it has heard.
    ...(outOfCall ? ['-oocsf', join(import.meta.dirname, `${outOfCall}.xml`)] : ['-m', String(calls.length)]),
    '-trace_logs', '-log_file', file('log'), '-trace_err', '-error_file', file('err'),
  ], { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder, env: { ...process.env, TERM: 'dumb' } })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    lines: async () => (await readFile(file('log'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    ended,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/**
 * The Authorization of one REGISTER for each user, over challenges fetched before. SIPp 3.6 gives up at a challenge with
 * SHA-256 beside MD5, which RFC 8760 2.4 asks it to pass over; so it is told what to answer.
 */
export async function proofs(port: number, domain: string, users: readonly { user: string; password: string }[]): Promise<Map<string, string>> {
  const flow = await connectTcp({ host: '127.0.0.1', port, clock: systemClock, log: silentLog })
  const endpoint = new Endpoint({ clock: systemClock, ids: randomIds, log: silentLog, userAgent: 'proofs' })
  endpoint.attach(flow)
  const uri = `sip:${domain}`
  const found = new Map<string, string>()
  for (const { user, password } of users) {
    const self = `<sip:${user}@${domain}>`
    const { headers } = await endpoint.request(flow, {
      method: 'REGISTER', uri, headers: new Headers([['From', `${self};tag=1`], ['To', self], ['Call-ID', randomIds.token()], ['CSeq', '1 REGISTER']]),
    })
    const challenges = headers.all('WWW-Authenticate')
    found.set(user, answerChallenge({ challenges, username: user, password, method: 'REGISTER', uri, cnonce: randomIds.token(), nc: 1 })!.value)
  }
  flow.close()
  return found
}
