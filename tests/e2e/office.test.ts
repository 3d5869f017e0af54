import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { noMulticast } from '../fakes/multicast'
import { seriousViolations } from './axe'
import { say, talkTo } from './people'
import { folder, openWindow, run, startChromium } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`an office without an operator, in two browsers${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const starts = (data = join(folder(), 'data')) => run('browser.js', ['--no-open', '--data', data])
  const theirs = (page: Page) => page.locator('.bubble:not(.own) .text')

  /** Mei shares a relay on loopback and puts Lan on the list; answers what she tells Lan. */
  async function shares(mei: Page): Promise<{ at: string; code: string; digits: string }> {
    await mei.getByRole('button', { name: 'Share a relay in this office' }).click()
    const dialog = mei.getByRole('dialog')
    await dialog.getByLabel('Name of the office').fill('Third floor')
    await dialog.getByLabel('Your number or name there').fill('mei')
    await dialog.getByLabel('127.0.0.1').check()
    expect(await seriousViolations(mei)).toEqual([])
    await dialog.getByRole('button', { name: 'Start sharing' }).click()
    const part = mei.getByRole('region', { name: 'Share my relay' })
    await part.getByText('Shared as “Third floor”').waitFor()
    await part.getByText('You are on it as mei').waitFor()
    await part.getByLabel('Number or name').fill('lan')
    await part.getByRole('button', { name: 'Put on the list' }).click()
    const code = await part.locator('.invitation-code').innerText()
    const at = /127\.0\.0\.1:\d+/.exec(await part.getByText(/^Messages 127/).innerText())![0]
    expect(await seriousViolations(mei)).toEqual([])
    return { at, code, digits: await part.locator('.digits-code').innerText() }
  }

  it('one shares; the other joins, compares and talks, is taken off the list and told so', async () => {
    const [meiProgram, lanProgram] = [await starts(), await starts()]
    const [{ page: mei, errors: meiErrors }, { page: lan, errors: lanErrors }] = [await openWindow(browser, meiProgram.ready), await openWindow(browser, lanProgram.ready)]
    const { at, code, digits } = await shares(mei)

    // With the keyboard alone.
    await lan.getByRole('button', { name: 'Join a relay on this network' }).press('Enter')
    const dialog = lan.getByRole('dialog')
    await dialog.getByLabel('Address').fill(at)
    await lan.keyboard.press('Enter')
    await dialog.getByRole('heading', { name: 'Are these the same digits?' }).waitFor()
    expect(await dialog.locator('.digits-code').innerText()).toBe(digits)
    expect(await seriousViolations(lan)).toEqual([])
    await dialog.getByRole('button', { name: 'They are the same' }).press('Enter')
    // The first field has the focus; a wrong code is told at its field.
    await lan.keyboard.type('lan')
    await lan.keyboard.press('Tab')
    await lan.keyboard.type('0000 0000 0000')
    await lan.keyboard.press('Enter')
    await dialog.getByText('This number or name is not on the list, or the code is not right.').waitFor()
    await dialog.getByLabel('Join code').fill(code.toLowerCase())
    await lan.keyboard.press('Enter')
    await lan.getByRole('button', { name: 'New conversation' }).first().waitFor()

    await mei.getByText('Connected from 127.0.0.1').waitFor()
    await talkTo(lan, 'mei')
    await say(lan, '三楼到了')
    await mei.keyboard.press('Escape')
    await mei.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: '三楼到了' }).click()
    await say(mei, 'Welcome!')
    await expect.poll(() => theirs(lan).allTextContents()).toEqual(['Welcome!'])

    await mei.getByRole('button', { name: 'Settings', exact: true }).click()
    await mei.getByRole('button', { name: 'Actions for lan' }).click()
    await mei.getByRole('menuitem', { name: 'Remove' }).click()
    await mei.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await lan.getByText('The relay no longer takes your number and code.').waitFor()
    await lan.getByRole('button', { name: 'Join again' }).click()
    expect(await lan.getByRole('dialog').getByLabel('Address').inputValue()).toBe(at)
    expect([...meiErrors, ...lanErrors]).toEqual([])
    expect(await meiProgram.stop()).toBe(0)
    expect(await lanProgram.stop()).toBe(0)
  })

  it('digits that differ lead nowhere', async () => {
    const [meiProgram, lanProgram] = [await starts(), await starts()]
    const [{ page: mei }, { page: lan }] = [await openWindow(browser, meiProgram.ready), await openWindow(browser, lanProgram.ready)]
    const { at } = await shares(mei)
    await lan.getByRole('button', { name: 'Join a relay on this network' }).click()
    const dialog = lan.getByRole('dialog')
    if (noMulticast) {
      await dialog.getByLabel('Address').fill(at)
      await dialog.getByRole('button', { name: 'Next' }).click()
    } else {
      await dialog.getByRole('button', { name: 'Third floor' }).filter({ hasText: at }).click()
    }
    await dialog.getByRole('button', { name: 'They differ' }).click()
    await dialog.getByText('Nothing was sent to it.').waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()
    await dialog.getByLabel('Address').waitFor()
    await lan.keyboard.press('Escape')
    await lan.getByRole('button', { name: 'Try it on this computer' }).waitFor()
  })

  it('shares on over a restart, until it is stopped', async () => {
    const data = join(folder(), 'data')
    const first = await starts(data)
    const { page: mei, context } = await openWindow(browser, first.ready)
    const { at } = await shares(mei)
    await first.kill()
    await mei.close()
    const second = await starts(data)
    const { page: again } = await openWindow(browser, second.ready, { context })
    await again.getByRole('button', { name: 'Settings', exact: true }).click()
    const part = again.getByRole('region', { name: 'Share my relay' })
    await part.getByText(new RegExp(`^Messages ${at.replaceAll('.', '\\.')}`)).waitFor()
    await part.getByText('Has not joined yet').waitFor()
    await part.getByRole('button', { name: 'Stop sharing' }).click()
    await part.getByRole('button', { name: 'Start sharing' }).waitFor()
  })
})
