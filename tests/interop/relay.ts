import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { out } from '../fakes/build'
import type { Certificate } from './certificate'
import { Told } from './told'

export interface RunningRelay {
  readonly tcp: { host: string; port: number; transport: 'tcp' }
  /** By name, since Linphone holds a certificate against names only. */
  readonly tls: { host: string; port: number; transport: 'tls' }
  readonly ws: { port: number; url: string }
  readonly wss: { port: number; url: string }
  /** What `/healthz` says. */
  health(): Promise<Record<string, unknown>>
  /** What it has logged. */
  readonly lines: readonly string[]
  /** Makes an account, by the command that anyone would use. */
  addUser(user: string, password: string): Promise<void>
  /** `kill -9`, and started again on the same ports with the same data. */
  dieAndReturn(): Promise<void>
  stop(): Promise<void>
}

const entry = join(out, 'main/headless.js')

/** The headless relay as a process of its own, from the build, listening in every way that it can. */
export async function startRelay(domain: string, { cert, key }: Certificate, flags: readonly string[] = []): Promise<RunningRelay> {
  const data = await mkdtemp(join(tmpdir(), 'yanxin-relay-'))
  const ports = { tcp: 0, tls: 0, ws: 0, wss: 0 }
  let http = ''
  const lines: string[] = []
  let running = await serve()

  async function serve() {
    const child = spawn(process.execPath, [
      entry, 'serve', '--domain', domain, '--data', data, '--tls-cert', cert, '--tls-key', key,
      ...Object.entries(ports).flatMap(([transport, port]) => ['--sip', `${transport}:127.0.0.1:${port}`]),
      '--http', '127.0.0.1:0', ...flags,
    ], { stdio: ['ignore', 'pipe', 'pipe'] })
    const told = new Told<string>('the relay')
    const hear = (line: string) => {
      lines.push(line)
      told.add(line)
    }
    createInterface({ input: child.stdout }).on('line', hear)
    createInterface({ input: child.stderr }).on('line', hear)
    const gone = once(child, 'close').then(() => told.end('it has ended'))
    const ready = await told.first('ready line', (line) => line.startsWith('Relay ready: '))
    for (const uri of ready.slice('Relay ready: '.length).split(' ')) {
      const transport = /transport=(\w+)/.exec(uri)?.[1] as keyof typeof ports | undefined
      if (transport) ports[transport] = Number(/:(\d+);/.exec(uri)![1])
      else http = uri
    }
    return { child, gone }
  }

  return {
    get tcp() {
      return { host: '127.0.0.1', port: ports.tcp, transport: 'tcp' as const }
    },
    get tls() {
      return { host: 'localhost', port: ports.tls, transport: 'tls' as const }
    },
    get ws() {
      return { port: ports.ws, url: `ws://127.0.0.1:${ports.ws}` }
    },
    get wss() {
      return { port: ports.wss, url: `wss://127.0.0.1:${ports.wss}` }
    },
    health: async () => (await (await fetch(new URL('/healthz', http))).json()) as Record<string, unknown>,
    lines,
    addUser: (user, password) => addUser(`sip:${user}@${domain}`, password, data),
    async dieAndReturn() {
      running.child.kill('SIGKILL')
      await running.gone
      running = await serve()
    },
    async stop() {
      running.child.kill('SIGTERM')
      await running.gone
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function addUser(address: string, password: string, data: string): Promise<void> {
  const child = spawn(process.execPath, [entry, 'user', 'add', address, '--data', data], { stdio: 'pipe' })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => { words += text })
  }
  child.stdin.end(`${password}\n`)
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`user add ${address} ended with ${code}: ${words}`)
}
