import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { drop, placed } from './gallery/to-send'
import { say, startPerson, talkTo } from './people'
import { openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`files between two browsers through one relay${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const ready = (page: Page, count: number) => page.waitForFunction((wanted) => document.querySelectorAll('.tile').length === wanted && !document.querySelector('.tile-look.waits'), count)
  const own = (page: Page) => page.locator('.bubble.own')
  const theirs = (page: Page) => page.locator('.bubble:not(.own)')
  /** The sizes of the pictures that are drawn in a bubble. */
  const drawn = (page: Page, side: 'own' | 'theirs', nth: number) => (side === 'own' ? own(page) : theirs(page)).nth(nth).evaluate((bubble) =>
    [...bubble.querySelectorAll('img')].filter((image) => image.complete && image.naturalWidth > 0 && !image.classList.contains('picture-small')).map((image) => `${image.naturalWidth}x${image.naturalHeight}`))

  async function meet() {
    const relay = await startRelay(['mei', 'lan'], undefined, 0, ['--files', '127.0.0.1:0'])
    const [meiProgram, lanProgram] = [await startPerson('mei', relay.uri), await startPerson('lan', relay.uri)]
    const { page: mei, errors, context } = await openWindow(browser, meiProgram.ready)
    const { page: lan } = await openWindow(browser, lanProgram.ready)
    await context.grantPermissions(['microphone'])
    await talkTo(mei, 'lan')
    await talkTo(lan, 'mei')
    return { mei, lan, errors }
  }

  it('pictures by drop, paste and button, with a caption, arrive whole, in order and without the place they were taken', async () => {
    const { mei, lan, errors } = await meet()
    await drop(mei, '.thread-main', [
      { name: 'lake.jpg', type: 'image/jpeg', drawn: [600, 400], bytes: placed }, { name: 'hill.jpg', type: 'image/jpeg', drawn: [300, 500], bytes: placed },
    ])
    await ready(mei, 2)
    await say(mei, '西湖今天真美')
    await expect.poll(() => drawn(mei, 'own', 0)).toEqual(['600x400', '300x500'])
    // What is written meanwhile waits for nothing.
    await say(mei, 'and a text')
    await theirs(lan).filter({ hasText: '西湖今天真美' }).waitFor()
    const album = await theirs(lan).evaluateAll((bubbles) => bubbles.findIndex((bubble) => bubble.textContent!.includes('西湖')))
    await expect.poll(() => drawn(lan, 'theirs', album), { timeout: 20_000 }).toEqual(['600x400', '300x500'])
    await theirs(lan).filter({ hasText: 'and a text' }).waitFor()
    await own(mei).filter({ hasText: '西湖今天真美' }).getByRole('button', { name: /^(Delivered|Read)/ }).waitFor()
    // What she really got: her program's own copy of the bytes.
    const got = await lan.evaluate(async (nth) => {
      const image = [...document.querySelectorAll<HTMLElement>('.bubble:not(.own)')][nth]!.querySelector<HTMLImageElement>('img:not(.picture-small)')!
      return new TextDecoder('latin1').decode(await (await fetch(image.src)).arrayBuffer())
    }, album)
    expect([got.startsWith('\xff\xd8'), got.includes('Exif')]).toEqual([true, false])

    await mei.getByRole('textbox', { name: /^Message to/ }).evaluate(async (field) => {
      const canvas = new OffscreenCanvas(120, 80)
      canvas.getContext('2d')!.fillRect(0, 0, 9, 9)
      const data = new DataTransfer()
      data.items.add(new File([await canvas.convertToBlob()], 'image.png', { type: 'image/png' }))
      field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }))
    })
    await ready(mei, 1)
    await mei.locator('input[type=file]').last().setInputFiles([{ name: '行程.txt', mimeType: 'text/plain', buffer: Buffer.from('G1024') }])
    await ready(mei, 2)
    await say(mei)
    await theirs(lan).filter({ hasText: '行程.txt' }).waitFor()
    const mixed = await theirs(lan).evaluateAll((bubbles) => bubbles.findIndex((bubble) => bubble.textContent!.includes('行程')))
    await expect.poll(() => drawn(lan, 'theirs', mixed), { timeout: 20_000 }).toEqual(['120x80'])
    expect(errors).toEqual([])
  })

  it('a voice message is recorded by one and played by the other', async () => {
    const { mei, lan, errors } = await meet()
    await mei.getByRole('button', { name: 'Record a voice message' }).press('Enter')
    await mei.waitForFunction(() => /^0:0[2-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
    await mei.getByRole('button', { name: 'Send the voice message' }).press('Enter')
    await own(mei).first().waitFor()
    const play = theirs(lan).getByRole('button', { name: 'Play' })
    await play.waitFor()
    await play.press('Enter')
    await lan.waitForFunction(() => (document.querySelector('.bubble:not(.own) audio') as HTMLAudioElement | null)?.ended === true)
    await own(mei).first().getByRole('button', { name: /^(Delivered|Read)/ }).waitFor()
    expect(errors).toEqual([])
  })
})
