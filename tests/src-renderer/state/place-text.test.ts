import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toGcj02 } from '../../../src-main/base/gcj02'
import { readPlace } from '../../../src-renderer/state/place-text'

const beijing = { latitude: 39.9042, longitude: 116.4074 }
const china = toGcj02(beijing)
const near = ({ latitude, longitude, label }: { latitude: number; longitude: number; label?: string }) =>
  ({ latitude: expect.closeTo(latitude, 4), longitude: expect.closeTo(longitude, 4), ...(label !== undefined && { label }) })

describe('a place that is typed or pasted', () => {
  it.each([
    '39.9042, 116.4074', '39.9042,116.4074', '39.9042 116.4074', '39.9042； 116.4074', '３９.９０４２，１１６.４０７４', '+39.9042 , +116.4074',
    '39.9042° N, 116.4074° E', 'N39.9042 E116.4074', '116.4074E 39.9042N', '北纬39.9042 东经116.4074', '东经116.4074°，北纬39.9042°',
    '39°54\'15.12"N 116°24\'26.64"E', '39°54′15.12″N116°24′26.64″E', '39° 54.252\' N, 116° 24.444\' E', '北纬39度54分15.12秒，东经116度24分26.64秒',
    'geo:39.9042,116.4074', 'https://www.openstreetmap.org/?mlat=39.9042&mlon=116.4074#map=15/1/2', 'https://www.openstreetmap.org/#map=15/39.9042/116.4074',
    'https://www.google.com/maps/@39.9042,116.4074,15z', 'https://maps.google.com/?q=39.9042,116.4074', 'https://www.google.com/maps/search/?api=1&query=39.9042%2C116.4074',
    'https://www.google.com/maps/place/39%C2%B054\'15.1%22N+116%C2%B024\'26.6%22E/@1,2,17z/data=!3m1!4b1!4m4!3m3!8m2!3d39.9042!4d116.4074',
    'https://maps.apple.com/?ll=39.9042,116.4074', 'https://maps.apple.com/?q=39.9042,116.4074', `https://www.amap.com/?q=${china.latitude},${china.longitude}`,
    `https://uri.amap.com/marker?position=${china.longitude},${china.latitude}`, 'https://uri.amap.com/marker?position=116.4074,39.9042&coordinate=wgs84',
    '我在这里 https://www.openstreetmap.org/#map=15/39.9042/116.4074 等你',
  ])('reads %s', (text) => expect(readPlace(text)).toEqual(near(beijing)))

  it.each([
    ['https://www.google.com/maps/place/Eiffel+Tower/@1,2,17z/data=!3d48.8584!4d2.2945', { latitude: 48.8584, longitude: 2.2945, label: 'Eiffel Tower' }],
    ['https://maps.apple.com/?ll=48.8584,2.2945&q=Eiffel%20Tower', { latitude: 48.8584, longitude: 2.2945, label: 'Eiffel Tower' }],
    ['https://maps.apple.com/place?coordinate=48.8584,2.2945&name=Eiffel', { latitude: 48.8584, longitude: 2.2945, label: 'Eiffel' }],
    [`https://uri.amap.com/marker?position=${china.longitude},${china.latitude}&name=%E5%85%AC%E5%8F%B8`, { ...beijing, label: '公司' }],
    [`https://www.amap.com/?p=B000A83M61,${china.latitude},${china.longitude},%E5%85%AC%E5%8F%B8,%E8%B7%AF`, { ...beijing, label: '公司' }],
    ['geo:48.8584,2.2945;rcs-l=Tower', { latitude: 48.8584, longitude: 2.2945, label: 'Tower' }],
    ['33°51\'24.5"S 151°12\'55.1"E', { latitude: -33.856806, longitude: 151.215306 }],
    ['-33.8568, -70.5', { latitude: -33.8568, longitude: -70.5 }], ['西经70.5 南纬33.8568', { latitude: -33.8568, longitude: -70.5 }],
  ])('reads %s with what it says', (text, place) => expect(readPlace(text)).toEqual(near(place)))

  it.each([
    '', 'home', '39.9042', '1234', '91, 0', '0, 181', '39°61\'N 116°E', '39N 40N', '39E 40E', '1, 2, 3', '39.9042.116.4074', 'https://maps.app.goo.gl/abc',
    'https://example.com/?q=39.9,116.4', 'https://google.evil.example/maps/@39.9,116.4,3z', 'https://maps.apple.com/?q=home', 'geo:1', 'geo:91,0', `${'1'.repeat(5_000)}, 2`,
    'https://www.amap.com/?q=x', 'https://uri.amap.com/marker?position=',
  ])('finds none in %j', (text) => expect(readPlace(text)).toBeUndefined())

  it('answers quickly and never throws, whatever is pasted', () => {
    const pieces = fc.array(fc.constantFrom('39', '.9', '°', '\'', '"', ' ', ',', 'N', 'E', '-', '北纬', 'https://www.google.com/maps/', '@', '!3d', '%', 'geo:', '?q=', '，'), { maxLength: 400 })
    fc.assert(fc.property(fc.oneof(fc.string(), pieces.map((all) => all.join(''))), (text) => void readPlace(text)))
  })
})
