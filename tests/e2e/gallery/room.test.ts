import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { groupScenes } from './group-scenes'
import { useHall } from './hall'
import { scenes } from './scenes'

const none = findChromium() ? '' : ` (${noChromium})`
const views = [
  'thread', 'settings', 'welcome', 'journey', 'failed', 'share-off', 'share-people', 'share-host', 'join-find', 'join-compare', 'join-wrong',
  'group', 'group-details', 'group-invited', 'group-new-chosen', 'group-edit', 'group-receipts', 'group-mention', 'group-link',
]

describe.skipIf(none)(`room${none}`, () => {
  const show = useHall()
  test.each([[900, 600], [480, 800], [640, 400], [320, 500]])('nothing is cut off at %i × %i', async (width, height) => {
    for (const view of views) {
      const scene = [...scenes, ...groupScenes].find(({ name }) => name === view)!
      const page = await show(scene.query, { viewport: { width, height } })
      await scene.steps?.(page)
      const over = await page.evaluate(() => [...document.querySelectorAll('button, input, textarea, .bubble, h1, h2, h3')].flatMap((element) => {
        const box = element.getBoundingClientRect()
        const isSeen = box.width > 1 && (element as HTMLElement).checkVisibility({ opacityProperty: true })
        return isSeen && (box.right > innerWidth + 1 || box.left < -1) ? [element.outerHTML.slice(0, 120)] : []
      }))
      expect(over, view).toEqual([])
    }
  })
})
