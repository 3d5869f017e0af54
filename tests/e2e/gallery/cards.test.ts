import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { seriousViolations } from '../axe'
import { cardScenes, openBot, picturesShown } from './card-scenes'
import { useHall, type Room } from './hall'
import { openIn } from './scenes'

const executablePath = findChromium()
const BOT = (kind: string) => `sip:bot-${kind}@botplatform.example`

describe.skipIf(!executablePath)(`cards and chips${executablePath ? '' : ` (${noChromium})`}`, () => {
  const hall = useHall()
  const show = async (kind: string, query = '', room: Room = {}): Promise<Page> => {
    const page = await hall(`bots=1&${query}`, room)
    await openBot(page, kind)
    return page
  }
  const answers = (page: Page) => page.evaluate(() => window.stage.answers)
  const opened = (page: Page) => page.evaluate(() => window.stage.opened)
  const focusIsIn = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.closest(wanted) !== null, selector)
  const chip = (page: Page, name: string) => page.locator('.chip', { hasText: name })
  const agree = (page: Page) => page.locator('.dialog [type=submit]').click()

  // Cards in both themes; questions in one each, turn about.
  const looks = (nth: number, name: string) => (name.startsWith('bot') ? ['zh light', 'en dark'] : [['zh light', 'en dark'][nth % 2]!])
  test.each(cardScenes.map((scene, n) => ({ name: scene.name, scene, looks: looks(n, scene.name) })))(
    '$name is free of serious faults for those who cannot see or point, $looks', async ({ scene, looks }) => {
      for (const look of looks) {
        const [lang, theme] = look.split(' ')
        const page = await hall(`lang=${lang}&theme=${theme}&${scene.query}`)
        await scene.steps?.(page)
        expect(await seriousViolations(page)).toEqual([])
      }
    },
  )

  test.each(['vertical', 'horizontal', 'small'])('nothing moves when a picture comes: %s', async (kind) => {
    const page = await hall('bots=1')
    let release = () => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    await page.route('**/content/**', async (route) => {
      await held
      await route.continue()
    })
    await openIn(page, BOT(kind))
    await page.locator('.card .picture-full.waits').first().waitFor()
    const boxes = () => page.locator('.card, .card-media, .card-words').evaluateAll((all) => all.map((one) => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, width, height] }))
    const before = await boxes()
    release()
    await picturesShown(page)
    expect(await page.locator('.card .picture-full:not(.waits)').count()).toBeGreaterThan(0)
    expect(await boxes()).toEqual(before)
  })

  test('a carousel is a list that arrow keys walk; Tab goes into one card only', async () => {
    const page = await show('carousel')
    const cards = page.getByRole('list', { name: '12 cards in a row' }).locator('> [aria-posinset]')
    expect(await cards.count()).toBe(12)
    expect(await cards.nth(4).getAttribute('aria-label')).toBe('5 of 12. Canal House')
    expect([await cards.nth(4).getAttribute('aria-posinset'), await cards.nth(4).getAttribute('aria-setsize')]).toEqual(['5', '12'])
    const back = page.getByRole('button', { name: 'Cards before' })
    const forth = page.getByRole('button', { name: 'Next cards' })
    expect([await back.count(), await forth.count()]).toEqual([0, 1])
    await cards.first().focus()
    for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowRight')
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['n'])
    expect(await focused()).toBe('4')
    await expect.poll(() => page.locator('.carousel-where').innerText()).toBe('5–7 / 12')
    await back.waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent.trim())).toBe('Take it')
    await page.keyboard.press('ArrowLeft')
    expect(await focused()).toBe('3')
    await page.keyboard.press('End')
    expect(await focused()).toBe('11')
    await expect.poll(() => forth.count()).toBe(0)
    expect(await page.locator('[data-n="0"] .card-act').first().getAttribute('tabindex')).toBe('-1')
    await page.keyboard.press('Home')
    await expect.poll(() => back.count()).toBe(0)
    await forth.click()
    await expect.poll(() => page.locator('.carousel-where').innerText()).toBe('4–6 / 12')
  })

  test('the edge of the next card is seen, in a narrow window and with large text too', async () => {
    for (const viewport of [{ width: 1280, height: 800 }, { width: 480, height: 800 }, { width: 640, height: 400 }, { width: 360, height: 640 }]) {
      const page = await show('carousel', '', { viewport })
      const { right } = await page.locator('.carousel-row').evaluate((element) => element.getBoundingClientRect())
      const beyond = await page.locator('.carousel-card').evaluateAll((all, edge) => all.filter((one) => { const box = one.getBoundingClientRect(); return box.left < edge - 8 && box.right > edge }).length, right)
      expect(beyond, `${viewport.width}`).toBe(1)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width)
    }
  })

  test('a chip is said at once, all go, and the keyboard is in the composer', async () => {
    const page = await show('vertical')
    await page.locator('.composer-field').focus()
    for (let n = 0; n < 8; n++) {
      await page.keyboard.press('Shift+Tab')
      if (await page.evaluate(() => document.activeElement?.matches('.chip'))) break
    }
    expect(await page.evaluate(() => document.activeElement?.textContent.trim())).toBe('Another day')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('.bubble.own', { hasText: 'Fast trains only' }).waitFor()
    expect(await page.locator('.chip').count()).toBe(0)
    expect(await answers(page)).toEqual([[BOT('vertical'), 'vertical1', 'Fast trains only', 'Fast trains only']])
    await focusIsIn(page, '.composer-field')
    expect(await page.locator('.bubble.own .text').last().getAttribute('title')).toContain('Answer to: [Card] G1024')
  })

  test('chips go when their bot moves on, and the keyboard is not lost', async () => {
    const page = await show('vertical')
    await page.locator('.chip').first().focus()
    await page.evaluate((bot) => window.stage.hear(bot, { kind: 'text', text: 'Something else?', chips: [{ text: 'No' }] }), BOT('vertical'))
    await chip(page, 'No').waitFor()
    expect(await page.locator('.chip').count()).toBe(1)
    await focusIsIn(page, '.composer-field')
  })

  test('a tap on a card answers once, however quickly it is tapped again', async () => {
    const page = await show('vertical')
    await page.locator('.card-act', { hasText: 'Book' }).dblclick()
    await page.locator('.bubble.own', { hasText: 'Book' }).waitFor()
    expect(await answers(page)).toEqual([[BOT('vertical'), 'vertical1', 'Book', 'Book']])
  })

  test('an earlier offer says so and asks', async () => {
    const page = await show('stale')
    expect(await page.locator('.cards-stale').innerText()).toBe('Earlier offer')
    await page.locator('.card-act', { hasText: 'Book' }).click()
    await page.getByRole('dialog', { name: 'Still use an earlier offer?' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await answers(page)).toEqual([])
    await page.locator('.card-act', { hasText: 'Details' }).click()
    await agree(page)
    await page.getByRole('dialog', { name: 'Open this link?' }).waitFor()
    await agree(page)
    await expect.poll(() => answers(page)).toEqual([[BOT('stale'), 'stale0', 'Details', 'more']])
    expect(await opened(page)).toEqual(['https://www.railway.example/g1024'])
  })

  test('a link shows where it goes, and is opened and told only after yes', async () => {
    const page = await show('chips')
    await chip(page, 'Open the site').click()
    expect(await page.locator('.tap-host').innerText()).toBe('www.railway.example')
    expect([await opened(page), await answers(page)]).toEqual([[], []])
    await page.keyboard.press('Escape')
    await focusIsIn(page, '.chip')
    expect(await page.locator('.chip').count()).toBe(11)
    await chip(page, 'Open the site').click()
    await agree(page)
    await expect.poll(() => answers(page)).toEqual([[BOT('chips'), 'chips0', 'Open the site', 'u1']])
    await focusIsIn(page, '.composer-field')
  })

  test('what a link or a number hides is uncovered, and what is dangerous cannot be opened', async () => {
    const page = await show('tricks')
    const ask = async (name: string) => {
      await chip(page, name).click()
      const dialog = page.locator('.dialog')
      const said = await dialog.innerText()
      const canAgree = (await dialog.locator('[type=submit].button-primary').count()) > 0
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      return { said, canAgree }
    }
    expect(await ask('apple.com')).toMatchObject({ said: expect.stringMatching(/xn--pple-43d\.com[^]*Careful/), canAgree: true })
    expect(await ask('bank.example')).toMatchObject({ said: expect.stringMatching(/evil\.example[^]*hides behind a name before the @/), canAgree: false })
    expect(await ask('例子')).toMatchObject({ said: expect.stringMatching(/xn--fsqu00a\.xn--fiqs8s:8080[^]*例子\.中国[^]*not encrypted/), canAgree: true })
    expect(await ask('gnp.gpj.exe')).toMatchObject({ canAgree: false })
    expect(await ask('Free call')).toMatchObject({ said: expect.stringContaining('they can change settings of your line'), canAgree: false })
    expect(await ask('Film')).toMatchObject({ said: expect.stringContaining('Videos cannot be recorded here'), canAgree: false })
    expect(await ask('Never')).toMatchObject({ canAgree: false })
    expect([await opened(page), await answers(page)]).toEqual([[], []])
  })

  test('a number is called, a place looked for, a text begun elsewhere, and the bot told of each', async () => {
    const page = await show('tricks')
    await chip(page, 'Video call').click()
    await agree(page)
    await expect.poll(() => opened(page)).toEqual(['tel:+861012306000'])
    await openBot(page, 'actions')
    await page.locator('.card-act', { hasText: 'Where is it' }).click()
    await page.locator('.tap-row', { hasText: 'OpenStreetMap' }).click()
    await expect.poll(async () => (await opened(page)).at(-1)).toContain('mlat=39.8652&mlon=116.3786')
    await expect.poll(async () => (await answers(page)).map(([, , text]) => text)).toEqual(['Video call', 'Where is it'])
  })

  test('what cannot be done has its page instead', async () => {
    const page = await show('tricks')
    await chip(page, 'Free call').click()
    await page.getByRole('button', { name: 'Open its page instead' }).click()
    await agree(page)
    await expect.poll(() => opened(page)).toEqual(['https://help.example/'])
    expect((await answers(page)).length).toBe(1)
  })

  test('an event becomes a calendar file', async () => {
    const page = await show('chips')
    await chip(page, 'Add to calendar').click()
    expect(await page.locator('.tap-when').innerText()).toMatch(/Wednesday.*13 May 2026.*17:24/)
    const [download] = await Promise.all([page.waitForEvent('download'), agree(page)])
    expect(download.suggestedFilename()).toBe('G1024 Beijing South to Hangzhou East.ics')
    const file = await readFile(await download.path(), 'utf8')
    expect(file).toContain('SUMMARY:G1024 Beijing South to Hangzhou East\r\n')
    expect(file).toContain('DESCRIPTION:Gate 12A\\nPlease be there 20 minutes before.\r\n')
    expect((await answers(page)).length).toBe(1)
  })

  test('a text for somebody known waits in their composer; for another it opens outside', async () => {
    const page = await show('chips')
    await chip(page, 'Tell family').click()
    await agree(page)
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.composer-field')?.value === 'I take G1024 and arrive at seven tomorrow.')
    expect(await page.locator('.item.selected, .item[aria-current], .item[aria-selected=true]').first().getAttribute('data-id')).toBe('tel:+8613800138000')
    await openBot(page, 'tricks')
    await chip(page, 'Stranger').click()
    await agree(page)
    await expect.poll(() => opened(page)).toEqual(['sms:10086?body=CXYE'])
  })

  test('a voice message is recorded where it would be sent', async () => {
    const page = await show('chips')
    await chip(page, 'Leave a voice message').click()
    await agree(page)
    await page.locator('.recording').waitFor()
    expect((await answers(page)).length).toBe(1)
  })

  test('a place is chosen before it is sent', async () => {
    const page = await show('chips')
    await chip(page, 'Send my place').click()
    await page.locator('.picker input').first().fill('39.9042, 116.4074')
    expect(await answers(page)).toEqual([])
    await page.locator('.picker [type=submit]').click()
    await page.locator('.bubble.own .place').waitFor()
    await expect.poll(() => answers(page)).toEqual([[BOT('chips'), 'chips0', 'Send my place', 'l1']])
  })

  test('facts of the device are all shown, then told once agreed', async () => {
    const page = await show('chips')
    await chip(page, 'Device details').click()
    for (const fact of ['Desktop', 'Linux-6.1', 'YNXN · Yanxin-0.1.0', '517 min left']) await page.locator('.dialog', { hasText: fact }).waitFor()
    expect(await answers(page)).toEqual([])
    await agree(page)
    await page.locator('.bubble.own .shared', { hasText: 'Linux-6.1' }).waitFor()
    await expect.poll(() => answers(page)).toEqual([[BOT('chips'), 'chips0', 'Device details', 's1']])
  })
})
