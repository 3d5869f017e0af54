import { expect, it } from 'vitest'
import { bars, loudness } from '../../../../src-renderer/attach/voice/recorder'

const tone = (amplitude: number) => Float32Array.from({ length: 1_024 }, (_, n) => amplitude * Math.sin(n / 5))

it('silence is nothing, a loud voice is everything, and louder is more', () => {
  expect(loudness(new Float32Array(1_024))).toBe(0)
  expect(loudness(tone(1))).toBe(1)
  const steps = [0.003, 0.01, 0.05, 0.2].map((amplitude) => loudness(tone(amplitude)))
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(new Set(steps).size).toBe(4)
})

it('bars are as many as there is room for, and none hides what was loud', () => {
  const levels = Array.from({ length: 1_000 }, (_, n) => (n === 777 ? 1 : 0.1))
  expect(bars(levels, 40)).toHaveLength(40)
  expect(bars(levels, 40).indexOf(1)).toBe(31)
  expect(bars([0.2, 0.9], 4)).toEqual([0.2, 0.2, 0.9, 0.9])
  expect(bars([], 4)).toEqual([])
})
