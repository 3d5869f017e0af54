import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { root } from '../../fakes/build'
import { Told } from '../told'
import type { PageEvent, PhoneOptions } from './page'

/** The page with JsSIP in it, served on loopback: its origin is one that the relay has never heard of. */
export async function servePage(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const made = await build({
    configFile: false, root, logLevel: 'error',
    build: { write: false, minify: false, rolldownOptions: { input: join(import.meta.dirname, 'page.ts'), output: { format: 'iife' } } },
  }) as { output: { type: string; code?: string }[] } | { output: { type: string; code?: string }[] }[]
  const script = [made].flat().flatMap(({ output }) => output).find(({ type }) => type === 'chunk')!.code!
  const server: Server = createServer((request, response) => {
    if (request.url === '/page.js') return void response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>JsSIP</title><script src="/page.js"></script>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/`,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

type Named<Name extends PageEvent['event']> = Extract<PageEvent, { event: Name }>

/** A browser tab with a JsSIP phone in it. */
export class JsSipPhone {
  readonly told: Told<PageEvent>
  readonly #page: Page
  #tags = 0

  private constructor(page: Page, name: string) {
    this.#page = page
    this.told = new Told(`${name} (JsSIP)`)
  }

  static async open(browser: Browser, url: string, name: string): Promise<JsSipPhone> {
    // The relay's certificate is of a private authority.
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
    const phone = new JsSipPhone(page, name)
    await page.exposeFunction('tell', (event: PageEvent) => phone.told.add(event))
    await page.goto(url)
    return phone
  }

  async start(options: PhoneOptions): Promise<void> {
    await this.#page.evaluate((given) => window.phone.start(given), options)
  }

  /** Un-registers and closes its socket. */
  async stop(): Promise<void> {
    await this.#page.evaluate(() => window.phone.stop())
  }

  event<Name extends PageEvent['event']>(name: Name, fits: (event: Named<Name>) => boolean = () => true, since = 0): Promise<Named<Name>> {
    return this.told.first(name, (one): one is Named<Name> => one.event === name && fits(one as Named<Name>), since)
  }

  /** Resolves with the Call-ID when it was answered 2xx. */
  async says(to: string, body: string, contentType = 'text/plain;charset=UTF-8'): Promise<string> {
    const tag = `t${++this.#tags}`
    await this.#page.evaluate((given) => window.phone.send(given.to, given.contentType, given.body, given.tag), { to, contentType, body, tag })
    const end = await this.told.first(`answer to “${body}”`, (one) => (one.event === 'answered' || one.event === 'failed') && one.tag === tag)
    if (end.event !== 'answered') throw new Error(`“${body}” was not taken: ${JSON.stringify(end)}`)
    return end.callId
  }

  knock(url: string, protocols: string[]): Promise<boolean> {
    return this.#page.evaluate((given) => window.phone.knock(given.url, given.protocols), { url, protocols })
  }

  /**
   * The texts that came, in their order, without receipts and typing. JsSIP leaves it to the page to know a message again
   * that comes twice, because the line was cut before its 200 was through (between hops: at least once).
   */
  texts(): string[] {
    const known = new Set<string>()
    return this.told.all.flatMap((one) => {
      if (one.event !== 'received' || !/^text\/plain|^message\/cpim/i.test(one.contentType)) return []
      const id = /^imdn\.Message-ID: *(.+)$/im.exec(one.body)?.[1] ?? one.callId
      return known.has(id) ? [] : (known.add(id), [textIn(one)])
    })
  }

  hears(text: string): Promise<Named<'received'>> {
    return this.event('received', (one) => textIn(one) === text)
  }

  /** The tab is closed: nothing is said. */
  async closes(): Promise<void> {
    await this.#page.context().close()
  }
}

/** The text of a plain message or of one in CPIM (RFC 3862 2). */
const textIn = ({ contentType, body }: Named<'received'>): string =>
  (/^message\/cpim/i.test(contentType) ? body.split('\r\n\r\n').slice(2).join('\r\n\r\n') : body)
