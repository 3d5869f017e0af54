import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { chunk, png } from '../../src-renderer/attach/picture/made'
import { useHall } from './hall'
import { openIn } from './scenes'
import { drop, placed, type ToSend } from './to-send'

const executablePath = findChromium()
const MEI = 'sip:mei@yan.example'
const photo = (name: string, width = 400, height = 300): ToSend => ({ name, type: 'image/jpeg', drawn: [width, height], bytes: placed })

describe.skipIf(!executablePath)(`sending files${executablePath ? '' : ` (${noChromium})`}`, () => {
  const show = useHall()
  const open = async (permissions: string[] = []): Promise<Page> => {
    const page = await show('', { permissions })
    await openIn(page, MEI)
    return page
  }
  const names = (page: Page) => page.locator('.tile-name').allTextContents()
  const ready = (page: Page) => page.waitForFunction(() => document.querySelector('.tile') && !document.querySelector('.tile-look.waits'))
  const send = async (page: Page, caption = '') => {
    await page.locator('.composer-field').fill(caption)
    await page.locator('.composer-field').press('Enter')
  }
  /** What main was given, and whether the browser can draw it. */
  const kept = (page: Page) => page.evaluate(() => Promise.all(window.stage.kept.map(async (blob) => {
    const text = new TextDecoder('latin1').decode(await blob.arrayBuffer())
    const bitmap = await createImageBitmap(blob).catch(() => undefined)
    return { type: blob.type, size: blob.size, hasExif: text.includes('Exif'), width: bitmap?.width, height: bitmap?.height }
  })))
  const said = (page: Page) => page.evaluate(() => document.querySelector('[aria-live]')?.textContent)

  test('a dropped picture is drawn small, sent with its caption, without the place it was taken, and seen at once', async () => {
    const page = await open()
    await drop(page, '.thread-main', [photo('lake.jpg')])
    await ready(page)
    expect(await names(page)).toEqual(['lake.jpg'])
    await expect.poll(() => said(page)).toContain('1 file is ready')
    await send(page, 'West Lake')
    const bubble = page.locator('.row .bubble.own').last()
    await bubble.locator('img[src^="blob:"]').waitFor()
    expect(await bubble.innerText()).toContain('West Lake')
    await expect.poll(() => page.evaluate(() => window.stage.kept.length)).toBe(2)
    const [small, file] = await kept(page)
    expect(small).toMatchObject({ type: 'image/jpeg', hasExif: false, width: 320, height: 240 })
    expect(small!.size).toBeLessThan(50 * 1024)
    expect(file).toMatchObject({ type: 'image/jpeg', hasExif: false, width: 400, height: 300 })
    expect(await page.locator('.tile').count()).toBe(0)
  })

  test('a large picture goes smaller unless its sender wants the original, and with its place only when wanted', async () => {
    const page = await open()
    await drop(page, '.thread-main', [photo('large.jpg', 4_000, 3_000), photo('other.jpg', 3_000, 4_000)])
    await ready(page)
    await page.locator('.choice-option', { hasText: '2048 × 1536' }).waitFor()
    await page.locator('.tile-face').nth(1).click()
    await page.locator('.choice-option', { hasText: 'Original' }).click()
    await page.getByRole('switch', { name: /Keep the place/ }).click()
    await send(page)
    await expect.poll(() => page.evaluate(() => window.stage.kept.length)).toBe(4)
    const [, first, , second] = await kept(page)
    expect(first).toMatchObject({ width: 2_048, height: 1_536, hasExif: false })
    expect(second).toMatchObject({ width: 3_000, height: 4_000, hasExif: true })
  })

  test('by keyboard: chosen, moved, left out, and back in the field', async () => {
    const page = await open()
    await drop(page, '.thread-main', ['a', 'b', 'c'].map((name) => ({ name: `${name}.pdf`, type: 'application/pdf', bytes: [1] })))
    await ready(page)
    await page.locator('.tile-face').first().focus()
    await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(() => names(page)).toEqual(['b.pdf', 'a.pdf', 'c.pdf'])
    await expect.poll(() => said(page)).toContain('Now 2 of 3')
    await page.keyboard.press('End')
    await page.keyboard.press('Delete')
    await expect.poll(() => names(page)).toEqual(['b.pdf', 'a.pdf'])
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toMatch(/File.*a\.pdf.*2 of 2/s)
    await page.keyboard.press('Delete')
    await page.keyboard.press('Delete')
    await page.waitForFunction(() => document.activeElement?.matches('.composer-field'))
  })

  test('a picture of 50,000 by 50,000 pixels is not decoded and goes as a file, with words', async () => {
    const page = await open()
    const bomb = [...png(chunk('tEXt', [...'secret'].map((char) => char.charCodeAt(0))), { width: 50_000, height: 50_000 })]
    await drop(page, '.thread-main', [{ name: 'bomb.png', type: 'image/png', bytes: bomb }])
    await ready(page)
    await page.getByText('With 50000 × 50000 pixels it is too large').waitFor()
    await send(page)
    await page.locator('.bubble.own .file-name, .bubble.own', { hasText: 'bomb.png' }).last().waitFor()
    await expect.poll(() => page.evaluate(() => window.stage.kept.length)).toBe(1)
    expect(await page.evaluate(() => window.stage.kept[0]!.text())).not.toContain('secret')
  })

  test('what cannot be sent is named, and the rest is unharmed', async () => {
    const page = await open()
    const many = Array.from({ length: 32 }, (_, n): ToSend => ({ name: `${n}.txt`, type: 'text/plain', bytes: n === 0 ? [] : [1] }))
    await drop(page, '.thread-main', many)
    await ready(page)
    expect(await page.locator('.tile').count()).toBe(30)
    await page.getByRole('alert').filter({ hasText: 'There is nothing in 0.txt.' }).waitFor()
    await page.getByRole('alert').filter({ hasText: 'One message takes 30 files; 1 was left out: 31.txt.' }).waitFor()
  })

  test('a picture is pasted, a table with a picture of itself is words', async () => {
    const page = await open()
    const paste = (withWords: boolean) => page.locator('.composer-field').evaluate((field, words) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(9)], 'image.png', { type: 'image/png' }))
      if (words) data.setData('text/plain', 'a\tb')
      return !field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }))
    }, withWords)
    expect(await paste(true)).toBe(false)
    expect(await paste(false)).toBe(true)
    await page.locator('.tile').waitFor()
    expect(await names(page)).toEqual([expect.stringMatching(/^picture-20260512-\d{6}\.png$/)])
  })

  test('files dropped beside the conversation do not take the place of the window', async () => {
    const page = await open()
    await drop(page, '.list', [{ name: 'a.txt', type: 'text/plain', bytes: [1] }])
    expect(await page.locator('.tile').count()).toBe(0)
    expect(await page.locator('.thread-main').count()).toBe(1)
  })

  test('a voice message is recorded, listened to and sent, by keyboard alone', async () => {
    const page = await open(['microphone'])
    await page.getByRole('button', { name: 'Record a voice message' }).press('Enter')
    await page.waitForFunction(() => /^0:0[1-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
    await page.getByRole('button', { name: 'Stop and listen' }).press('Enter')
    await page.getByRole('button', { name: 'Listen', exact: true }).press('Enter')
    // It has been heard to its end, and stands where it was.
    await page.waitForFunction(() => (document.querySelector('.recording audio') as HTMLAudioElement).ended)
    await page.getByRole('button', { name: 'Send the voice message' }).press('Enter')
    await expect.poll(() => page.evaluate(() => window.stage.kept.map(({ type, size }) => [type.split('/')[0], size > 500]))).toEqual([['audio', true]])
    await page.waitForFunction(() => document.activeElement?.matches('.composer-field'))
  })

  test('a recording is given up with Escape, and one whose conversation is left waits in its tray', async () => {
    const page = await open(['microphone'])
    const record = async () => {
      await page.getByRole('button', { name: 'Record a voice message' }).press('Enter')
      await page.waitForFunction(() => /^0:0[1-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
    }
    await record()
    await page.keyboard.press('Escape')
    await page.locator('.recording').waitFor({ state: 'detached' })
    await record()
    await openIn(page, 'sip:echo')
    await openIn(page, MEI)
    await page.locator('.tile', { hasText: /0:0\d/ }).waitFor()
    expect(await page.evaluate(() => window.stage.kept.length)).toBe(0)
  })

  test.each([
    ['NotAllowedError', 'Yanxin may not use the microphone.'], ['NotFoundError', 'No microphone was found.'], ['NotReadableError', 'The microphone gives no sound.'],
  ])('a microphone that answers %s is told in plain words, which Escape takes away', async (name, words) => {
    const page = await open()
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('as a browser says it', name))
    }, name)
    await page.getByRole('button', { name: 'Record a voice message' }).press('Enter')
    await page.getByRole('alert').filter({ hasText: words }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.recording').waitFor({ state: 'detached' })
    await page.locator('.composer-field').fill('then in writing')
  })

  test('a microphone that is pulled out leaves what it has heard, to be listened to and sent', async () => {
    const page = await open(['microphone'])
    await page.evaluate(() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted)
        Object.assign(window, { unplug: () => stream.getAudioTracks()[0]!.dispatchEvent(new Event('ended')) })
        return stream
      }
    })
    await page.getByRole('button', { name: 'Record a voice message' }).press('Enter')
    await page.waitForFunction(() => /^0:0[1-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
    await page.evaluate(() => (window as unknown as { unplug(): void }).unplug())
    await page.getByRole('button', { name: 'Listen', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Send the voice message' }).press('Enter')
    await expect.poll(() => page.evaluate(() => window.stage.kept.map(({ type, size }) => [type.split('/')[0], size > 500]))).toEqual([['audio', true]])
  })

  test('a file that went away after it was chosen is told, and the others stay', async () => {
    const page = await open()
    await page.evaluate(() => {
      const gone = new File(['x'], 'gone.txt', { type: 'text/plain' })
      // What Chromium does with a file that was moved or deleted.
      gone.slice = () => Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) })
      const data = new DataTransfer()
      data.items.add(new File(['here'], 'here.txt', { type: 'text/plain' }))
      const files = [gone, ...data.files]
      const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })
      Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files, items: files.map((file) => ({ kind: 'file', getAsFile: () => file, webkitGetAsEntry: () => ({ isDirectory: false }) })) } })
      document.querySelector('.thread-main')!.dispatchEvent(event)
    })
    await page.getByRole('alert').filter({ hasText: 'gone.txt cannot be read.' }).waitFor()
    await expect.poll(() => names(page)).toEqual(['here.txt'])
  })

  test('a file larger than the service takes is told before it is sent, a picture can still go smaller', async () => {
    const page = await show('limit=2000')
    await openIn(page, MEI)
    await drop(page, '.thread-main', [{ name: 'film.mp4', type: 'video/mp4', bytes: Array.from({ length: 2_001 }, () => 7) }, { name: 'fits.txt', type: 'text/plain', bytes: [1] }, photo('lake.jpg', 2_400, 1_800)])
    await page.getByRole('alert').filter({ hasText: 'film.mp4 is larger than the 2 kB that this service takes.' }).waitFor()
    await expect.poll(() => names(page)).toEqual(['fits.txt', 'lake.jpg'])
  })
})
