import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPayload, writePlace, writePlaceAsText } from '../../src-main/rcs/content'
import { locationInText, locationType, readLocation, writeLocation } from '../../src-main/rcs/location'
import { readXml } from '../../src-main/rcs/xml'
import { bytes, faultOf } from './captures'

/** rcs.md section 3. */
const office = `<?xml version="1.0" encoding="UTF-8"?>
<rcsenvelope xmlns="urn:gsma:params:xml:ns:rcs:rcs:geolocation" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="tel:+8613800000001">
 <rcspushlocation id="a123" label="公司">
  <rpid:place-type rpid:until="2024-03-06T00:00:00Z"/>
  <rpid:time-offset rpid:until="2024-03-06T00:00:00Z">480</rpid:time-offset>
  <gp:geopriv><gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>39.9042 116.4074</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">10</gs:radius></gs:Circle></gp:location-info><gp:usage-rules><gp:retention-expiry>2024-03-06T00:00:00Z</gp:retention-expiry></gp:usage-rules></gp:geopriv>
  <timestamp>2024-03-05T08:12:31Z</timestamp>
 </rcspushlocation>
</rcsenvelope>`
const frame = { from: 'sip:mei@office.example', id: 'm<&>1', sentAt: 1_700_000_000_000 }

describe('geolocation push', () => {
  it('reads what a phone sends', () => {
    expect(readLocation(office)).toEqual({ latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 })
  })

  it.each([
    ['a Point', office.replaceAll('gs:Circle', 'gml:Point').replace(/<gs:radius.*radius>/, ''), { latitude: 39.9042, longitude: 116.4074, label: '公司' }],
    ['other namespaces', '<a><rcspushlocation><x><circle><pos>1\n2</pos><radius>7.5</radius></circle></x></rcspushlocation></a>', { latitude: 1, longitude: 2, radius: 7.5 }],
    ['no envelope, a label of its own, three numbers', '<rcspushlocation><label>Home\n1</label><pos>-1.5, 2 30</pos></rcspushlocation>', { latitude: -1.5, longitude: 2, label: 'Home 1' }],
    ['a radius that is none', '<p><Circle><pos>1 2</pos><radius>-3</radius></Circle></p>', { latitude: 1, longitude: 2 }],
  ])('is lenient: %s', (_, xml, place) => expect(readLocation(xml)).toEqual(place))

  it('converts GCJ-02 that says so', () => {
    const { latitude, longitude } = readLocation(office.replace('urn:ogc:def:crs:EPSG::4326', 'GCJ02'))
    expect([latitude, longitude]).toEqual([expect.closeTo(39.9027967, 5), expect.closeTo(116.4011577, 5)])
  })

  it.each(['<a/>', '<a><pos/></a>', '<a><pos>1</pos></a>', '<a><pos>x y</pos></a>', '<a><pos>91 0</pos></a>', '<a><pos>0 -180.5</pos></a>', '<a><pos>NaN Infinity</pos></a>', 'no xml', '<a><pos>1 2</pos>'])(
    'refuses %s', (xml) => expect(faultOf(() => readLocation(xml))).toBe('malformed'))

  it('reads back what it writes, in CPIM and as a text', () => {
    for (const location of [{ latitude: -33.8568, longitude: 151.2153 }, { latitude: 39.9, longitude: 116.4, label: '<公司> & "Co"', radius: 10 }]) {
      expect(readLocation(writeLocation(location, frame))).toEqual(location)
      const xml = readPayload(writePlace({ location, to: 'sip:lan@office.example', ...frame, id: 'm1' }))
      expect(xml.parts).toEqual([{ kind: 'location', location }])
      expect(xml.cpim?.messageId).toBe('m1')
      const [text] = readPayload(writePlaceAsText({ location, to: 'sip:lan@office.example', ...frame, id: 'm1' })).parts
      expect(text?.kind === 'text' && locationInText(text.text)).toEqual(location)
    }
  })

  it('writes a Circle only with a radius, and who sends it', () => {
    const xml = readXml(writeLocation({ latitude: 1, longitude: 2 }, frame))
    expect(xml.attributes.get('entity')).toBe(frame.from)
    expect(xml.children[0]!.attributes.get('id')).toBe(frame.id)
    expect(writeLocation({ latitude: 1, longitude: 2 }, frame)).toContain('gml:Point')
    expect(writeLocation({ latitude: 1, longitude: 2, radius: 0 }, frame)).toContain('gs:Circle')
  })

  it('is of its own type in a payload', () => {
    expect(readPayload({ contentType: locationType, body: bytes(office) }).parts[0]).toMatchObject({ kind: 'location', location: { label: '公司' } })
  })

  it('throws only faults, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((inner) => `<a><pos>${inner}</pos></a>`)), (text) => void faultOf(() => readLocation(text))))
  })
})
