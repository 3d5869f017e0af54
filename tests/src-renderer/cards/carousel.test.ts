import { expect, test } from 'vitest'
import { positionWords, roveRow } from '../../../src-renderer/cards/carousel'

test('arrows go along the row and stop at its ends', () => {
  expect(roveRow('ArrowRight', 0, 3)).toBe(1)
  expect(roveRow('ArrowRight', 2, 3)).toBe(2)
  expect(roveRow('ArrowLeft', 0, 3)).toBe(0)
  expect(roveRow('Home', 2, 3)).toBe(0)
  expect(roveRow('End', 0, 3)).toBe(2)
  for (const key of ['ArrowUp', 'Enter', 'a']) expect(roveRow(key, 1, 3)).toBeUndefined()
  expect(roveRow('End', 0, 0)).toBeUndefined()
})

test('which cards are on show is said with their number', () => {
  expect(positionWords(2, 2, 12)).toBe('3 / 12')
  expect(positionWords(2, 4, 12)).toBe('3–5 / 12')
})
