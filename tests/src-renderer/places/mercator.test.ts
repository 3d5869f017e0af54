import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inDegrees, metresBetween, moved, onMap, tilesFor } from '../../../src-renderer/places/mercator'

describe('the map', () => {
  it('has the tiles that OpenStreetMap has', () => {
    // The Brandenburg Gate is in tile 17/70402/42986.
    const { x, y } = onMap({ latitude: 52.51628, longitude: 13.37771 })
    expect([Math.floor(x * 2 ** 17), Math.floor(y * 2 ** 17)]).toEqual([70406, 42987])
  })

  it('goes there and back', () => {
    fc.assert(fc.property(fc.double({ min: -85, max: 85, noNaN: true }), fc.double({ min: -180, max: 179.99, noNaN: true }), (latitude, longitude) => {
      const back = inDegrees(onMap({ latitude, longitude }))
      expect(back.latitude).toBeCloseTo(latitude, 6)
      expect(back.longitude).toBeCloseTo(longitude, 6)
    }))
  })

  it('fills the box, round the date line, and ends in the north', () => {
    const tiles = tilesFor({ latitude: 84.9, longitude: 179.9 }, 4, 600, 400)
    expect(tiles.every(({ x, y }) => x >= 0 && x < 16 && y >= 0 && y < 16)).toBe(true)
    expect(new Set(tiles.map(({ x }) => x))).toEqual(new Set([14, 15, 0, 1].filter((x) => tiles.some((tile) => tile.x === x))))
    expect(new Set(tiles.map(({ key }) => key)).size).toBe(tiles.length)
    const inside = tilesFor({ latitude: 30, longitude: 120 }, 15, 300, 150)
    for (const [left, top] of [[0, 0], [299, 149]] as const) {
      expect(inside.some((tile) => tile.left <= left && left < tile.left + 256 && tile.top <= top && top < tile.top + 256)).toBe(true)
    }
  })

  it('is moved by pixels, and never leaves the earth', () => {
    const start = { latitude: 30, longitude: 179.99 }
    const east = moved(start, 10, 512, 0)
    expect(east.longitude).toBeCloseTo(-180 + (512 / (1024 * 256)) * 360 - 0.01, 5)
    expect(moved({ latitude: 85, longitude: 0 }, 2, 0, -5_000).latitude).toBeLessThan(85.06)
    const back = moved(moved(start, 12, 33, -71), 12, -33, 71)
    expect([back.latitude, back.longitude]).toEqual([expect.closeTo(30, 6), expect.closeTo(179.99, 6)])
  })

  it('measures what others measure: Beijing to Shanghai, and half round the earth', () => {
    expect(metresBetween({ latitude: 39.9042, longitude: 116.4074 }, { latitude: 31.2304, longitude: 121.4737 }) / 1_000).toBeCloseTo(1_067, -1)
    expect(metresBetween({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 }) / 1_000).toBeCloseTo(20_015, 0)
    expect(metresBetween({ latitude: 1, longitude: 1 }, { latitude: 1, longitude: 1 })).toBe(0)
  })
})
