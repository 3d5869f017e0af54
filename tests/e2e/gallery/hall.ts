import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { chromiumFlags, findChromium } from '../../fakes/chromium'
import { serveGallery } from './serve'

/**
 * The gallery and a Chromium for the tests of one group: after each its pages are closed, and none of them may have reported an
 * error. Answers what opens a page with the parts `query` of its address.
 */
export function useHall(): (query?: string, options?: BrowserContextOptions) => Promise<Page> {
  let gallery: Awaited<ReturnType<typeof serveGallery>>
  let browser: Browser
  let troubles: string[] = []
  beforeAll(async () => {
    gallery = await serveGallery()
    browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumFlags })
  })
  afterAll(async () => {
    await browser?.close()
    await gallery?.stop()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    expect(troubles).toEqual([])
    troubles = []
  })
  return async (query = '', options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
    page.on('pageerror', (error) => troubles.push(String(error)))
    await page.goto(`${gallery.url}?${query}&lang=en&theme=light`)
    return page
  }
}
