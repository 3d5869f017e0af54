import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { out } from '../../fakes/build'

/** The built entry of the relay alone. */
export const headless = join(out, 'main/headless.js')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** `npm run relay -- …`, to its end. */
export function command(args: readonly string[], input = ''): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [headless, ...args], { input, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

/** A relay in a process of its own. */
export class RelayProcess {
  stderr = ''
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  }

  uris: string[] = []

  /** The port of the first listener. */
  get port(): number {
    return Number(/:(\d+)/.exec(this.uris[0]!.replace(/^\w+:/, ''))![1])
  }

  static async start(args: readonly string[]): Promise<RelayProcess> {
    const child = spawn(process.execPath, [headless, 'serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const relay = new RelayProcess(child)
    let text = ''
    relay.uris = await new Promise<string[]>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const ready = /^Relay ready: (.*)$/m.exec(text)
        if (ready) resolve(ready[1]!.split(' '))
      })
      void relay.ended.then((code) => reject(new Error(`the relay ended with ${code}: ${relay.stderr}`)))
    })
    return relay
  }

  get pid(): number {
    return this.#child.pid!
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** As a power cut would: nothing is said, nothing is finished. */
  async dies(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  async stops(): Promise<number | null> {
    this.signal('SIGTERM')
    return this.ended
  }
}

export async function withFolder(play: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-relay-'))
  try {
    await play(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A port on which nobody listens at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
