import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, labelOf, readGeoUri, writeGeoUri } from '../../src-main/base/geo-uri'

describe('geo: URIs', () => {
  it.each([
    ['geo:48.2010,16.3695', { latitude: 48.201, longitude: 16.3695 }],
    ['GEO:-33.8568,151.2153;U=35', { latitude: -33.8568, longitude: 151.2153, radius: 35 }],
    ['geo:48.198634,16.371648,183;crs=wgs84;u=40', { latitude: 48.198634, longitude: 16.371648, radius: 40 }],
    [' geo:50, 60;crs=WGS84;rcs-l=Home%20\n', { latitude: 50, longitude: 60, label: 'Home' }],
    ['geo:-0,-180;l=x;l=y', { latitude: 0, longitude: -180, label: 'x' }],
    ['geo:1,2;rcs-l=%E5%85', { latitude: 1, longitude: 2, label: '%E5%85' }],
    ['geo:1,2;u=nan;rcs-l=', { latitude: 1, longitude: 2 }],
  ])('reads %j', (uri, place) => expect(readGeoUri(uri)).toEqual(place))

  it('converts what China’s chatbots send', () => {
    const place = readGeoUri('geo:39.9042,116.4074;crs=gcj02;u=10;rcs-l=%E5%85%AC%E5%8F%B8')!
    expect(place).toMatchObject({ label: '公司', radius: 10 })
    expect(place.latitude).toBeCloseTo(39.9027967, 5)
    expect(place.longitude).toBeCloseTo(116.4011577, 5)
  })

  it.each([
    'geo:', 'geo:1', 'geo:91,0', 'geo:0,180.1', 'geo:1,2 is where I am', 'see geo:1,2', 'geo:1e2,3', 'geo:1,2;crs=moon', 'geo:999,1;crs=gcj02',
    'geo:NaN,1', `geo:1,2;rcs-l=${'x'.repeat(3_000)}`, 'geo://1,2', 'geo:1,2\ngeo:3,4',
  ])('takes %j for no place', (text) => expect(readGeoUri(text)).toBeUndefined())

  it('reads back what it writes', () => {
    const place = fc.record({
      latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }).map((n) => n / 1e7), longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }).map((n) => n / 1e7),
      label: fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => labelOf(text)), { nil: undefined }), radius: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
    })
    fc.assert(fc.property(place, ({ label, radius, latitude, longitude }) => {
      // What has percent signs three times as long as it may be is no place; a label is bounded before it comes here.
      const whole = { latitude: latitude + 0, longitude: longitude + 0, ...(label !== undefined && { label }), ...(radius !== undefined && { radius }) }
      const uri = writeGeoUri(whole)
      if (uri.length <= 2_048) expect(readGeoUri(uri)).toEqual(whole)
    }))
  })

  it('writes numbers without exponents and without a sign before nothing', () => {
    expect([1e-7, -1e-9, 100, 0.1 + 0.2, -12.5].map(decimal)).toEqual(['0.0000001', '0', '100', '0.3', '-12.5'])
  })

  it('makes a label one line of at most 200 characters', () => {
    expect(labelOf(' a\u0000b\r\nc\u2028d ')).toBe('a b c d')
    expect([...labelOf('🗺️'.repeat(300))!].length).toBe(200)
    expect(labelOf('\n\t')).toBeUndefined()
  })
})
