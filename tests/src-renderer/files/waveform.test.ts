import { expect, it } from 'vitest'
import { peaksOf } from '../../../src-renderer/files/waveform'

it('is the loudest of each part, beside the loudest of all', () => {
  expect(peaksOf(Float32Array.from([0.1, -0.2, 0, 0, 0.4, 0.3, -0.1, 0.1]), 4)).toEqual([0.5, 0, 1, 0.25])
})

it('has all its bars when there are fewer samples, and none is loud in silence', () => {
  expect(peaksOf(Float32Array.from([0.5, 1]), 4)).toEqual([0.5, 0.5, 1, 1])
  expect(peaksOf(new Float32Array(100), 3)).toEqual([0, 0, 0])
  expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0])
})
