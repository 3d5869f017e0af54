import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { say, startPerson, talkTo } from './people'
import { openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`films, places and contact cards between people in Chromium${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const attach = async (page: Page, what: string): Promise<void> => {
    await page.getByRole('button', { name: 'Attach' }).press('Enter')
    await page.getByRole('menuitem', { name: what }).press('Enter')
  }
  const own = (page: Page) => page.locator('.bubble.own')
  const theirs = (page: Page) => page.locator('.bubble:not(.own)')

  async function meet(...names: string[]): Promise<{ pages: Page[]; errors: string[][] }> {
    const relay = await startRelay(names, undefined, 0, ['--files', '127.0.0.1:0'])
    const windows = []
    for (const name of names) {
      const { ready } = await startPerson(name, relay.uri)
      windows.push(await openWindow(browser, ready, { geolocation: { latitude: 39.9163, longitude: 116.3972 }, permissions: ['geolocation', 'clipboard-read', 'clipboard-write'] }))
    }
    return { pages: windows.map(({ page }) => page), errors: windows.map(({ errors }) => errors) }
  }

  it('a film has a poster and its length before it is sent, and plays in place', async () => {
    const { pages: [mei, lan], errors } = await meet('mei', 'lan') as { pages: [Page, Page]; errors: string[][] }
    await talkTo(mei, 'lan')
    await talkTo(lan, 'mei')
    await mei.evaluate(async () => {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width: 320, height: 180 })
      const paint = canvas.getContext('2d')!
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' })
      const pieces: Blob[] = []
      recorder.ondataavailable = ({ data }) => pieces.push(data)
      const over = new Promise((resolve) => (recorder.onstop = resolve))
      recorder.start()
      for (let frame = 0; frame < 40; frame++) {
        paint.fillStyle = `hsl(${frame * 9} 70% 50%)`
        paint.fillRect(0, 0, 320, 180)
        await new Promise(requestAnimationFrame)
      }
      recorder.stop()
      await over
      const data = new DataTransfer()
      data.items.add(new File(pieces, '日出.webm', { type: 'video/webm' }))
      document.querySelector('.thread-main')!.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))
    })
    // The tray has drawn it small, and knows how long it is.
    await mei.locator('.tile img').waitFor()
    expect(await mei.locator('.tile-length').textContent()).toMatch(/0:0\d/)
    await say(mei)

    const film = theirs(lan).locator('.video')
    await film.waitFor()
    await lan.waitForFunction(() => {
      const poster = document.querySelector<HTMLImageElement>('.bubble:not(.own) .video-poster')
      return poster?.complete === true && poster.naturalWidth > 0
    })
    expect(await film.evaluate(({ clientWidth, clientHeight }) => (clientWidth / clientHeight).toFixed(1))).toBe('1.8')
    const play = film.getByRole('button', { name: 'Play 日出.webm' })
    await play.press('Enter')
    await lan.waitForFunction(() => document.querySelector<HTMLVideoElement>('.bubble:not(.own) video')?.ended === true)
    // The keyboard stays where the film is.
    expect(await lan.evaluate(() => document.activeElement?.tagName)).toBe('VIDEO')
    await own(mei).first().getByRole('button', { name: /^(Delivered|Read)/ }).waitFor()

    // What only calls itself a film is said to be none, and can be saved.
    await mei.locator('input[type=file]').last().setInputFiles([{ name: 'broken.mp4', mimeType: 'video/mp4', buffer: Buffer.from('this is no film at all') }])
    await mei.locator('.tile').waitFor()
    await say(mei)
    await lan.getByRole('button', { name: 'Play broken.mp4' }).press('Enter')
    const broken = theirs(lan).filter({ hasText: 'broken.mp4' })
    await broken.getByText('This cannot be played here.', { exact: false }).waitFor()
    await broken.getByRole('button', { name: /^Save/ }).waitFor()
    expect(errors.flat()).toEqual([])
  })

  it('a place is typed, pasted or where one is; the other side sees how far it is and opens it in maps', async () => {
    const { pages: [mei, lan, bo], errors } = await meet('mei', 'lan', 'bo') as { pages: [Page, Page, Page]; errors: string[][] }
    await talkTo(mei, 'lan')
    await talkTo(lan, 'mei')
    await attach(mei, 'Location')
    await mei.getByLabel('Where').fill('somewhere')
    await mei.getByRole('button', { name: 'Send', exact: true }).press('Enter')
    await mei.getByText('There is no place in that.', { exact: false }).waitFor()
    await mei.getByLabel('Where').fill('31.2304, 121.4737')
    await mei.getByLabel('Name').fill('人民广场')
    await mei.getByRole('button', { name: 'Send', exact: true }).press('Enter')
    const card = lan.getByRole('region', { name: /^Location: 人民广场/ })
    await card.waitFor()
    // Beijing to Shanghai, as the crow flies; the position was allowed, so it is not asked for.
    await card.getByText(/^1,0[67]\d km from here$/).waitFor()
    await card.getByRole('button', { name: 'Copy' }).press('Enter')
    await expect.poll(() => lan.evaluate(() => navigator.clipboard.readText())).toBe('31.2304, 121.4737')
    await card.getByRole('button', { name: 'Open in maps' }).press('Enter')
    await lan.getByRole('menuitem', { name: 'OpenStreetMap' }).waitFor()
    await lan.keyboard.press('Escape')

    await talkTo(mei, 'bo')
    await talkTo(bo, 'mei')
    await attach(mei, 'Location')
    await mei.getByRole('button', { name: 'My position' }).press('Enter')
    await expect.poll(() => mei.getByLabel('Where').inputValue()).toBe('39.9163, 116.3972')
    await mei.getByRole('button', { name: 'Send', exact: true }).press('Enter')
    await bo.getByRole('region', { name: /^Location: Location, 39\.9163/ }).waitFor()
    await own(mei).last().getByRole('button', { name: /^(Delivered|Read)/ }).waitFor()
    expect(errors.flat()).toEqual([])
  })

  it('a contact card is sent, shown, saved, and written to', async () => {
    const { pages: [mei, lan], errors } = await meet('mei', 'lan', 'bo') as { pages: [Page, Page]; errors: string[][] }
    await talkTo(mei, 'bo')
    await talkTo(mei, 'lan')
    await talkTo(lan, 'mei')
    await attach(mei, 'Contact card')
    await mei.getByLabel('Whose card').fill('bo')
    await mei.getByRole('button', { name: /^bo/ }).press('Enter')
    const card = lan.getByRole('region', { name: /^Contact: bo/ })
    await card.waitFor()
    const saving = lan.waitForEvent('download')
    await card.getByRole('button', { name: /^Save the card of/ }).press('Enter')
    const saved = await saving
    expect(saved.suggestedFilename()).toMatch(/\.vcf$/)
    expect(await readFile(await saved.path(), 'utf8')).toMatch(/^BEGIN:VCARD\r\n[^]*bo@home\.test[^]*END:VCARD\r\n$/)
    await card.getByRole('button', { name: /bo@home\.test/ }).press('Enter')
    await lan.getByRole('textbox', { name: /^Message to bo/ }).waitFor()
    expect(errors.flat()).toEqual([])
  })
})
