import { seriousViolations } from './axe'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { folder, openWindow, run, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`first start${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  it('one click, and the echo chatbot answers the first message, in either language', async () => {
    const yanxin = await run('browser.js', ['--no-open', '--data', join(folder(), 'data')])
    const { page, errors } = await openWindow(browser, yanxin.ready)
    await page.getByRole('button', { name: 'Try it on this computer' }).click()
    const composer = page.getByRole('textbox', { name: /^Message to/ })
    await composer.fill('Is anybody there?')
    await composer.press('Enter')
    const messages = page.getByRole('list', { name: /^Messages with/ })
    await messages.getByRole('listitem').filter({ hasText: 'Is anybody there?' }).getByRole('button', { name: /^Read/ }).waitFor()
    const answer = messages.locator('.bubble:not(.own)').filter({ hasText: 'Is anybody there?' })
    await answer.first().waitFor()

    await composer.fill('在吗？')
    await composer.press('Enter')
    await messages.locator('.bubble:not(.own)').filter({ hasText: '在吗？' }).first().waitFor()
    expect(errors).toEqual([])
    expect(await yanxin.stop()).toBe(0)
  })

  it('--demo opens signed in, and what was said is there after the program is killed and started again', async () => {
    const data = join(folder(), 'data')
    const first = await run('browser.js', ['--no-open', '--demo', '--data', data])
    const { page, context } = await openWindow(browser, first.ready)
    await page.getByRole('list', { name: 'Conversations' }).getByRole('button').first().click()
    const composer = page.getByRole('textbox', { name: /^Message to/ })
    await composer.fill('remember the milk')
    await composer.press('Enter')
    await page.locator('.bubble:not(.own)').filter({ hasText: 'remember the milk' }).first().waitFor()
    await composer.fill('half a thought')
    // A second window does not have the conversation open, so its list shows the draft once it is kept.
    const { page: other } = await openWindow(browser, first.ready, { context })
    await other.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: 'half a thought' }).waitFor()
    await other.close()
    await first.kill()

    const second = await run('browser.js', ['--no-open', '--demo', '--data', data])
    await page.close()
    const { page: again } = await openWindow(browser, second.ready, { context })
    const chat = again.getByRole('list', { name: 'Conversations' }).getByRole('button').first()
    await chat.filter({ hasText: 'half a thought' }).waitFor()
    await chat.click()
    await expect.poll(() => again.locator('.bubble.own').filter({ hasText: 'remember the milk' }).count()).toBe(1)
    await again.waitForFunction(() => (document.querySelector('textarea') as HTMLTextAreaElement)?.value === 'half a thought')
  })

  it('a wrong password is said in plain words, and nothing is half-made', async () => {
    const relay = await startRelay(['mei'])
    const yanxin = await run('browser.js', ['--no-open', '--data', join(folder(), 'data')])
    const { page } = await openWindow(browser, yanxin.ready)
    await page.getByLabel('Your address').fill('mei@home.test')
    await page.getByLabel('Password', { exact: true }).fill('not this')
    await page.getByLabel('Relay').fill(relay.uri)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(/password/i).filter({ hasText: /wrong|not right|does not fit|not the/i }).first().waitFor()
    await page.getByLabel('Password', { exact: true }).fill('mei-secret')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('No conversations yet').waitFor()
  })

  for (const [language, start] of [['en-GB', 'Try it on this computer'], ['zh-CN', '在本机试用']] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`axe finds nothing serious: ${language}, ${colorScheme}`, async () => {
        const yanxin = await run('browser.js', ['--no-open', '--data', join(folder(), 'data')])
        const { page } = await openWindow(browser, yanxin.ready, { locale: language, colorScheme })
        await page.getByRole('button', { name: start }).waitFor()
        expect(await seriousViolations(page)).toEqual([])
        await page.getByRole('button', { name: start }).click()
        const composer = page.locator('textarea')
        await composer.fill('在吗？ https://example.org')
        await composer.press('Enter')
        await page.locator('.bubble:not(.own)').filter({ hasText: '在吗？' }).first().waitFor()
        await page.locator('.bubble.own .meta').last().click()
        await page.locator('.hop').first().waitFor()
        expect(await seriousViolations(page)).toEqual([])
      })
    }
  }
})
