import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { seriousViolations } from '../axe'
import { groupScenes } from './group-scenes'
import { useHall } from './hall'
import { scenes } from './scenes'

const none = findChromium() ? '' : ` (${noChromium})`

/** One look each, turn about; YANXIN_ALL_LOOKS=1 takes them all. */
const all = ['zh light', 'en dark', 'zh dark', 'en light']
const looksOf = (n: number): string[] => (process.env['YANXIN_ALL_LOOKS'] ? all : [all[n % 4]!])
const plays = [scenes, groupScenes].flatMap((row) => row.map((scene, n) => ({ name: scene.name, scene, looks: looksOf(n) })))

describe.skipIf(none)(`every view is free of serious faults for those who cannot see or point, and keeps to the strict policy${none}`, () => {
  const show = useHall()
  test.each(plays)('$name, $looks', async ({ scene, looks }) => {
    for (const look of looks) {
      const [lang, theme] = look.split(' ')
      const page = await show(`lang=${lang}&theme=${theme}&${scene.query ?? ''}`)
      await scene.steps?.(page)
      expect(await seriousViolations(page)).toEqual([])
    }
  })
})
