import { chromium, type Browser, type Page, type ViewportSize } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { chromiumFlags, findChromium } from '../../fakes/chromium'
import { serveGallery } from './serve'

export interface Room {
  /** @default 1280 × 800 */
  viewport?: ViewportSize
  /** What the page may do without a question. */
  permissions?: string[]
}

/**
 * The gallery and a Chromium for the tests of one group: none of them may leave an error behind that the page reported. Answers
 * what opens the gallery with the parts `query` of its address. A new window costs more than all that most tests do in it, so that
 * they have one, which forgets everything in between; after a test that failed it is another one.
 */
export function useHall(): (query?: string, room?: Room) => Promise<Page> {
  let gallery: Awaited<ReturnType<typeof serveGallery>>
  let browser: Browser
  let kept: Page | undefined
  let troubles: string[] = []
  beforeAll(async () => {
    gallery = await serveGallery()
    browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumFlags })
  })
  afterAll(async () => {
    await browser?.close()
    await gallery?.stop()
  })
  afterEach(async ({ task }) => {
    const met = troubles
    if (task.result?.state === 'fail' || met.length) await closes()
    else await kept?.unrouteAll()
    troubles = []
    expect(met).toEqual([])
  })

  async function opens(): Promise<Page> {
    const context = await browser.newContext({ timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(String(error)))
    return page
  }
  async function closes(): Promise<void> {
    await kept?.context().close()
    kept = undefined
  }
  /** As a page that nobody has used. */
  async function forgets(page: Page, { viewport = { width: 1280, height: 800 }, permissions = [] }: Room): Promise<void> {
    await page.goto('about:blank')
    await page.mouse.move(0, 0)
    await page.setViewportSize(viewport)
    await page.context().clearPermissions()
    await page.context().grantPermissions(permissions)
    const session = await page.context().newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: new URL(gallery.url).origin, storageTypes: 'all' })
    await session.detach()
  }

  return async (query = '', room = {}) => {
    kept ??= await opens()
    await forgets(kept, room)
    await kept.goto(`${gallery.url}?${query}&lang=en&theme=light`)
    return kept
  }
}
