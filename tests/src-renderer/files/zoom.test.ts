import { expect, it } from 'vitest'
import fc from 'fast-check'
import { fitted, hold, MOST_ZOOM, zoomAt, type Frame } from '../../../src-renderer/files/zoom'

const frame: Frame = { width: 1_000, height: 600, fitWidth: 800, fitHeight: 600 }

it('what lies under the pointer stays there while it grows', () => {
  const point = { x: 200, y: -100 }
  const near = zoomAt(fitted, 4, point, frame)
  // The same spot of the picture, in px of the fitted one.
  expect([(point.x - near.x) / near.zoom, (point.y - near.y) / near.zoom]).toEqual([200, -100])
  expect(zoomAt(near, 1 / 4, point, frame)).toEqual(fitted)
})

it('is never smaller than what fits nor larger than is of use, and never leaves the middle', () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.double({ min: 0.1, max: 10, noNaN: true }), fc.integer({ min: -500, max: 500 }), fc.integer({ min: -300, max: 300 }))),
    (steps) => {
      let view = fitted
      for (const [factor, x, y] of steps) view = zoomAt(view, factor, { x, y }, frame)
      expect(view.zoom).toBeGreaterThanOrEqual(1)
      expect(view.zoom).toBeLessThanOrEqual(MOST_ZOOM)
      expect(hold(view, frame)).toEqual(view)
      expect(Math.abs(view.x)).toBeLessThanOrEqual(Math.max(0, (frame.fitWidth * view.zoom - frame.width) / 2))
    },
  ))
})
