import { readdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeHistory } from '../bench/history'
import { findChromium, noChromium } from '../fakes/chromium'
import { folder, openWindow, run, startChromium } from './yanxin'

const none = findChromium() ? '' : noChromium

/** The data folder of somebody with a history that an older version indexed: what it finds now has to be indexed anew. */
async function withHistory(count: number): Promise<string> {
  const data = join(folder(), 'data')
  const first = await run('browser.js', ['--no-open', '--demo', '--data', data])
  expect(await first.stop()).toBe(0)
  const account = readdirSync(join(data, 'accounts'), { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('relay.sqlite'))!
  const file = join(data, 'accounts', account)
  writeHistory(file, { count, until: Date.now() - 60_000 })
  const db = new DatabaseSync(file)
  const say = db.prepare(`UPDATE messages SET content = json_object('kind', 'text', 'text', ?) WHERE id LIKE 'h1.%' AND message =
    (SELECT message FROM messages WHERE id LIKE 'h1.%' ORDER BY message * ? LIMIT 1)`)
  say.run('昨天理髮後發現鑰匙丟了', -1)
  say.run('他在琉璃燈塔等你，發白了頭', 1)
  db.close()
  return data
}

const search = (page: Page) => page.getByRole('searchbox', { name: 'Search people and messages' })

describe.skipIf(none)(`search in the window${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  it('finds while the index is built, says how far back, grows by itself, also when all is killed in between', async () => {
    const data = await withHistory(50_000)
    const first = await run('browser.js', ['--no-open', '--demo', '--data', data])
    const { page, context } = await openWindow(browser, first.ready)
    await search(page).fill('钥匙丢')
    const hits = page.locator('.hit')
    await expect.poll(() => hits.allTextContents(), { timeout: 60_000 }).toEqual([expect.stringContaining('鑰匙丟了')])
    expect(await page.locator('.hit mark').allTextContents()).toEqual(['鑰匙丟'])
    await search(page).fill('琉璃灯塔')
    await page.locator('.coverage').filter({ hasText: 'Older messages are still being added' }).waitFor()
    await expect.poll(() => hits.count()).toBe(0)
    await first.kill()
    await page.close()

    const second = await run('browser.js', ['--no-open', '--demo', '--data', data])
    const { page: again, errors } = await openWindow(browser, second.ready, { context })
    await search(again).fill('琉璃灯')
    await again.locator('.hit').filter({ hasText: '琉璃燈塔等你' }).waitFor({ timeout: 100_000 })
    await again.locator('.coverage').waitFor({ state: 'detached' })
    expect(await again.locator('.hit mark').allTextContents()).toEqual(['琉璃燈'])
    await again.locator('.hit').click()
    await again.locator('.row.marked').filter({ hasText: '發白了頭' }).waitFor()
    expect(errors).toEqual([])
    expect(await second.stop()).toBe(0)
  }, 240_000)

  it('brings more as the list is scrolled, each message once, with the keyboard too', async () => {
    const data = await withHistory(3_000)
    const yanxin = await run('browser.js', ['--no-open', '--demo', '--data', data])
    const { page, errors } = await openWindow(browser, yanxin.ready)
    await expect.poll(async () => {
      await search(page).fill('')
      await search(page).fill('明天')
      await page.locator('.hit').first().waitFor()
      return page.locator('.coverage').count()
    }, { timeout: 60_000 }).toBe(0)
    const before = await page.locator('.hit').count()
    expect(before).toBeGreaterThanOrEqual(20)
    await search(page).press('ArrowDown')
    await page.keyboard.press('End')
    await expect.poll(() => page.locator('.hit').count()).toBeGreaterThan(before)
    for (let last = -1, count = before; last !== count; count = await page.locator('.hit').count()) {
      last = count
      await page.locator('.list-scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight))
      // The end of the list is there when nothing more is offered.
      await page.waitForFunction((had) => !document.querySelector('.hits-more') || document.querySelectorAll('.hit').length > had, count)
    }
    for (const text of await page.locator('.hit').allTextContents()) expect(text).toContain('明天')
    expect(errors).toEqual([])
  })
})
