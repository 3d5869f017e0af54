import { onlyOrientation, readExif, upright } from './exif'
import { exifSegment } from './jpeg'
import type { PictureFormat } from './picture'
import { ascii, bytesOfAscii, hasAscii, viewOf, within } from './view'

const SIGNATURE = '\x89PNG\r\n\x1a\n'
/** What says how to draw it (PNG 3rd edition, 11), animation and colour; everything else may tell of the person. */
const needed = new Set([
  'IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'hIST', 'pHYs', 'sPLT', 'acTL', 'fcTL', 'fdAT',
])
const texts = new Set(['tEXt', 'zTXt', 'iTXt'])

interface Chunk {
  type: string
  /** Length, type, data and CRC. */
  bytes: Uint8Array
  data: Uint8Array
}

/** The chunks up to and with IEND, or to where the file ends. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = viewOf(bytes).getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) return
    const type = ascii(bytes, at + 4, 4)
    yield { type, bytes: bytes.subarray(at, end), data: bytes.subarray(at + 8, end - 4) }
    if (type === 'IEND') return
    at = end
  }
}

/** CRC of a chunk's type and data (PNG 3rd edition, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = viewOf(bytes)
  view.setUint32(0, data.length)
  bytes.set(bytesOfAscii(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

const isPng = (bytes: Uint8Array) => ascii(bytes, 0, SIGNATURE.length) === SIGNATURE

export const png: PictureFormat = {
  read(bytes) {
    if (!isPng(bytes) || ascii(bytes, 12, 4) !== 'IHDR') return undefined
    const size = within(() => ({ width: viewOf(bytes).getUint32(16), height: viewOf(bytes).getUint32(20) }))
    if (!size) return undefined
    let [orientation, hasLocation, isAnimated] = [1, false, false]
    for (const { type, data } of chunksOf(bytes)) {
      if (type === 'acTL') isAnimated = true
      else if (type === 'eXIf') {
        const exif = readExif(data)
        orientation = exif.orientation
        hasLocation ||= exif.hasLocation
      } else if (texts.has(type)) hasLocation ||= hasAscii(data, 'GPSLatitude')
    }
    return { type: 'image/png', ...size, orientation, isAnimated, hasLocation }
  },

  strip(bytes) {
    if (!isPng(bytes)) return undefined
    const kept = [bytes.subarray(0, SIGNATURE.length)]
    let [hasData, orientation] = [false, 1]
    for (const { type, bytes: whole, data } of chunksOf(bytes)) {
      if (type === 'eXIf') ({ orientation } = readExif(data))
      if (needed.has(type)) kept.push(whole)
      hasData ||= type === 'IDAT'
    }
    if (!hasData) return undefined
    // After IHDR, which is always the first.
    if (orientation !== 1) kept.splice(2, 0, chunk('eXIf', onlyOrientation(orientation)))
    return kept
  },

  about: (bytes) => [...chunksOf(bytes)].filter(({ type }) => type === 'eXIf').flatMap(({ data }) => exifSegment(upright(data)) ?? []),
}
