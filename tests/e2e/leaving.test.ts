import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { folder, openWindow, run, startChromium } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`settings and signing out${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  it('a switch is kept; signing out asks what to keep: the history is there again, or gone from disk and window', async () => {
    const data = join(folder(), 'data')
    const yanxin = await run('browser.js', ['--no-open', '--demo', '--data', data])
    const { page, errors } = await openWindow(browser, yanxin.ready)
    const stores = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.startsWith('yanxin')))
    const conversation = page.getByRole('list', { name: 'Conversations' }).getByRole('button').first()
    const own = page.locator('.bubble.own').filter({ hasText: 'to be forgotten' })
    await conversation.click()
    const composer = page.getByRole('textbox', { name: /^Message to/ })
    await composer.fill('to be forgotten')
    await composer.press('Enter')
    await own.waitFor()

    await page.getByRole('button', { name: 'Settings' }).first().click()
    const tell = page.getByRole('switch', { name: /Tell people when I have read/ })
    expect(await tell.getAttribute('aria-checked')).toBe('true')
    await tell.click()
    await expect.poll(() => JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8')) as unknown).toMatchObject({ sendDisplayed: false })

    await page.getByRole('button', { name: 'Sign out' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('radio', { name: /Keep my messages/ }).isChecked()).toBe(true)
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('button', { name: 'Try it on this computer' }).click()
    await own.waitFor()
    // One, and the catalog that says which.
    expect((await stores()).filter((name) => name !== 'yanxin-stores')).toHaveLength(1)

    await page.getByRole('button', { name: 'Settings' }).first().click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await dialog.getByRole('radio', { name: /Delete everything/ }).check()
    await dialog.getByRole('button', { name: 'Delete and sign out' }).click()
    await page.getByRole('button', { name: 'Try it on this computer' }).waitFor()
    // The window leaves before main has deleted everything.
    await expect.poll(() => readdirSync(join(data, 'accounts')), { timeout: 10_000 }).toEqual([])
    await expect.poll(stores, { timeout: 10_000 }).toEqual([])
    expect(errors).toEqual([])
  })
})
