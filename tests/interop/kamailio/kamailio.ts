import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

const configs = { operator: join(import.meta.dirname, 'kamailio.cfg'), 'msrp-relay': join(import.meta.dirname, 'msrp-relay.cfg') }
const schemas = '/usr/share/kamailio/db_sqlite'

export interface KamailioOptions {
  domain: string
  /** An operator for SIP, or a relay for MSRP (RFC 4976). @default operator */
  is?: 'operator' | 'msrp-relay'
  /** Keeps messages for who is away, with msilo in an SQLite file. @default false */
  stores?: boolean
  /** Asks for the password, which is `NAME-secret` for everybody. @default no question is asked */
  digest?: 'MD5' | 'SHA-256'
  /** How long a nonce is good for, s. @default 300 */
  nonceTime?: number
  /** PEM files; with them it listens on TLS as well. */
  certificate?: { cert: string; key: string }
  /** Shared memory, MB: a finished transaction stays there for 5 s. @default 128 */
  memory?: number
}

export interface Kamailio {
  readonly tcp: { host: string; port: number; transport: 'tcp' }
  /** By name, since certificates are held against names. */
  readonly tls: { host: string; port: number; transport: 'tls' }
  /** Its processes, the first of which keeps the others. */
  pids(): number[]
  /** How many messages wait in its store. */
  waiting(): number
  /** Ends it, `kill -9` or orderly; what it knew in memory is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again on the same ports with the same store. */
  begin(): Promise<void>
  /** Ends it and removes what it kept. */
  stop(): Promise<void>
}

/** Why Kamailio cannot be used here, if so (`skipped, because …`). */
export function missingKamailio({ stores = false } = {}): string | undefined {
  const { status, error } = spawnSync('kamailio', ['-v'])
  if (error || status !== 0) return 'skipped, because there is no kamailio'
  if (stores && !existsSync(join(schemas, 'msilo-create.sql'))) return 'skipped, because there is no kamailio-sqlite-modules'
  return undefined
}

/** Starts a Kamailio that ends with `stop`; resolves when it answers OPTIONS. */
export async function startKamailio(options: KamailioOptions): Promise<Kamailio> {
  const folder = await mkdtemp(join(tmpdir(), 'yanxin-kamailio-'))
  const store = join(folder, 'store.sqlite')
  if (options.stores) makeStore(store)
  const [tcp, tls, loop] = await freePorts(3) as [number, number, number]
  const file = join(folder, 'operator.cfg')
  await writeFile(file, settings(options, { tcp, tls, loop, store }))
  let running: Running | undefined

  const kamailio: Kamailio = {
    tcp: { host: '127.0.0.1', port: tcp, transport: 'tcp' },
    tls: { host: 'localhost', port: tls, transport: 'tls' },
    pids: () => (running ? [running.child.pid!, ...childrenOf(running.child.pid!)] : []),
    waiting: () => {
      const db = new DatabaseSync(store, { readOnly: true })
      try {
        return Number(db.prepare('SELECT count(*) AS n FROM silo WHERE snd_time = 0').get()!['n'])
      } finally {
        db.close()
      }
    },
    async begin() {
      running = await run(file, folder, options.memory ?? 128)
      await answers(tcp, options.domain, running)
    },
    async end(signal) {
      if (!running) return
      const pids = kamailio.pids()
      // It leads a group of its own, so that its workers go with it also when it is killed.
      if (signal === 'SIGKILL') process.kill(-running.child.pid!, signal)
      else running.child.kill(signal)
      await running.gone
      running = undefined
      while (pids.some(isAlive)) await pause(5)
    },
    async stop() {
      await kamailio.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await kamailio.begin()
  } catch (thrown) {
    await kamailio.stop()
    throw thrown
  }
  return kamailio
}

interface Running {
  child: ChildProcess
  gone: Promise<unknown>
  words: () => string
}

async function run(file: string, folder: string, memory: number): Promise<Running> {
  const child = spawn('kamailio', [
    '-f', file, '-DD', '-E', '-m', String(memory), '-M', '8', '-Y', folder, '-w', folder, '-P', join(folder, 'pid'),
  ], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { words = (words + text).slice(-4_000) })
  const gone = once(child, 'close')
  await once(child, 'spawn')
  return { child, gone, words: () => words }
}

function makeStore(file: string): void {
  const db = new DatabaseSync(file)
  for (const name of ['standard', 'msilo']) db.exec(readFileSync(join(schemas, `${name}-create.sql`), 'utf8'))
  db.close()
}

function settings({ domain, is = 'operator', stores, digest, nonceTime = 300, certificate }: KamailioOptions, at: { tcp: number; tls: number; loop: number; store: string }): string {
  const words: Record<string, string | number> = {
    OWN_DOMAIN: domain, TCP_PORT: at.tcp, TLS_PORT: at.tls, LOOP_PORT: at.loop, STORE_FILE: at.store,
    HASH: digest ?? 'MD5', NONCE_TIME: nonceTime, KEY_FILE: certificate?.key ?? '', CERT_FILE: certificate?.cert ?? '',
  }
  return [
    '#!KAMAILIO',
    ...Object.entries(words).map(([name, value]) => `#!substdef "!${name}!${value}!g"`),
    ...(stores ? ['#!define WITH_STORE'] : []), ...(digest ? ['#!define WITH_DIGEST'] : []), ...(certificate ? ['#!define WITH_TLS'] : []),
    `include_file "${configs[is]}"`, '',
  ].join('\n')
}

/** Kamailio cannot take port 0: these were free a moment ago, and each is another one. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  return Promise.all(servers.map(async (server) => {
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    return port
  }))
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
}

function isAlive(pid: number): boolean {
  try {
    // A zombie holds nothing any more; whoever adopted it will see to it.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** Asks until it answers, for 20 s at most. */
async function answers(port: number, domain: string, { child, words }: Running): Promise<void> {
  const until = Date.now() + 20_000
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`kamailio has ended: ${words()}`)
    if (await ask(port, domain)) return
    await pause(20)
  }
  throw new Error(`kamailio does not answer: ${words()}`)
}

function ask(port: number, domain: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const end = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(1_000, () => end(false)).on('error', () => end(false)).on('close', () => end(false))
    socket.on('data', (bytes) => end(bytes.toString('latin1').startsWith('SIP/2.0 200')))
    socket.write(
      `OPTIONS sip:${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bKready${Date.now()};rport\r\nMax-Forwards: 70\r\n` +
      `From: <sip:ready@${domain}>;tag=1\r\nTo: <sip:${domain}>\r\nCall-ID: ready${Date.now()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
    )
  })
}
