import { labelOf, decimal, placeOf, radiusOf, readGeoUri } from '../base/geo-uri'
import { fromGcj02 } from '../base/gcj02'
import type { LocationView } from '../contract/message'
import { malformed } from './mime'
import { writeDateTime } from './time'
import { child, escapeXml, readXml, type XmlElement } from './xml'

export const locationType = 'application/vnd.gsma.rcspushlocation+xml'

/** What goes round a place on the wire. */
export interface LocationFrame {
  /** Address of record of the sender. */
  from: string
  id: string
  /** ms since 1970. */
  sentAt: number
}

/**
 * GSMA RCC.07 3.2.6: a Circle, or a Point without a radius, by local names; the namespaces of phones differ.
 * @throws Fault `malformed` when no place on the earth is in it, `too-large`
 */
export function readLocation(input: string | Uint8Array): LocationView {
  const root = readXml(input, { size: 32_768, depth: 24 })
  const push = root.name === 'rcspushlocation' ? root : descendant(root, 'rcspushlocation') ?? root
  const around = descendant(push, 'location-info') ?? push
  const shape = descendant(around, 'Circle') ?? descendant(around, 'Point') ?? around
  const numbers = (descendant(shape, 'pos') ?? descendant(shape, 'coordinates'))?.text.trim().split(/[\s,]+/).map(Number) ?? []
  if (numbers.length < 2 || !numbers.every(Number.isFinite)) throw malformed('location', 'no position')
  const said = { latitude: numbers[0]!, longitude: numbers[1]! }
  const { latitude, longitude } = isGcj02(shape) && placeOf(said.latitude, said.longitude) ? fromGcj02(said) : said
  const place = placeOf(latitude, longitude)
  if (!place) throw malformed('location', 'a position that the earth does not have')
  const label = labelOf(push.attributes.get('label') ?? child(push, 'label')?.text)
  const radius = radiusIn(shape)
  return { ...place, ...(label !== undefined && { label }), ...(radius !== undefined && { radius }) }
}

/** The first element of that name, whichever depth; its own text only. */
function descendant(parent: XmlElement, name: string): XmlElement | undefined {
  for (const one of parent.children) {
    const found = one.name.toLowerCase() === name.toLowerCase() ? one : descendant(one, name)
    if (found) return found
  }
  return undefined
}

// COMPAT(China): EPSG has no number for GCJ-02, so those that send it in XML write its name.
const isGcj02 = (shape: XmlElement): boolean => /gcj-?02/i.test(shape.attributes.get('srsName') ?? '')

function radiusIn(shape: XmlElement): number | undefined {
  const text = descendant(shape, 'radius')?.text.trim() ?? ''
  return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? radiusOf(Number(text)) : undefined
}

/** In WGS 84 (EPSG 4326), without what would say how long it may be kept. */
export function writeLocation({ latitude, longitude, label, radius }: LocationView, { from, id, sentAt }: LocationFrame): string {
  const position = `<gml:pos>${decimal(latitude)} ${decimal(longitude)}</gml:pos>`
  const system = 'srsName="urn:ogc:def:crs:EPSG::4326"'
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + '<rcsenvelope xmlns="urn:gsma:params:xml:ns:rcs:rcs:geolocation" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"'
    + ' xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"'
    + ` entity="${escapeXml(from)}"><rcspushlocation id="${escapeXml(id)}"${label === undefined ? '' : ` label="${escapeXml(label)}"`}>`
    + '<gp:geopriv><gp:location-info>'
    + (radius === undefined
      ? `<gml:Point ${system}>${position}</gml:Point>`
      : `<gs:Circle ${system}>${position}<gs:radius uom="urn:ogc:def:uom:EPSG::9001">${decimal(radius)}</gs:radius></gs:Circle>`)
    + `</gp:location-info><gp:usage-rules/></gp:geopriv><timestamp>${writeDateTime(sentAt)}</timestamp></rcspushlocation></rcsenvelope>`
}

/** The place that a text is, where it is nothing else: China's chatbots send `geo:` URIs, and so do we to who takes no XML. */
export const locationInText = (text: string): LocationView | undefined => (/^\s*geo:/i.test(text) ? readGeoUri(text) : undefined)
