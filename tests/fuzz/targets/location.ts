import { readGeoUri, writeGeoUri } from '../../../src-main/base/geo-uri'
import { readLocation, writeLocation } from '../../../src-main/rcs/location'
import { mustEqual, refusing, type Target } from '../target'
import { xmlWords } from './words'

const frame = { from: 'sip:alice@lab.test', id: 'fuzz-1', sentAt: 1.7e12 }
const uris = ['geo:39.9042,116.4074;crs=gcj02;u=10;rcs-l=%E5%85%AC%E5%8F%B8', 'geo:-33.8568,151.2153,12;u=35', 'geo:1, 2;rcs-l=a%20b;x']

/** Places: GSMA's XML and RFC 5870. */
export const location: Target = {
  seeds: () => [
    writeLocation({ latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 }, frame), writeLocation({ latitude: -33.8568, longitude: 151.2153 }, frame),
    '<rcspushlocation><Circle srsName="gcj02"><pos>72.0041 30</pos><radius>7.5</radius></Circle></rcspushlocation>', ...uris,
  ].map((text) => Buffer.from(text)),
  dictionary: [
    ...xmlWords, 'geo:', ';crs=gcj02', ';crs=wgs84', ';u=', ';rcs-l=', '%E5', ',', '72.004', '137.8347', '55.8271', '90', '-180', '180.0000001', '-0',
    '<pos>', '</pos>', '<radius>', '<Circle>', '<Point>', 'srsName="GCJ-02"', 'label="',
  ],
  run(input) {
    const xml = refusing(() => readLocation(input))
    if (xml) mustEqual('a place in XML', readLocation(writeLocation(xml, frame)), xml)
    const uri = refusing(() => readGeoUri(Buffer.from(input).toString()))
    const again = uri && writeGeoUri(uri)
    // A label of percent signs becomes longer than a URI may be.
    if (again && again.length <= 2_048) mustEqual('a geo: URI', readGeoUri(again), uri)
  },
}
