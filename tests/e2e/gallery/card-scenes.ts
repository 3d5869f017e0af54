import type { Page } from 'playwright-core'
import { openIn, type Scene } from './scenes'

/** The pictures that can be seen are there; those out of sight are fetched when they come near. */
export const picturesShown = (page: Page) => page.waitForFunction(() => ![...document.querySelectorAll('.card .picture-full.waits')].some((picture) => {
  const { left, right, top, bottom } = picture.getBoundingClientRect()
  return right > 0 && left < innerWidth && bottom > 0 && top < innerHeight
}))

export async function openBot(page: Page, kind: string): Promise<void> {
  await openIn(page, `sip:bot-${kind}@`)
  await picturesShown(page)
}

const scene = (kind: string): Scene => ({ name: `bot-${kind}`, query: 'bots=1', steps: (page) => openBot(page, kind) })
/** A tap by its place among the chips, and the question that it asks. */
const asked = (name: string, kind: string, nth: number): Scene => ({
  name: `tap-${name}`, query: 'bots=1',
  async steps(page) {
    await openBot(page, kind)
    await page.locator('.chip').nth(nth).click()
    await page.locator('.dialog').waitFor()
    await page.waitForTimeout(250)
  },
})

/** Every card, carousel and chip shape, and every question that tapping asks. */
export const cardScenes: Scene[] = [
  ...['vertical', 'heights', 'horizontal', 'styles', 'media', 'carousel', 'small', 'chips', 'actions', 'stale'].map(scene),
  {
    name: 'bot-carousel-on', query: 'bots=1',
    async steps(page) {
      await openBot(page, 'carousel')
      await page.locator('.carousel-card').first().focus()
      for (let n = 0; n < 4; n++) await page.keyboard.press('ArrowRight')
      await page.waitForTimeout(600)
    },
  },
  asked('url', 'chips', 1), asked('dial', 'chips', 2), asked('place', 'chips', 3), asked('send-place', 'chips', 4), asked('event', 'chips', 5), asked('text', 'chips', 6), asked('record', 'chips', 7),
  asked('device', 'chips', 8), asked('number', 'chips', 9), asked('read', 'chips', 10), asked('look-alike', 'tricks', 0), asked('credentials', 'tricks', 1), asked('letters', 'tricks', 2),
  asked('scheme', 'tricks', 3), asked('code', 'tricks', 4), asked('film', 'tricks', 6), asked('never', 'tricks', 7), asked('query', 'tricks', 8), asked('stranger', 'tricks', 9),
  {
    name: 'tap-stale', query: 'bots=1',
    async steps(page) {
      await openBot(page, 'stale')
      await page.locator('.card-act').first().click()
      await page.locator('.dialog').waitFor()
      await page.waitForTimeout(250)
    },
  },
]
