import type { LocationView } from '../contract/message'
import { fromGcj02 } from './gcj02'

/** Longer ones are no places; a label has up to `longestLabel` characters. */
const longest = 2_048
const longestLabel = 200
const coordinate = String.raw`-?\d{1,3}(?:\.\d{1,20})?`
// RFC 5870 3.3: coordinates, an altitude, parameters. COMPAT(bots): a blank after the comma.
const shape = new RegExp(String.raw`^geo:(${coordinate}),\s?(${coordinate})(?:,${coordinate})?((?:;[^\s;]*)*)$`, 'i')

/** A place, or undefined where a number is beyond what the earth has. */
export function placeOf(latitude: number, longitude: number): Pick<LocationView, 'latitude' | 'longitude'> | undefined {
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isOnEarth ? { latitude: rounded(latitude), longitude: rounded(longitude) } : undefined
}

/** Seven digits are a centimetre; -0 is 0. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7 + 0

/** What a place may be called: one line of ordinary characters; undefined when nothing is left. */
export function labelOf(text: string | undefined): string | undefined {
  const line = (text ?? '').toWellFormed().replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
  return line === '' ? undefined : [...line].slice(0, longestLabel).join('').trim()
}

/** How far off it may be, m; undefined for what is no distance on the earth. */
export const radiusOf = (metres: number): number | undefined =>
  (metres >= 0 && metres <= 1e7 ? Math.round(metres * 100) / 100 : undefined)

/**
 * RFC 5870, with the label `rcs-l` of GSMA RCC.07 3.2.6 and the system `gcj02` of China's chatbots, which is converted. Undefined
 * for what is no `geo:` URI from its first character to its last, or of a system that is not known.
 */
export function readGeoUri(text: string): LocationView | undefined {
  const found = text.length <= longest ? shape.exec(text.trim()) : null
  if (!found) return undefined
  const params = readParams(found[3]!)
  const said = { latitude: Number(found[1]), longitude: Number(found[2]) }
  const system = params.get('crs')?.toLowerCase() ?? 'wgs84'
  if (system !== 'wgs84' && system !== 'gcj02') return undefined
  const { latitude, longitude } = system === 'gcj02' && placeOf(said.latitude, said.longitude) ? fromGcj02(said) : said
  const place = placeOf(latitude, longitude)
  if (!place) return undefined
  const label = labelOf(params.get('rcs-l') ?? params.get('l'))
  const off = params.get('u')
  const radius = off !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(off) ? radiusOf(Number(off)) : undefined
  return { ...place, ...(label !== undefined && { label }), ...(radius !== undefined && { radius }) }
}

/** The first of each name counts, RFC 5870 3.3. */
function readParams(text: string): Map<string, string> {
  const params = new Map<string, string>()
  for (const param of text.split(';').slice(1)) {
    const equals = param.indexOf('=')
    const name = (equals < 0 ? param : param.slice(0, equals)).toLowerCase()
    if (!params.has(name)) params.set(name, equals < 0 ? '' : decode(param.slice(equals + 1)))
  }
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // What is no UTF-8 behind its per cent signs is shown as it came.
    return text
  }
}

/** In WGS 84, which needs no `crs`. RFC 5870 3.3: the uncertainty in metres; a label as GSMA's `rcs-l`. */
export function writeGeoUri({ latitude, longitude, label, radius }: LocationView): string {
  const off = radius === undefined ? '' : `;u=${decimal(radius)}`
  return `geo:${decimal(latitude)},${decimal(longitude)}${off}${label === undefined ? '' : `;rcs-l=${encodeURIComponent(label.toWellFormed())}`}`
}

/** A number without an exponent, seven digits behind the point at most. */
export function decimal(number: number): string {
  const text = number.toFixed(7).replace(/\.?0+$/, '')
  return text === '-0' ? '0' : text
}
