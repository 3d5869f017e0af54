import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeHistory, type History } from '../bench/history'
import { findChromium, noChromium } from '../fakes/chromium'
import { say, startPerson, talkTo } from './people'
import { folder, openWindow, startChromium, startRelay, type Running } from './yanxin'

const none = findChromium() ? '' : noChromium
const COUNT = 12_000

/** Holds back what a window asks of the journal to be filled with. */
class Gate {
  #held: (() => void)[] = []
  #left = Infinity

  static async on(context: BrowserContext): Promise<Gate> {
    const gate = new Gate()
    await context.routeWebSocket(/^ws:\/\/127\.0\.0\.1/, (window) => {
      const main = window.connectToServer()
      window.onMessage((message) => {
        if (!String(message).includes('"filling"') || gate.#left-- > 0) main.send(message)
        else gate.#held.push(() => main.send(message))
      })
      main.onMessage((message) => window.send(message))
    })
    return gate
  }

  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** After so many more answers nothing comes. */
  closeAfter(answers: number): void {
    this.#left = answers
  }

  open(): void {
    this.#left = Infinity
    for (const send of this.#held.splice(0)) send()
  }
}

describe.skipIf(none)(`the store is thrown away and rebuilt${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  /** Mei with a long history, and Lan who writes to her. */
  async function startMei(): Promise<{ mei: Running; lan: () => Promise<Page>; history: History }> {
    const relay = await startRelay(['mei', 'lan'])
    const data = join(folder(), 'mei')
    await (await startPerson('mei', relay.uri, data)).stop()
    const file = join(data, 'accounts', readdirSync(join(data, 'accounts'))[0]!, 'relay.sqlite')
    const history = writeHistory(file, { count: COUNT, account: 'sip:mei@home.test', conversations: 20, largest: 6_000 })
    const mei = await startPerson('mei', relay.uri, data)
    return {
      mei, history,
      lan: async () => {
        const { page } = await openWindow(browser, (await startPerson('lan', relay.uri)).ready)
        await talkTo(page, 'mei')
        return page
      },
    }
  }
  const openSettings = async (page: Page) => {
    await page.getByRole('button', { name: 'Settings' }).click()
    const section = page.getByRole('region', { name: 'Storage on this computer' })
    await section.scrollIntoViewIfNeeded()
    return section
  }
  const databases = (page: Page) => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? '').filter((name) => name.startsWith('yanxin-') && name !== 'yanxin-stores'))
  /** What the open thread says at its end, and how many messages it has. */
  const ending = (page: Page) => page.locator('.messages .row').last().evaluate((row) => [row.ariaSetSize, row.querySelector('.text')?.textContent])
  const openLargest = async (page: Page, history: History): Promise<void> => {
    await page.locator(`.item[data-id="${history.conversations[0]!.address}"]`).first().click()
    await page.locator('.messages-scroller.placed .bubble').first().waitFor()
  }

  it('from the settings, with progress, while messages come and go; then nothing of the old one is left', async () => {
    const { mei, lan: startLan, history } = await startMei()
    const { page, context, errors } = await openWindow(browser, 'about:blank')
    const gate = await Gate.on(context)
    await page.goto(mei.ready)
    const section = await openSettings(page)
    await section.getByText(`${COUNT.toLocaleString('en-GB')} messages, last made`).waitFor()
    const [before] = await databases(page)
    gate.closeAfter(2)
    await section.getByRole('button', { name: 'Rebuild' }).click()
    const bar = section.getByRole('progressbar')
    await expect.poll(() => bar.getAttribute('aria-valuetext'), { timeout: 20_000 }).toMatch(/^[1-9][\d,]* of 12,000 messages$/)
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100)

    // The old copy is read, written to and followed meanwhile.
    const lan = await startLan()
    await say(lan, '还在重建吗？')
    await page.getByRole('button', { name: 'Chats' }).click()
    await page.locator('.item').filter({ hasText: '还在重建吗？' }).click()
    await page.locator('.bubble:not(.own)', { hasText: '还在重建吗？' }).waitFor()
    await say(page, 'still building')
    await lan.locator('.bubble:not(.own)', { hasText: 'still building' }).waitFor()
    // Whatever the swap draws anew would be seen here.
    await page.evaluate(() => {
      const seen = ((window as never as { seen: string[] }).seen = [])
      const thread = document.querySelector('.messages')!
      new MutationObserver(() => seen.push(String(document.querySelectorAll('.bubble').length) as never)).observe(thread, { subtree: true, childList: true })
    })
    gate.open()
    await expect.poll(() => databases(page), { timeout: 30_000 }).not.toContain(before)
    expect(await databases(page)).toHaveLength(1)
    await say(lan, 'after it')
    await page.locator('.bubble:not(.own)', { hasText: 'after it' }).waitFor()
    expect(await page.locator('.bubble .text').allTextContents()).toEqual(['还在重建吗？', 'still building', 'after it'])
    expect((await page.evaluate(() => (window as never as { seen: string[] }).seen)).filter((count) => Number(count) < 2)).toEqual([])
    await openSettings(page)
    await section.getByText(/^12,00\d messages, last made/).waitFor()
    await page.getByRole('button', { name: 'Chats' }).click()
    await openLargest(page, history)
    expect((await ending(page))[0]).toBe(String(history.conversations[0]!.count))
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([])
  })

  it('is cancelled: the copy from before stays in use and goes on', async () => {
    const { mei, lan: startLan } = await startMei()
    const { page, context } = await openWindow(browser, 'about:blank')
    const gate = await Gate.on(context)
    await page.goto(mei.ready)
    const section = await openSettings(page)
    await section.getByText(`${COUNT.toLocaleString('en-GB')} messages, last made`).waitFor()
    const before = await databases(page)
    gate.closeAfter(1)
    await section.getByRole('button', { name: 'Rebuild' }).click()
    await expect.poll(() => gate.isHolding).toBe(true)
    await section.getByRole('button', { name: 'Cancel' }).click()
    await section.getByText(/A rebuild was cancelled/).waitFor()
    gate.open()
    await expect.poll(() => databases(page)).toEqual(before)
    await say(await startLan(), 'hello again')
    await page.getByRole('button', { name: 'Chats' }).click()
    await page.locator('.item').filter({ hasText: 'hello again' }).waitFor()
  })

  it('a window whose data is cleared under it fills again by itself and shows the same', async () => {
    const { mei, lan: startLan, history } = await startMei()
    const { page } = await openWindow(browser, mei.ready)
    await openLargest(page, history)
    const shown = await ending(page)
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Storage.clearDataForOrigin', { origin: new URL(mei.ready).origin, storageTypes: 'indexeddb' })
    await say(await startLan(), 'after the loss')
    await page.locator('.item').filter({ hasText: 'after the loss' }).click()
    await page.locator('.bubble:not(.own)', { hasText: 'after the loss' }).waitFor()
    await openLargest(page, history)
    expect(await ending(page)).toEqual(shown)
    const section = await openSettings(page)
    await section.getByText(/^12,00\d messages, last made/).waitFor({ timeout: 30_000 })
  })

  it('a page that is killed in the middle of the first filling is opened again and completes it', async () => {
    const { mei, history } = await startMei()
    const { page, context } = await openWindow(browser, 'about:blank')
    const gate = await Gate.on(context)
    gate.closeAfter(3)
    await page.goto(mei.ready)
    await page.locator('.item').first().waitFor()
    await expect.poll(() => gate.isHolding).toBe(true)
    // The list and the end of every conversation are there already.
    await openLargest(page, history)
    const shown = await ending(page)
    const [before] = await databases(page)
    const cdp = await page.context().newCDPSession(page)
    void cdp.send('Page.crash').catch(() => {})
    await page.waitForEvent('crash')
    await page.close()
    gate.open()

    const { page: again } = await openWindow(browser, mei.ready, { context })
    const section = await openSettings(again)
    await section.getByText(`${COUNT.toLocaleString('en-GB')} messages, last made`).waitFor({ timeout: 30_000 })
    expect(await databases(again)).toEqual([before])
    await again.getByRole('button', { name: 'Chats' }).click()
    await openLargest(again, history)
    expect(await ending(again)).toEqual(shown)
  })
})
