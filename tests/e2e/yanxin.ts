import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { out, root } from '../fakes/build'
import { chromiumFlags, findChromium } from '../fakes/chromium'

/** A folder that is removed when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'yanxin-e2e-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

export interface Running {
  /** What followed `ready:` on the ready line. */
  ready: string
  child: ChildProcess
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** Starts one of the built programs and waits for its ready line; it is stopped when the test ends. */
export async function run(script: 'browser.js' | 'headless.js', args: string[], env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, [join(out, 'main', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ready = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const line = /ready: (.+)\n/.exec(text)
      if (line) resolve(line[1]!)
    })
    void gone.then((code) => reject(new Error(`${script} ended with ${code}: ${said.slice(-2_000)}`)))
  })
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return gone
  }
  onTestFinished(() => void end('SIGKILL'))
  return { ready, child, stop: () => end('SIGTERM'), kill: async () => void (await end('SIGKILL')) }
}

/** A headless relay with these people, whose passwords are `<name>-secret`. */
export async function startRelay(people: string[], data = folder(), port = 0, more: readonly string[] = []): Promise<Running & { uri: string; data: string }> {
  for (const person of people) {
    const adding = spawn(process.execPath, [join(out, 'main/headless.js'), 'user', 'add', `${person}@home.test`, '--data', data])
    adding.stdin.end(`${person}-secret\n`)
    const code = await new Promise((resolve) => adding.once('exit', resolve))
    if (code !== 0) throw new Error(`user add ended with ${String(code)}`)
  }
  const relay = await run('headless.js', ['serve', '--domain', 'home.test', '--data', data, '--sip', `tcp:127.0.0.1:${port}`, ...more])
  return { ...relay, uri: relay.ready.split(' ')[0]!, data }
}

/** A real Chromium for the whole file. */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium()!, headless: true, args: chromiumFlags })
}

let pictures = 0
/** What stood on the screen when a test failed. */
async function keepPicture(page: Page, test: string, errors: string[]): Promise<void> {
  const path = join(root, 'tests/.artifacts', `${test.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}.${++pictures}.png`)
  mkdirSync(dirname(path), { recursive: true })
  await page.screenshot({ path })
  console.log(`${test}: ${path}`, errors)
}

/** One person's window; whatever the page reports as an error ends up in `errors`. */
export async function openWindow(browser: Browser, url: string, options: Parameters<Browser['newContext']>[0] & { context?: BrowserContext } = {}): Promise<{ page: Page; errors: string[]; context: BrowserContext }> {
  const { context: shared, ...rest } = options
  const context = shared ?? (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...rest }))
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  page.on('pageerror', (error) => errors.push(String(error)))
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail' && !page.isClosed()) await keepPicture(page, task.name, errors)
    if (!shared) await context.close()
  })
  await page.goto(url)
  return { page, errors, context }
}
