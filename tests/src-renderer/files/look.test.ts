import { describe, expect, it } from 'vitest'
import { boxOf, gridOf, lookOf, playTime } from '../../../src-renderer/files/look'

const file = (contentType: string) => ({ name: 'a', contentType, size: 1, hash: 'aa' })

it.each([
  ['image/jpeg', 'picture'], ['image/avif', 'picture'], ['image/heic', 'row'], ['image/heif', 'row'], ['image/svg+xml', 'row'], ['image/tiff', 'row'], ['image/x-icon', 'row'],
  ['video/mp4', 'video'], ['video/3gpp', 'video'], ['audio/amr', 'voice'], ['text/html', 'row'], ['application/pdf', 'row'], ['text/vcard', 'row'], ['', 'row'],
])('%s is shown as a %s', (type, look) => expect(lookOf(file(type))).toBe(look))

it.each([[1, 1, 1, 0], [2, 2, 2, 0], [3, 2, 3, 0], [4, 2, 4, 0], [5, 3, 5, 0], [6, 3, 6, 0], [7, 3, 6, 1], [30, 3, 6, 24]])('%i pictures: %i columns, %i shown, %i more', (count, columns, shown, more) => {
  expect(gridOf(count)).toEqual({ columns, shown, more })
})

describe('the box of a picture', () => {
  it.each([
    [{ width: 4_000, height: 3_000 }, { width: 20, height: 15 }], [{ width: 1_000, height: 1_000 }, { width: 20, height: 20 }], [{}, { width: 20, height: 15 }], [{ width: 0, height: 10 }, { width: 20, height: 15 }],
    [{ width: 3_000, height: 3_600 }, { width: 16.67, height: 20 }],
    // Neither a thread through the window nor a hair across it.
    [{ width: 100, height: 30_000 }, { width: 16, height: 20 }], [{ width: 30_000, height: 100 }, { width: 20, height: 6 }],
  ])('%j stands in %j', (size, box) => expect(boxOf(size)).toEqual(box))
})

it.each([[0, '0:00'], [7_400, '0:07'], [59_600, '1:00'], [760_000, '12:40'], [3_723_000, '1:02:03'], [-5, '0:00']])('%i ms is %s', (ms, words) => expect(playTime(ms)).toBe(words))
