import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Conversation, Message } from '../../../src-main/contract/message'
import { watchFromInside, type Told } from './in-page'

export interface WindowEvents {
  told(told: Told): void
  /** What the page reported as an error. */
  error(text: string): void
}

/** Gives up on what a dead page will never answer. */
const within = <T>(ms: number, work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work.catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms))])

/** One person's window in a profile of its own: the page dies, the profile stays. */
export class PersonWindow {
  readonly #context: BrowserContext
  #page: Page | undefined
  #ready: PromiseWithResolvers<void> = Promise.withResolvers()
  /** The conversation that is open, by the other's name. */
  shown: string | undefined
  /** How often the screen was looked at, in pages that are gone. */
  looks = 0

  private constructor(context: BrowserContext) {
    this.#context = context
  }

  static async make(browser: Browser, events: WindowEvents): Promise<PersonWindow> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1000, height: 700 }, reducedMotion: 'reduce' })
    const window = new PersonWindow(context)
    await context.exposeBinding('tortureTells', ({ page }, told: Told) => {
      if (page !== window.#page) return
      if (told.kind === 'ready') window.#ready.resolve()
      else events.told(told)
    })
    await context.addInitScript(watchFromInside)
    context.on('weberror', (thrown) => events.error(String(thrown.error())))
    return window
  }

  get isUp(): boolean {
    return this.#page !== undefined
  }

  /** Opens the window and waits until it shows the account. */
  async open(link: string): Promise<void> {
    const page = await this.#context.newPage()
    this.#ready = Promise.withResolvers()
    this.#page = page
    this.shown = undefined
    await this.#insists(page, () => page.goto(link, { waitUntil: 'commit' }))
    await this.#soon('the window to be ready', this.#ready.promise)
  }

  /** Loads the page again; where the program is dead just now, by the link, as soon as it is back. */
  async reload(link: string): Promise<void> {
    const page = this.#page!
    this.#ready = Promise.withResolvers()
    this.shown = undefined
    try {
      await page.reload({ waitUntil: 'commit' })
    } catch {
      await this.dies('close')
      return this.open(link)
    }
    await this.#soon('the window to be ready again', this.#ready.promise)
  }

  /** The page is gone from one moment to the next. */
  async dies(how: 'crash' | 'close' | 'killed', kill?: () => Promise<void>): Promise<void> {
    const page = this.#page
    this.#page = undefined
    this.shown = undefined
    if (!page) return
    if (how === 'crash') {
      const session = await within(2_000, this.#context.newCDPSession(page))
      const crashed = new Promise<void>((resolve) => page.once('crash', () => resolve()))
      session?.send('Page.crash').catch(() => {})
      await within(2_000, crashed)
    }
    await kill?.()
    await within(3_000, page.close())
  }

  /** Sends as the composer does. @returns the ids; undefined when it cannot be known whether anything was sent */
  say(conversation: string, texts: readonly string[]): Promise<string[] | undefined> {
    const page = this.#page
    if (!page) return Promise.resolve(undefined)
    return within(5_000, page.evaluate(({ to, said }) => window.tortureHands.say(to, said), { to: conversation, said: texts }))
  }

  /** Types into the composer of the conversation that is open, and presses Enter. */
  async types(text: string): Promise<void> {
    const composer = this.#page?.getByRole('textbox', { name: /^Message to/ })
    await composer?.fill(text, { timeout: 3_000 }).catch(() => {})
    await composer?.press('Enter', { timeout: 3_000 }).catch(() => {})
  }

  /** Opens a conversation from the list. @returns whether it is open */
  async shows(name: string): Promise<boolean> {
    const page = this.#page
    if (!page) return false
    const item = page.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: name }).first()
    const done = await within(4_000, item.click({ timeout: 3_000 }).then(() => page.getByRole('textbox', { name: new RegExp(`^Message to ${name}`) }).waitFor({ timeout: 3_000 })).then(() => true))
    if (page === this.#page) this.shown = done ? name : this.shown
    return done ?? false
  }

  stored(): Promise<{ conversations: Conversation[]; messages: Message[] }> {
    return this.#page!.evaluate(() => window.tortureHands.stored())
  }

  async readThread(last: number): Promise<{ place: number; label: string; status: string }[]> {
    await this.#page!.locator('.messages-scroller.placed').waitFor()
    return this.#page!.evaluate((most) => window.tortureHands.readThread(most), last)
  }

  title(): Promise<string> {
    return this.#page!.title()
  }

  async countLooks(): Promise<void> {
    this.looks += (await this.#page?.evaluate(() => window.tortureHands.looks)) ?? 0
  }

  screenshot(path: string): Promise<unknown> {
    return within(5_000, this.#page!.screenshot({ path }))
  }

  close(): Promise<unknown> {
    return within(5_000, this.#context.close())
  }

  /** The program may be dead just now: its person tries again. */
  async #insists(page: Page, go: () => Promise<unknown>): Promise<void> {
    const end = Date.now() + 30_000
    for (;;) {
      try {
        await go()
        return
      } catch (thrown) {
        if (page !== this.#page) return
        if (Date.now() > end) throw thrown
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  async #soon(what: string, ready: Promise<void>): Promise<void> {
    const done = await within(30_000, ready.then(() => true))
    if (!done) throw new Error(`waited in vain for ${what}`)
  }
}
