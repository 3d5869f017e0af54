import { fromGcj02 } from '../../src-main/base/gcj02'
import { labelOf, placeOf, readGeoUri } from '../../src-main/base/geo-uri'
import type { LocationView } from '../../src-main/contract/message'

const longest = 4_000

/**
 * The place that a person typed or pasted: a `geo:` URI, a link of OpenStreetMap, Google, Apple or Amap, decimal degrees, or
 * degrees, minutes and seconds; latitude first unless the letters say otherwise. Undefined for anything else.
 */
export function readPlace(text: string): LocationView | undefined {
  if (text.length > longest) return undefined
  const typed = plain(text).trim()
  if (/^geo:/i.test(typed)) return readGeoUri(typed)
  const link = /https?:\/\/[^\s"<>]+/i.exec(typed)?.[0]
  return link === undefined ? readAngles(typed) : readLink(link)
}

/** Full-width letters, digits and signs in their ordinary form; NFKC would take the primes of minutes and seconds apart. */
const plain = (text: string): string => text
  .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0)).replace(/[\u3001\u3000]/g, ' ')

const made = (latitude: number, longitude: number, label?: string | null): LocationView | undefined => {
  const place = placeOf(latitude, longitude)
  const name = labelOf(label ?? undefined)
  return place && { ...place, ...(name !== undefined && { label: name }) }
}

// A side in letters, degrees, and minutes and seconds where there are any; the side may stand behind as well.
const angle = String.raw`(?<side>[NSEW]|北纬|南纬|东经|西经)?\s*(?<degrees>[-+]?\d{1,3}(?:\.\d{1,20})?)\s*[°度]?\s*`
  + String.raw`(?:(?<minutes>\d{1,2}(?:\.\d{1,20})?)\s*['′’分]\s*(?:(?<seconds>\d{1,2}(?:\.\d{1,20})?)\s*(?:["″”秒]|''|′′)\s*)?)?(?<behind>[NSEW])?`
const angles = new RegExp(`^${angle}[\\s,;]*(?<![\\d.])${angle.replaceAll('(?<', '(?<other_').replace('(?<other_![', '(?<![')}$`, 'i')
const sides: Readonly<Record<string, 'N' | 'S' | 'E' | 'W'>> = { 北纬: 'N', 南纬: 'S', 东经: 'E', 西经: 'W' }

function readAngles(text: string): LocationView | undefined {
  const groups = angles.exec(text)?.groups
  if (!groups) return undefined
  const one = readAngle(groups, '')
  const other = readAngle(groups, 'other_')
  if (!one || !other) return undefined
  const isTurned = one.isEastWest === true || other.isEastWest === false
  const [north, east] = isTurned ? [other, one] : [one, other]
  return north.isEastWest === true || east.isEastWest === false ? undefined : made(north.value, east.value)
}

function readAngle(groups: Record<string, string | undefined>, prefix: string): { value: number; isEastWest?: boolean } | undefined {
  const number = (name: string) => Number(groups[prefix + name] ?? 0)
  const [degrees, minutes, seconds] = [number('degrees'), number('minutes'), number('seconds')]
  if (minutes >= 60 || seconds >= 60) return undefined
  const said = (groups[`${prefix}side`] ?? groups[`${prefix}behind`])?.toUpperCase()
  const side = said === undefined ? undefined : sides[said] ?? said
  const size = Math.abs(degrees) + minutes / 60 + seconds / 3_600
  const isBelow = groups[`${prefix}degrees`]!.startsWith('-') !== (side === 'S' || side === 'W')
  return { value: isBelow ? -size : size, ...(side !== undefined && { isEastWest: side === 'E' || side === 'W' }) }
}

const pair = /^\s*([-+]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*([-+]?\d{1,3}(?:\.\d{1,20})?)\s*(?:,\s*(.*))?$/s
/** `latitude,longitude` and what stands behind them. */
function readPair(text: string | null | undefined, label?: string | null): LocationView | undefined {
  const found = text === null || text === undefined ? null : pair.exec(text)
  return found ? made(Number(found[1]), Number(found[2]), label ?? found[3]) : undefined
}

function readLink(link: string): LocationView | undefined {
  let url: URL
  try {
    url = new URL(link)
  } catch {
    return undefined
  }
  const host = url.hostname.toLowerCase()
  const of = (domain: string) => host === domain || host.endsWith(`.${domain}`)
  if (of('openstreetmap.org') || of('osm.org')) return readOpenStreetMap(url)
  if (of('amap.com') || of('gaode.com')) return readAmap(url)
  if (of('apple.com')) return readApple(url)
  return /(^|\.)google\.[a-z.]{2,6}$/.test(host) ? readGoogle(url) : undefined
}

function readOpenStreetMap({ searchParams, hash }: URL): LocationView | undefined {
  const [latitude, longitude] = [searchParams.get('mlat'), searchParams.get('mlon')]
  if (latitude !== null && longitude !== null) return readPair(`${latitude},${longitude}`)
  const [, north, east] = /^#map=\d{1,2}(?:\.\d+)?\/([-\d.]+)\/([-\d.]+)/.exec(hash) ?? []
  return readPair(`${north},${east}`)
}

function readGoogle(url: URL): LocationView | undefined {
  const path = decoded(url.pathname)
  const named = /\/place\/([^/@]+)/.exec(path)?.[1]?.replaceAll('+', ' ')
  const label = named !== undefined && !readAngles(named) ? named : undefined
  // `!3d…!4d…` is the place itself, `@` what the map shows.
  const [, north, east] = /!3d([-\d.]+)!4d([-\d.]+)/.exec(path + url.search) ?? /\/@([-\d.]+),([-\d.]+)/.exec(path) ?? []
  if (north !== undefined) return readPair(`${north},${east}`, label)
  const { searchParams } = url
  for (const name of ['q', 'query', 'll', 'destination', 'center']) {
    const found = readPair(searchParams.get(name)?.replace(/^loc:/, ''))
    if (found) return found
  }
  return named === undefined ? undefined : readAngles(named)
}

function readApple({ searchParams }: URL): LocationView | undefined {
  const label = searchParams.get('name') ?? searchParams.get('q')
  const at = ['coordinate', 'll', 'sll', 'daddr'].map((name) => searchParams.get(name)).find((text) => readPair(text))
  return at === undefined ? readPair(searchParams.get('q')) : readPair(at, readPair(label) ? undefined : label)
}

/** Amap counts in GCJ-02 and, where it says `position`, has the longitude first. */
function readAmap({ searchParams }: URL): LocationView | undefined {
  const [longitude, latitude] = searchParams.get('position')?.split(',') ?? []
  const [, ...fields] = searchParams.get('p')?.split(',') ?? []
  const found = latitude !== undefined ? readPair(`${latitude},${longitude}`, searchParams.get('name'))
    : readPair(fields.length > 1 ? fields.slice(0, 3).join(',') : searchParams.get('q'), searchParams.get('name'))
  return found && searchParams.get('coordinate') !== 'wgs84' ? { ...found, ...made(...inWgs84(found)) } : found
}

const inWgs84 = (place: LocationView): [number, number] => {
  const { latitude, longitude } = fromGcj02(place)
  return [latitude, longitude]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
