import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { backup, manyMessages, type OldMessage } from '../import/backup'
import { seriousViolations } from './axe'
import { folder, openWindow, run, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium

/** A picture of one colour, 48 by 32. */
function png(red: number, green: number, blue: number): Buffer {
  const part = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const line = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: 48 }, () => Buffer.from([red, green, blue])))])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), part('IHDR', Buffer.from([0, 0, 0, 48, 0, 0, 0, 32, 8, 2, 0, 0, 0])),
    part('IDAT', deflateSync(Buffer.concat(Array.from({ length: 32 }, () => line)))), part('IEND', Buffer.alloc(0)),
  ])
}

/** Holds back what the window copies, after so many pieces. */
async function holdCopying(context: BrowserContext, pieces: number) {
  let left = pieces
  const held: (() => void)[] = []
  await context.routeWebSocket(/^ws:\/\/127\.0\.0\.1/, (window) => {
    const main = window.connectToServer()
    window.onMessage((message) => {
      if (!String(message).includes('"importChunk"') || left-- > 0) main.send(message)
      else held.push(() => main.send(message))
    })
    main.onMessage((message) => window.send(message))
  })
  return {
    get isHolding() { return held.length > 0 },
    go() {
      left = Infinity
      for (const send of held.splice(0)) send()
    },
  }
}

describe.skipIf(none)(`history of an old telephone${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  it('is brought in by the window, cancelled once, and found; a second time adds nothing', async () => {
    const messages: OldMessage[] = manyMessages(4_000, { conversations: 30 }).map((message, n) => (n % 100 !== 0 ? message : {
      ...message, kind: 'mms', files: [{ name: `photo ${n}.png`, type: 'image/jpeg', bytes: png(n % 250, 120, 200) }],
    }))
    messages.push({ kind: 'sms', address: 'ICBC', outgoing: false, date: messages.at(-1)!.date + 1_000, text: '您尾号1234卡支出 12.00 元', files: [] })
    const file = { name: 'sms-20240501.xml', mimeType: 'text/xml', buffer: backup(messages) }
    const relay = await startRelay(['mei'])
    const mei = await run('browser.js', ['--no-open', '--data', join(folder(), 'mei'), '--account', 'mei@home.test', '--relay', relay.uri], { YANXIN_PASSWORD: 'mei-secret' })
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
    const gate = await holdCopying(context, 1)
    const { page, errors } = await openWindow(browser, mei.ready, { context })

    await page.getByRole('button', { name: 'Bring your history' }).click()
    await page.getByRole('heading', { name: 'Import history' }).waitFor()
    const field = page.locator('.import-field')
    await field.setInputFiles(file)
    await expect.poll(() => gate.isHolding).toBe(true)
    await page.locator('.import [role=progressbar]').waitFor()
    expect(await page.locator('.import').innerText()).toContain('Copying sms-20240501.xml')
    expect(await page.locator('.jobs .hush').innerText()).toMatch(/^Importing history: \d+ %$/)
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel the import' }).click()
    await page.getByRole('button', { name: 'Choose a backup' }).waitFor()
    gate.go()

    await field.setInputFiles(file)
    await page.getByText('4,001 messages in 31 conversations were added.').waitFor({ timeout: 60_000 })
    expect(await seriousViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Done', exact: true }).click()
    await field.setInputFiles(file)
    await page.getByText('Nothing was added.').waitFor({ timeout: 60_000 })
    await page.getByText('4,001 were here already.').waitFor()

    await page.getByRole('button', { name: 'Chats' }).click()
    const names = page.locator('.item-name')
    await expect.poll(() => names.first().innerText()).toBe('ICBC')
    await names.first().click()
    await page.getByText('Nobody can be written to here.').waitFor()
    // The conversation of the last picture: its messages are in order up to it, and it is drawn.
    const last = messages.findLast(({ files }) => files.length > 0)!
    const theirs = messages.filter(({ address }) => address === last.address)
    await page.getByRole('button', { name: last.name! }).click()
    await page.locator('.messages-scroller.placed').waitFor()
    const shown = await page.locator('.row .text').allInnerTexts()
    expect(theirs.map(({ text }) => text).join('\n')).toContain(shown.join('\n'))
    expect(shown.at(-1)).toBe(theirs.at(-1)!.text)
    const opener = page.getByRole('button', { name: `Open ${last.files[0]!.name}` })
    const picture = opener.locator('img')
    for (let tries = 0; tries < 40 && (await picture.count()) === 0; tries++) {
      await page.locator('.messages-scroller').evaluate((element) => element.scrollBy(0, -400))
      await page.waitForTimeout(50)
    }
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([48, 32])
    await opener.click()
    const saved = page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: `Save ${last.files[0]!.name}` }).click()
    expect((await saved).suggestedFilename()).toBe(last.files[0]!.name)
    await page.keyboard.press('Escape')

    await page.getByLabel('Search people and messages').fill('第1234条')
    await page.locator('.hit', { hasText: 'old message 1234' }).waitFor()
    expect(errors).toEqual([])
    await context.close()
  })
})
