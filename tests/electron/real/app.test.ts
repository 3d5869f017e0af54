import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../fakes/build'

/** Run by `npm run test:electron`, which says where Electron's program is. */
const executablePath = process.env['YANXIN_ELECTRON']

describe.skipIf(!executablePath)(`the app in a real Electron${executablePath ? '' : ': skipped, because the Electron binary is not here'}`, () => {
  let app: ElectronApplication
  let page: Page
  const errors: string[] = []
  beforeAll(async () => {
    const data = mkdtempSync(join(tmpdir(), 'yanxin-real-'))
    const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, '--demo', '--data', data]
    app = await _electron.launch({ ...(executablePath && { executablePath }), args, cwd: root })
    await expect.poll(() => app.windows().find((window) => window.url() === 'app://yanxin/') !== undefined, { timeout: 60_000 }).toBe(true)
    page = app.windows().find((window) => window.url() === 'app://yanxin/')!
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  })
  afterAll(() => app?.close())

  it('answers from the echo, in a page that has no Node', async () => {
    await page.getByText(/Goose|小雁|雁/).first().click()
    const composer = page.getByRole('textbox').last()
    await composer.fill('Home yet?')
    await composer.press('Enter')
    await expect.poll(() => page.getByText('Home yet?').count(), { timeout: 20_000 }).toBeGreaterThan(1)
    expect(await page.evaluate(() => [typeof (globalThis as { require?: unknown }).require, typeof (globalThis as { process?: unknown }).process]))
      .toEqual(['undefined', 'undefined'])
    expect(errors).toEqual([])
  })

  it('keeps its page where it is and opens nothing', async () => {
    await page.evaluate(() => { location.href = 'https://example.com/' }).catch(() => undefined)
    expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull()
    expect(page.url()).toBe('app://yanxin/')
  })

  it('takes a picture for the README', async () => {
    const picture = await page.screenshot()
    writeFileSync(join(tmpdir(), 'yanxin-electron.png'), picture)
    expect(picture.length).toBeGreaterThan(10_000)
  })
})
