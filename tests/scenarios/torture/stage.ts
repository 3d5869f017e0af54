import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { chromiumFlags, findChromium } from '../../fakes/chromium'
import { command, RelayProcess } from '../play/process'
import { Book } from './book'
import { Gate } from './gate'
import { domain, Resident } from './resident'

/** The processes of the play: a relay, a program for each person, one Chromium with a profile for each window. */
export class TortureStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'yanxin-torture-'))
  readonly book = new Book()
  readonly residents = new Map<string, Resident>()
  relay!: RelayProcess
  browser: Browser | undefined

  get everybody(): Resident[] {
    return [...this.residents.values()]
  }

  resident(name: string): Resident {
    return this.residents.get(name)!
  }

  async opens(names: readonly string[], windows: readonly string[]): Promise<void> {
    const data = join(this.folder, 'relay')
    mkdirSync(data)
    for (const name of names) {
      const { code, stderr } = command(['user', 'add', `${name}@${domain}`, '--data', data], `${name} secret\n`)
      if (code !== 0) throw new Error(stderr)
      this.residents.set(name, new Resident(name, this.folder, await Gate.open(), this.book))
    }
    await this.startRelay()
    if (windows.length) this.browser = await chromium.launch({ executablePath: findChromium()!, headless: true, args: chromiumFlags })
    for (const resident of this.everybody) await resident.comes()
    for (const name of windows) await this.resident(name).opensWindow(this.browser!)
  }

  async startRelay(): Promise<void> {
    this.relay = await RelayProcess.start(['--domain', domain, '--data', join(this.folder, 'relay'), '--sip', 'tcp:127.0.0.1:0'])
    for (const { gate } of this.residents.values()) gate.leadTo(this.relay.port)
  }

  /** `kill -9` of everything that draws a page. */
  async killRenderers(): Promise<void> {
    const session = await this.browser!.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    for (const { type, id } of processInfo) {
      if (type !== 'renderer') continue
      try {
        process.kill(id, 'SIGKILL')
      } catch {
        // It went by itself meanwhile.
      }
    }
    await session.detach()
  }

  async ends(keep: boolean): Promise<void> {
    for (const resident of this.everybody) {
      await resident.window?.close()
      resident.close()
    }
    await this.browser?.close()
    this.relay.signal('SIGKILL')
    for (const { gate } of this.everybody) await gate.close()
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
