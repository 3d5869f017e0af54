import type { Page } from 'playwright-core'

const FRAME = 1_000 / 60

/** Frames that did not come, as a share of those that should have. */
export function dropped(times: readonly number[]): number {
  let missed = 0
  for (let i = 1; i < times.length; i++) {
    const gap = times[i]! - times[i - 1]!
    if (gap > 1.5 * FRAME) missed += Math.round(gap / FRAME) - 1
  }
  return missed / (times.length + missed)
}

/** Turns the wheel over the page for 5 s, most of the time upwards, and says which frames came. */
export async function scroll(page: Page): Promise<number[]> {
  const frames = page.evaluate(() => window.probe.frames(5_000))
  await page.mouse.move(900, 400)
  const end = performance.now() + 4_800
  for (let turn = 0; performance.now() < end; turn++) {
    await page.mouse.wheel(0, turn % 120 < 90 ? -120 : 120)
    await page.waitForTimeout(FRAME)
  }
  return frames
}
