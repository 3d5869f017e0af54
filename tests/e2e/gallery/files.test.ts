import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { useHall } from './hall'
import { openIn, openPictures } from './scenes'

const executablePath = findChromium()

describe.skipIf(!executablePath)(`files in a thread${executablePath ? '' : ` (${noChromium})`}`, () => {
  const hall = useHall()
  const show = (query = ''): Promise<Page> => hall(`job=files&${query}`)
  async function bubble(page: Page, index: number) {
    await openIn(page, 'sip:photos')
    const scroller = page.locator('.messages-scroller')
    await scroller.evaluate((element) => element.scrollTo(0, 0))
    await page.locator('.row[data-index="0"] .bubble').waitFor()
    const found = page.locator(`.row[data-index="${index}"] .bubble`)
    await expect.poll(async () => {
      if (await found.count()) return true
      await scroller.evaluate((element) => element.scrollBy(0, 300))
      return false
    }, { timeout: 20_000, interval: 60 }).toBe(true)
    await found.scrollIntoViewIfNeeded()
    return found
  }

  test('pictures stand in boxes of their own shape before they are there', async () => {
    const page = await show()
    let release = () => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    await page.route('**/content/**', async (route) => {
      await held
      await route.continue()
    })
    const upright = await bubble(page, 1)
    const before = await upright.boundingBox()
    const picture = upright.locator('.picture')
    const { width, height } = (await picture.boundingBox())!
    expect(width / height).toBeCloseTo(16 / 20, 1)
    release()
    await upright.locator('.picture-full:not(.waits)').waitFor()
    expect(await upright.boundingBox()).toEqual(before)
  })

  test('of nine pictures six are shown, and all of them in the viewer', async () => {
    const page = await show()
    const several = await bubble(page, 5)
    expect(await several.locator('.picture').count()).toBe(6)
    expect(await several.locator('.picture-open').last().getAttribute('aria-label')).toBe('3 more pictures')
    await several.locator('.picture-open').last().click()
    await page.locator('.viewer').waitFor()
    expect(await page.locator('.viewer-about').innerText()).toContain('6 / 9')
  })

  test('the viewer is walked, zoomed and left by keyboard, and the focus goes back', async () => {
    const page = await show()
    await openPictures(page)
    const name = () => page.locator('.viewer-name').getAttribute('title')
    const zoom = () => page.locator('.viewer-percent').innerText()
    const first = await name()
    await page.keyboard.press('ArrowLeft')
    expect(await name()).toBe(first)
    await page.keyboard.press('ArrowRight')
    expect(await name()).not.toBe(first)
    await expect.poll(() => page.locator('[role=status].hush').last().innerText()).toContain('picture 2 of 9')
    await page.locator('.viewer-picture:not(.waits)').waitFor()
    await page.keyboard.press('+')
    expect(await zoom()).toBe('150%')
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    const moved = () => page.locator('.viewer-picture').evaluate((element) => (element as HTMLElement).style.transform)
    const middle = await moved()
    await page.keyboard.press('ArrowRight')
    expect(await moved()).not.toBe(middle)
    await page.keyboard.press('0')
    expect(await zoom()).toBe('100%')
    await page.mouse.move(640, 400)
    await page.mouse.wheel(0, -300)
    await expect.poll(zoom).not.toBe('100%')
    await page.keyboard.press('PageDown')
    expect(await zoom()).toBe('100%')
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('s')])
    expect(download.suggestedFilename()).toBe(await name())
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('.viewer') && document.activeElement?.matches('.picture-open'))
  })

  test('what may not be drawn is a row with plain words that can be saved', async () => {
    const page = await show()
    const rows = await bubble(page, 10)
    await rows.locator('.file-row').nth(1).waitFor()
    expect(await rows.innerText()).toContain('This picture cannot be shown here.')
    const [download] = await Promise.all([page.waitForEvent('download'), rows.getByRole('button', { name: 'Save IMG_0042.HEIC' }).press('Enter')])
    expect(download.suggestedFilename()).toBe('IMG_0042.HEIC')
  })

  test('a voice is heard, moved in and hastened by keyboard, and another one stops it', async () => {
    const page = await show()
    const first = await bubble(page, 7)
    const bars = await first.locator('rect').evaluateAll((all) => new Set(all.map((bar) => bar.getAttribute('height'))).size)
    expect(bars).toBeGreaterThan(0)
    await expect.poll(() => first.locator('rect').evaluateAll((all) => new Set(all.map((bar) => bar.getAttribute('height'))).size)).toBeGreaterThan(5)
    const slider = first.getByRole('slider', { name: 'Voice message' })
    expect(await slider.getAttribute('aria-valuemax')).toBe('7')
    await slider.focus()
    await page.keyboard.press(' ')
    await first.getByRole('button', { name: 'Pause' }).waitFor()
    await page.keyboard.press('ArrowRight')
    expect(Number(await slider.getAttribute('aria-valuenow'))).toBeGreaterThanOrEqual(5)
    await page.keyboard.press('Home')
    await first.getByRole('button', { name: 'Speed 1×' }).press('Enter')
    expect(await first.locator('audio').evaluate((element) => (element as HTMLAudioElement).playbackRate)).toBe(1.5)
    await page.locator('.row[data-index="8"]').getByRole('button', { name: 'Play' }).press('Enter')
    await first.getByRole('button', { name: 'Play' }).waitFor()
  })

  test('a file on its way is paused, gone on with and given up by keyboard, and says how far it is', async () => {
    const page = await show()
    const wishes = () => page.evaluate(() => window.stage.wishes.at(-1))
    const up = await bubble(page, 11)
    await up.getByRole('button', { name: /^Pause / }).press('Enter')
    expect(await wishes()).toEqual(['sip:photos@yan.example', 'sent-file-11', 0, 'pause'])
    await up.getByRole('button', { name: /^Do not send / }).press('Enter')
    expect(await wishes()).toEqual(['sip:photos@yan.example', 'sent-file-11', 0, 'cancel'])
    const bar = up.getByRole('progressbar')
    expect(await bar.getAttribute('aria-valuenow')).toBe('44')
    await page.waitForTimeout(450)
    await page.evaluate(() => window.stage.goOn())
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toMatch(/^1\.3 MB of 2\.5 MB · .+\/s · about \d+ s left$/)
    const offered = await bubble(page, 14)
    await offered.getByRole('button', { name: /^Fetch / }).press('Enter')
    expect(await wishes()).toEqual(['sip:photos@yan.example', 'sent-file-14', 0, 'go'])
    const gone = await bubble(page, 16)
    expect(await gone.innerText()).toContain('The file is no longer at its server.')
    expect(await gone.locator('button.transfer-ring').count()).toBe(0)
  })
})
