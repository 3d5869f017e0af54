import { onlyOrientation, readExif, upright } from './exif'
import type { PictureFormat } from './picture'
import { ascii, bytesOfAscii, hasAscii, viewOf, within } from './view'

const [SOI, EOI, SOS, APP0, APP1, APP2, APP14, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xee, 0xfe]
const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/xap/1.0/\0'

/** A marker segment (ITU-T T.81 B.1.1.4) with its marker; that of a scan has the coded data after it too. */
interface Segment {
  marker: number
  /** All of it. */
  bytes: Uint8Array
  /** What stands after marker and length. */
  body: Uint8Array
}

/** The segments after SOI up to and with EOI; it ends early where the file does, or is none. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 1 < bytes.length;) {
    if (bytes[at] !== 0xff) return
    const start = at
    while (bytes[at] === 0xff) at++
    const marker = bytes[at++]!
    if (marker === EOI) return yield { marker, bytes: bytes.subarray(start, at), body: bytes.subarray(at, at) }
    if (at + 2 > bytes.length) return
    const body = at + 2
    const end = at + viewOf(bytes).getUint16(at)
    at = marker === SOS ? endOfScan(bytes, end) : end
    if (end < body || end > bytes.length) return
    yield { marker, bytes: bytes.subarray(start, at), body: bytes.subarray(body, end) }
  }
}

/** Where the next marker stands that is no stuffed byte and no restart (T.81 B.1.1.5). */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const says = (segment: Segment, name: string) => ascii(segment.body, 0, name.length) === name
const isExif = (segment: Segment) => segment.marker === APP1 && says(segment, EXIF)
const isXmp = (segment: Segment) => segment.marker === APP1 && says(segment, XMP)
const exifOf = (segment: Segment) => segment.body.subarray(EXIF.length)

/** What the decoder needs: no comment, and of the application's segments only JFIF, the colour profile and Adobe's transform. */
function isNeeded(segment: Segment): boolean {
  const { marker } = segment
  if (marker === COM) return false
  if (marker < APP0 || marker > 0xef) return true
  return (marker === APP0 && says(segment, 'JFIF\0')) || (marker === APP2 && says(segment, 'ICC_PROFILE\0')) || (marker === APP14 && says(segment, 'Adobe'))
}

/** EXIF in a segment of a JPEG; undefined where it is too long for one. */
export function exifSegment(tiff: Uint8Array): Uint8Array | undefined {
  const length = 2 + EXIF.length + tiff.length
  if (length > 0xffff) return undefined
  const segment = new Uint8Array(2 + length)
  segment.set([0xff, APP1, length >> 8, length & 0xff])
  segment.set(bytesOfAscii(EXIF), 4)
  segment.set(tiff, 4 + EXIF.length)
  return segment
}

const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff

/** A JPEG with these segments after its SOI and JFIF segment. */
export function withSegments(bytes: Uint8Array, more: readonly Uint8Array[]): Uint8Array[] {
  const [first] = segmentsOf(bytes)
  const at = first?.marker === APP0 ? 2 + first.bytes.length : 2
  return [bytes.subarray(0, at), ...more, bytes.subarray(at)]
}

export const jpeg: PictureFormat = {
  read(bytes) {
    if (!isJpeg(bytes)) return undefined
    let [orientation, hasLocation] = [1, false]
    for (const segment of segmentsOf(bytes)) {
      if (isExif(segment)) {
        const exif = readExif(exifOf(segment))
        orientation = exif.orientation
        hasLocation ||= exif.hasLocation
      } else if (isXmp(segment)) hasLocation ||= hasAscii(segment.body, 'GPSLatitude')
      else if (isFrame(segment.marker)) {
        const size = within(() => ({ height: viewOf(segment.body).getUint16(1), width: viewOf(segment.body).getUint16(3) }))
        return size && { type: 'image/jpeg', ...size, orientation, isAnimated: false, hasLocation }
      }
    }
    return undefined
  },

  /** What stands after EOI goes too: further pictures and videos, which bring metadata of their own. */
  strip(bytes) {
    const kept: Uint8Array[] = [bytes.subarray(0, 2)]
    let hasScan = false
    let orientation = 1
    for (const segment of segmentsOf(bytes)) {
      if (isExif(segment)) ({ orientation } = readExif(exifOf(segment)))
      if (isNeeded(segment)) kept.push(segment.bytes)
      hasScan ||= segment.marker === SOS
    }
    if (!isJpeg(bytes) || !hasScan) return undefined
    if (orientation !== 1) kept.splice(kept[1]![1] === APP0 ? 2 : 1, 0, exifSegment(onlyOrientation(orientation))!)
    return kept
  },

  about(bytes) {
    const about: Uint8Array[] = []
    for (const segment of segmentsOf(bytes)) {
      if (isExif(segment)) about.push(exifSegment(upright(exifOf(segment)))!)
      else if (isXmp(segment)) about.push(segment.bytes)
      if (segment.marker === SOS) break
    }
    return about
  },
}
