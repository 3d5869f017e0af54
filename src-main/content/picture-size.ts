import type { PictureType } from './sniff'

/** Pixels that are drawn at most: each takes four bytes of memory, however few the file has. Larger ones are saved, not drawn. */
const MOST_PIXELS = 50_000_000
/** The longest side, pixels. */
const LONGEST_SIDE = 32_767
/** Where a JPEG's or AVIF's size is looked for at most, in segments and bytes. */
const MOST_SEGMENTS = 2_000
const META = 64 * 1024

export interface PictureSize {
  width: number
  height: number
}

/** Reads `length` bytes from `at`; fewer at the end. */
export type ReadAt = (at: number, length: number) => Promise<Uint8Array>

/** A picture that cannot fill the memory of whoever draws it. */
export const canBeDrawn = ({ width, height }: PictureSize): boolean =>
  width > 0 && height > 0 && width * height <= MOST_PIXELS && Math.max(width, height) <= LONGEST_SIDE

/** How large a picture says it is, in pixels, from its head alone; undefined when that cannot be read. */
export async function pictureSize(type: PictureType, read: ReadAt): Promise<PictureSize | undefined> {
  if (type === 'image/jpeg') return jpegSize(read)
  const bytes = await read(0, type === 'image/avif' ? META : 32)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    switch (type) {
      case 'image/png': return { width: view.getUint32(16), height: view.getUint32(20) }
      case 'image/gif': return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
      case 'image/webp': return webpSize(view)
      case 'image/avif': return avifSize(view)
    }
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}

/** RFC 9649 2.5 to 2.7: a lossy, a lossless or an extended file. */
function webpSize(view: DataView): PictureSize | undefined {
  const chunk = String.fromCharCode(view.getUint8(12), view.getUint8(13), view.getUint8(14), view.getUint8(15))
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1
  return chunk === 'VP8X' ? { width: three(24), height: three(27) } : undefined
}

/** The largest of the image spatial extents (ISO 23008-12 6.5.3) that its head speaks of. */
function avifSize(view: DataView): PictureSize | undefined {
  let largest: PictureSize | undefined
  for (let at = 4; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69_73_70_65) continue
    const found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (!largest || found.width * found.height > largest.width * largest.height) largest = found
  }
  return largest
}

const APP1 = 0xe1
/** Where an orientation is looked for in an EXIF segment, bytes: it is among the first entries. */
const EXIF_HEAD = 1_024
const ORIENTATION = 0x0112

/** Whether EXIF 4.6.4 A says that rows are columns; undefined for a segment that is none. */
function turnsOver(segment: Uint8Array): boolean | undefined {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0') return undefined
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6)
  try {
    const isLittle = tiff.getUint16(0) === 0x4949
    const first = tiff.getUint32(4, isLittle)
    for (let entry = 0; entry < tiff.getUint16(first, isLittle); entry++) {
      const place = first + 2 + entry * 12
      if (tiff.getUint16(place, isLittle) === ORIENTATION) return tiff.getUint16(place + 8, isLittle) >= 5
    }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
  }
  return false
}

/** The frame header (ITU-T T.81 B.2.2): segments are passed by without being read, thumbnails of cameras with them. */
async function jpegSize(read: ReadAt): Promise<PictureSize | undefined> {
  let at = 2
  let isTurned: boolean | undefined
  for (let n = 0; n < MOST_SEGMENTS; n++) {
    const head = await read(at, 9)
    if (head.length < 9 || head[0] !== 0xff) return undefined
    const marker = head[1]!
    if (marker === 0xff) {
      at++
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      const [width, height] = [head[7]! * 256 + head[8]!, head[5]! * 256 + head[6]!]
      return isTurned ? { width: height, height: width } : { width, height }
    }
    // Telephones leave the picture as the sensor saw it and say how it is to be turned; browsers do so.
    if (marker === APP1 && isTurned === undefined) isTurned = turnsOver(await read(at + 4, EXIF_HEAD))
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    at += isAlone ? 2 : 2 + head[2]! * 256 + head[3]!
  }
  return undefined
}
