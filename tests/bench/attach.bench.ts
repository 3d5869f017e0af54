import { expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { report } from './report'
import { WindowStage } from './window'

const TURNS = 8
const here = findChromium() !== undefined
const quantile = (values: readonly number[], q: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN
const middle = (values: readonly number[]): string => `${quantile(values, 0.5).toFixed(0)} / ${quantile(values, 0.95).toFixed(0)}`

interface Turn {
  /** ms from the drop to the file in the tray, to its picture there, from Enter to the bubble with its picture, and of a bare page. */
  tile: number
  picture: number
  bubble: number
  bare: number
  /** What the page's main thread worked from Enter to there, ms. */
  own: number
}

declare global {
  interface Window {
    dropping: { blob: Blob; until(isThere: () => boolean): Promise<number>; isDrawn(image: HTMLImageElement | null | undefined): boolean }
  }
}

it.skipIf(!here)(`a picture dropped on the window${here ? '' : ` (${noChromium})`}`, async () => {
  const stage = await WindowStage.open(2_000)
  try {
    const page = await stage.page()
    await page.goto(stage.url)
    await page.waitForFunction(() => window.probe.readyAt !== undefined)
    await page.locator('.item').nth(1).click()
    await page.locator('.messages-scroller.placed .bubble').first().waitFor()
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const cpu = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value
    const turns: Turn[] = []
    for (let n = 0; n < TURNS; n++) {
      const began = await page.evaluate(async (seed): Promise<Pick<Turn, 'tile' | 'picture'> & { before: number }> => {
        // A photo of 12 megapixels, as a phone makes it: noise, so that there is something to decode.
        const canvas = new OffscreenCanvas(4_032, 3_024)
        const paint = canvas.getContext('2d')!
        for (let i = 0; i < 20_000; i++) {
          paint.fillStyle = `hsl(${(i * 7 + seed * 31) % 360} 60% ${(i * 13) % 90}%)`
          paint.fillRect((i * 7_919) % 4_032, (i * 104_729) % 3_024, 90, 60)
        }
        const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 })
        const drawn = () => new Promise<number>((resolve) => requestAnimationFrame(() => {
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now())
          channel.port2.postMessage(undefined)
        }))
        const until = async (isThere: () => boolean) => {
          while (!isThere()) await new Promise(requestAnimationFrame)
          return drawn()
        }
        const isDrawn = (image: HTMLImageElement | null | undefined) => image?.complete === true && image.naturalWidth > 0
        window.dropping = { blob, until, isDrawn }

        const before = document.querySelectorAll('.bubble.own img[src^="blob:"]').length
        const data = new DataTransfer()
        data.items.add(new File([blob], `IMG_${seed}.jpg`, { type: 'image/jpeg' }))
        const dropped = performance.now()
        document.querySelector('.thread-main')!.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }))
        const tile = await until(() => document.querySelector('.tile') !== null) - dropped
        const picture = await until(() => isDrawn(document.querySelector<HTMLImageElement>('.tile img'))) - dropped

        return { tile, picture, before }
      }, n)
      const cpuBefore = await cpu()
      const bubble = await page.evaluate(async (before) => {
        const { until, isDrawn } = window.dropping
        const sent = performance.now()
        document.querySelector<HTMLFormElement>('form.composer')!.requestSubmit()
        return await until(() => {
          const pictures = document.querySelectorAll<HTMLImageElement>('.bubble.own img[src^="blob:"]')
          return pictures.length > before && isDrawn([...pictures].at(-1))
        }) - sent
      }, began.before)
      const own = 1_000 * ((await cpu()) - cpuBefore)
      const bare = await page.evaluate(async () => {
        const { blob, until, isDrawn } = window.dropping
        // What a bare page needs for the same picture, made as small as the bubble shows it.
        const small = await createImageBitmap(blob, { resizeWidth: 960 })
        const frame = new OffscreenCanvas(small.width, small.height)
        frame.getContext('2d')!.drawImage(small, 0, 0)
        const url = URL.createObjectURL(await frame.convertToBlob({ type: 'image/jpeg' }))
        const start = performance.now()
        const image = Object.assign(new Image(), { src: url })
        image.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 320px'
        document.body.append(image)
        const bare = await until(() => isDrawn(image)) - start
        image.remove()
        return bare
      })
      turns.push({ ...began, bubble, own, bare })
      await page.waitForTimeout(300)
    }
    const of = (name: keyof Turn) => turns.map((turn) => turn[name])
    report('A picture is dropped on the window', ['what', 'p50 / p95', 'goal'], [
      ['drop: the file stands in the tray', `${middle(of('tile'))} ms`, 'under 100 ms'],
      ['drop: its picture stands there, 12 megapixels decoded in the worker', `${middle(of('picture'))} ms`, ''],
      ['sent: the bubble with its picture', `${middle(of('bubble'))} ms`, 'under 100 ms'],
      ['of that, work of the page’s main thread', `${middle(of('own'))} ms`, ''],
      ['a bare page shows the same small picture', `${middle(of('bare'))} ms`, ''],
    ], 'A JPEG of 4,032 by 3,024 pixels, by a drop event in headless Chromium; each time up to the frame that shows it.')
    expect(turns).toHaveLength(TURNS)
  } finally {
    await stage.close()
  }
})
