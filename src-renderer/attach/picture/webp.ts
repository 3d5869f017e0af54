import { onlyOrientation, readExif, upright } from './exif'
import { exifSegment } from './jpeg'
import type { PictureFormat } from './picture'
import { ascii, bytesOfAscii, hasAscii, viewOf, within } from './view'

const needed = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const [HAS_EXIF, HAS_XMP, HAS_ANIMATION] = [0x08, 0x04, 0x02]

/** A chunk of the RIFF file (RFC 9649 2.3) with its padding. */
interface Chunk {
  type: string
  bytes: Uint8Array
  data: Uint8Array
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes)
  const end = Math.min(bytes.length, 8 + view.getUint32(4, true))
  for (let at = 12; at + 8 <= end;) {
    const size = view.getUint32(at + 4, true)
    if (at + 8 + size > bytes.length) return
    const next = at + 8 + size + (size & 1)
    yield { type: ascii(bytes, at, 4), bytes: bytes.subarray(at, Math.min(next, bytes.length)), data: bytes.subarray(at + 8, at + 8 + size) }
    at = next
  }
}

/** RFC 9649 2.7.1.5 says bare TIFF; many writers put JPEG's `Exif` before it. */
const tiffOf = (data: Uint8Array) => (ascii(data, 0, 6) === 'Exif\0\0' ? data.subarray(6) : data)

const isWebp = (bytes: Uint8Array) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP'

/** Width and height as the first chunk tells them: extended (RFC 9649 2.7.1), lossless (3.4) or lossy (RFC 6386 9.1). */
function sizeOf({ type, data }: Chunk): { width: number; height: number } | undefined {
  const view = viewOf(data)
  const three = (at: number) => view.getUint16(at, true) | (data[at + 2]! << 16)
  switch (type) {
    case 'VP8X': return { width: 1 + three(4), height: 1 + three(7) }
    case 'VP8L': {
      const bits = view.getUint32(1, true)
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
    }
    case 'VP8 ': return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
    default: return undefined
  }
}

export const webp: PictureFormat = {
  read(bytes) {
    if (!isWebp(bytes)) return undefined
    return within(() => {
      const [first] = chunksOf(bytes)
      const size = first && sizeOf(first)
      if (!size) return undefined
      let [orientation, hasLocation] = [1, false]
      for (const { type, data } of chunksOf(bytes)) {
        if (type === 'EXIF') {
          const exif = readExif(tiffOf(data))
          orientation = exif.orientation
          hasLocation ||= exif.hasLocation
        } else if (type === 'XMP ') hasLocation ||= hasAscii(data, 'GPSLatitude')
      }
      return { type: 'image/webp' as const, ...size, orientation, isAnimated: first.type === 'VP8X' && (first.data[0]! & HAS_ANIMATION) > 0, hasLocation }
    })
  },

  strip(bytes) {
    if (!isWebp(bytes)) return undefined
    const kept: Uint8Array[] = []
    let orientation = 1
    for (const { type, bytes: whole, data } of chunksOf(bytes)) {
      if (type === 'EXIF') ({ orientation } = readExif(tiffOf(data)))
      if (needed.has(type)) kept.push(whole.length & 1 ? joined([whole, new Uint8Array(1)]) : whole)
    }
    if (kept.length === 0) return undefined
    if (ascii(kept[0]!, 0, 4) === 'VP8X') {
      const head = kept[0]!.slice()
      head[8] = (head[8]! & ~(HAS_EXIF | HAS_XMP)) | (orientation === 1 ? 0 : HAS_EXIF)
      kept[0] = head
      if (orientation !== 1) kept.push(exifChunk(onlyOrientation(orientation)))
    }
    const head = bytes.slice(0, 12)
    viewOf(head).setUint32(4, 4 + kept.reduce((sum, part) => sum + part.length, 0), true)
    return [head, ...kept]
  },

  about: (bytes) => [...chunksOf(bytes)].filter(({ type }) => type === 'EXIF').flatMap(({ data }) => exifSegment(upright(tiffOf(data))) ?? []),
}

function exifChunk(tiff: Uint8Array): Uint8Array {
  const head = new Uint8Array(8)
  head.set(bytesOfAscii('EXIF'))
  viewOf(head).setUint32(4, tiff.length, true)
  return joined([head, tiff])
}

/** Parts as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
