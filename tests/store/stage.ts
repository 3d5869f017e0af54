import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { build } from 'vite'
import { chromiumFlags, findChromium } from '../fakes/chromium'
import type { ScriptedJournal } from './journal'

/** Chromium with the store in it, on an origin of its own. */
export interface Stage {
  /** A tab whose journal is the one given. */
  open(journal: ScriptedJournal): Promise<Page>
  context: BrowserContext
  close(): Promise<void>
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Bundles a test's page for a browser, as the window's build does, into a folder of its own. */
export async function bundle(entry: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'yanxin-page-'))
  await build({
    configFile: false, logLevel: 'error', root: dirname(entry), base: './',
    worker: { format: 'es' },
    build: {
      outDir: folder, emptyOutDir: true, target: 'esnext', minify: false,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  })
  await writeFile(join(folder, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>')
  return folder
}

/** A Chromium that keeps its data in a folder. */
export const openChromium = (profile: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, { executablePath: findChromium() ?? '', headless: true, args: chromiumFlags })

/** Starts Chromium on the store. */
export async function openStage(): Promise<Stage> {
  const folder = await bundle(fileURLToPath(new URL('./page.ts', import.meta.url)))
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname
    readFile(join(folder, path === '/' ? 'index.html' : path)).then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(path === '/' ? '.html' : path)] ?? 'text/html' }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const context = await openChromium(join(folder, 'profile'))
  return {
    context,
    async open(journal) {
      const page = await context.newPage()
      await page.exposeFunction('changes', (after: number, limit: number, epoch?: string) => JSON.stringify(journal.changes(after, limit, epoch)))
      await page.exposeFunction('filling', async (cursor: string | null, pages: number) => {
        await journal.gate
        return JSON.stringify(journal.filling(cursor, pages))
      })
      await page.goto(origin)
      await page.waitForFunction(() => 'play' in window)
      return page
    },
    async close() {
      await context.close()
      server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Waits until the store of a journal holds everything, and says what it holds. */
export async function caughtUp(page: Page, name: string, journal: ScriptedJournal): Promise<ReturnType<ScriptedJournal['contents']>> {
  const deadline = performance.now() + 15_000
  for (;;) {
    const applied = await page.evaluate((id) => window.play.whole(id), name)
    if (applied === journal.newest) return JSON.parse(await page.evaluate((id) => window.play.contents(id), name) ?? '') as never
    if (performance.now() > deadline) throw new Error(`the store is at ${applied}, the journal at ${journal.newest}`)
    await page.waitForTimeout(10)
  }
}
