import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromGcj02, toGcj02, type Degrees } from '../../src-main/base/gcj02'

/** Metres between two places that are near each other. */
const apart = (one: Degrees, other: Degrees): number =>
  Math.hypot((one.latitude - other.latitude) * 111_320, (one.longitude - other.longitude) * 111_320 * Math.cos(one.latitude * Math.PI / 180))

describe('GCJ-02', () => {
  // WGS 84 of the same GCJ-02 places as gcoord 1.0.7 gives it.
  it.each([
    ['Beijing', { latitude: 39.9042, longitude: 116.4074 }, { latitude: 39.90279665683494, longitude: 116.40115774621196 }],
    ['Shanghai', { latitude: 31.2304, longitude: 121.4737 }, { latitude: 31.23232927151486, longitude: 121.46916230821292 }],
    ['Urumqi', { latitude: 43.8, longitude: 87.6 }, { latitude: 43.79878796970792, longitude: 87.59716102772838 }],
  ])('%s is where others say that it is', (_, chinese, world) => {
    expect(apart(fromGcj02(chinese), world)).toBeLessThan(0.2)
    expect(apart(chinese, world)).toBeGreaterThan(150)
  })

  it.each([[48.8584, 2.2945], [-33.8568, 151.2153], [0, 0], [-90, -180]])('outside China nothing moves: %d, %d', (latitude, longitude) => {
    expect(fromGcj02({ latitude, longitude })).toEqual({ latitude, longitude })
    expect(toGcj02({ latitude, longitude })).toEqual({ latitude, longitude })
  })

  it('goes there and back within a centimetre, wherever in China', () => {
    fc.assert(fc.property(fc.double({ min: 4, max: 53, noNaN: true }), fc.double({ min: 74, max: 134, noNaN: true }), (latitude, longitude) => {
      expect(apart(fromGcj02(toGcj02({ latitude, longitude })), { latitude, longitude })).toBeLessThan(0.01)
    }))
  })

  it('comes to an end at the edge, where the inverse crosses it', () => {
    fc.assert(fc.property(fc.constantFrom([72.0041, 30], [72.004, 55.8271], [137.8347, 0.8293], [137.83, 40], [100, 55.827]), ([longitude, latitude]) => {
      const found = fromGcj02({ latitude: latitude!, longitude: longitude! })
      expect(apart(found, { latitude: latitude!, longitude: longitude! })).toBeLessThan(3_000)
    }))
  })
})
