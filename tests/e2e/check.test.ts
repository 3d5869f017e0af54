import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { seriousViolations } from './axe'
import { folder, openWindow, run, startChromium } from './yanxin'

const none = findChromium() ? '' : noChromium

describe.skipIf(none)(`the storage is checked from the settings${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  it('nothing is wrong; then something is, and the window says what to do', async () => {
    const data = join(folder(), 'mei')
    const mei = await run('browser.js', ['--no-open', '--data', data, '--demo'])
    const { page } = await openWindow(browser, mei.ready)
    await page.getByRole('button', { name: 'Settings' }).click()
    const part = page.getByRole('region', { name: 'Is everything whole?' })
    await part.getByText('It has not been looked at yet.').waitFor()
    await part.getByRole('button', { name: 'Check now' }).click()
    await part.getByText(/^Nothing was wrong/).waitFor()

    const file = join(data, 'accounts', readdirSync(join(data, 'accounts'))[0]!, 'relay.sqlite')
    const sqlite = new DatabaseSync(file, { timeout: 5_000 })
    sqlite.exec('UPDATE conversations SET count = count + 1')
    sqlite.close()
    await part.getByRole('button', { name: 'Check now' }).click()
    const alert = part.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain(`One thing in ${file} is broken`)
    await part.getByText(/^Nothing was deleted/).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await mei.stop()
  })
})
