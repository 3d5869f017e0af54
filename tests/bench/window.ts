import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { out } from '../fakes/build'
import { chromiumFlags, findChromium } from '../fakes/chromium'
import { writeHistory, type History } from './history'

/** Who may burst into talk. */
export const talkers = ['lan', 'wei', 'tom', 'anna', 'bo']

/** A program of the build, until it is stopped. */
class Program {
  readonly #gone: Promise<void>

  private constructor(readonly child: ChildProcess, readonly ready: string) {
    this.#gone = new Promise((resolve) => child.once('exit', () => resolve()))
  }

  static async start(script: string, args: string[], env: Record<string, string> = {}): Promise<Program> {
    const child = spawn(process.execPath, [join(out, 'main', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const ready = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const line = /ready: (.+)\n/.exec(text)
        if (line) resolve(line[1]!)
      })
      child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${said.slice(-2_000)}`)))
    })
    return new Program(child, ready)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGTERM')
    await this.#gone
  }
}

/** An office relay, the app in a browser with a history of any size, and Chromium on it. */
export class WindowStage {
  readonly #folder: string
  readonly #relay: Program
  #program: Program
  readonly #context: BrowserContext

  private constructor(folder: string, relay: Program, program: Program, context: BrowserContext, readonly history: History) {
    this.#folder = folder
    this.#relay = relay
    this.#program = program
    this.#context = context
  }

  /**
   * @param options.files the relay is a content server as well. @default false
   * @param options.prepare writes more into the journal, before the program opens it
   */
  static async open(count: number, { files = false, prepare }: { files?: boolean; prepare?: (file: string) => void } = {}): Promise<WindowStage> {
    const folder = mkdtempSync(join(tmpdir(), 'yanxin-window-'))
    const relayData = join(folder, 'relay')
    for (const user of ['mei', ...talkers]) {
      const adding = spawn(process.execPath, [join(out, 'main/headless.js'), 'user', 'add', `${user}@home.test`, '--data', relayData], { stdio: ['pipe', 'ignore', 'inherit'] })
      adding.stdin.end(`${user}-secret\n`)
      await new Promise((resolve) => adding.once('exit', resolve))
    }
    const relay = await Program.start('headless.js', ['serve', '--domain', 'home.test', '--data', relayData, '--sip', 'tcp:127.0.0.1:0', ...(files ? ['--files', '127.0.0.1:0'] : [])])
    const data = join(folder, 'mei')
    const args = ['--no-open', '--data', data, '--account', 'mei@home.test', '--relay', relay.ready.split(' ')[0]!]
    const env = { YANXIN_PASSWORD: 'mei-secret' }
    await (await Program.start('browser.js', args, env)).stop()
    const file = join(data, 'accounts', readdirSync(join(data, 'accounts'))[0]!, 'relay.sqlite')
    const history = writeHistory(file, { count, account: 'sip:mei@home.test' })
    prepare?.(file)
    const program = await Program.start('browser.js', args, env)
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: findChromium()!, headless: true, args: chromiumFlags, viewport: { width: 1280, height: 800 }, locale: 'en-GB',
    })
    return new WindowStage(folder, relay, program, context, history)
  }

  /** `host:port` of the relay's SIP. */
  get relay(): string {
    return /sip:([^;]+)/.exec(this.#relay.ready)![1]!
  }

  /** A tab that has just begun to load. */
  async page(): Promise<Page> {
    const page = await this.#context.newPage()
    await page.addInitScript(probe)
    return page
  }

  /** Waits until the window's store is whole, and says how long that took, ms. */
  async filled(page: Page): Promise<number> {
    const began = performance.now()
    const isFilled = () => page.evaluate(async () => {
      if (!(await indexedDB.databases()).some(({ name }) => name === 'yanxin-stores')) return false
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('yanxin-stores')
        request.onsuccess = () => resolve(request.result)
      })
      const rows = await new Promise<{ ended?: unknown }[]>((resolve) => {
        const request = db.transaction('stores').objectStore('stores').getAll() as IDBRequest<{ ended?: unknown }[]>
        request.onsuccess = () => resolve(request.result)
      })
      db.close()
      return rows[0]?.ended !== undefined
    })
    while (!(await isFilled())) await page.waitForTimeout(100)
    return performance.now() - began
  }

  get url(): string {
    return this.#program.ready
  }

  async close(): Promise<void> {
    await this.#context.close()
    await this.#program.stop()
    await this.#relay.stop()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

export interface Probe {
  /** When the list showed its first rows, ms after the page began to load. */
  readyAt: number | undefined
  /** Opens a conversation by its row in the list; resolves with ms from the click to its last message drawn. */
  openRow(id: string): Promise<number>
  /** Scrolls an element for a time; resolves with the times of its frames. */
  frames(ms: number): Promise<number[]>
  /** Resolves with ms from the last key to the first hit drawn. */
  firstHit(text: string): Promise<number>
  /** For a time: how often in each frame the open thread grew, and how often anything was drawn anew. */
  growths(ms: number): Promise<{ grew: number[]; drew: number[] }>
}

declare global {
  interface Window {
    probe: Probe
  }
}

/** Runs in the page before anything else. */
function probe(): void {
  const drawn = () => new Promise<number>((resolve) => requestAnimationFrame(() => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => resolve(performance.now())
    // After the frame that has just been made was handed on.
    channel.port2.postMessage(undefined)
  }))
  const until = (isThere: () => boolean) => new Promise<void>((resolve) => {
    if (isThere()) return resolve()
    const observer = new MutationObserver(() => {
      if (!isThere()) return
      observer.disconnect()
      resolve()
    })
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  })
  window.probe = {
    readyAt: undefined,
    async openRow(id) {
      const row = document.querySelector<HTMLElement>(`.item[data-id="${id}"]`)
      if (!row) throw new Error(`${id} is not in the list`)
      const begin = performance.now()
      row.click()
      await until(() => document.querySelector('.item[aria-current]')?.getAttribute('data-id') === id && document.querySelector('.messages-scroller.placed .bubble') !== null)
      return (await drawn()) - begin
    },
    async frames(ms) {
      const times: number[] = []
      const end = performance.now() + ms
      for (;;) {
        const at = await new Promise<number>(requestAnimationFrame)
        times.push(at)
        if (at > end) return times
      }
    },
    async firstHit(text) {
      const field = document.querySelector<HTMLInputElement>('.list-search input')!
      const begin = performance.now()
      field.value = text
      field.dispatchEvent(new Event('input', { bubbles: true }))
      await until(() => document.querySelector('.hit mark')?.textContent?.toLowerCase() === text.toLowerCase())
      return (await drawn()) - begin
    },
    async growths(ms) {
      let [grown, drawn] = [0, 0]
      let size = ''
      const observer = new MutationObserver(() => {
        drawn++
        const now = document.querySelector('.messages .row')?.ariaSetSize ?? ''
        if (now !== size) grown++
        size = now
      })
      observer.observe(document.querySelector('.messages')!, { subtree: true, childList: true, attributes: true })
      const [grew, drew]: [number[], number[]] = [[], []]
      for (const end = performance.now() + ms; performance.now() < end;) {
        await new Promise(requestAnimationFrame)
        grew.push(grown)
        drew.push(drawn)
        grown = drawn = 0
      }
      observer.disconnect()
      return { grew, drew }
    },
  }
  void until(() => document.querySelector('.list .item') !== null).then(drawn).then((at) => (window.probe.readyAt = at))
}
