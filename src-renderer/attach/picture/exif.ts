import { ascii, viewOf, within } from './view'

const ORIENTATION = 0x0112
const GPS_IFD = 0x8825
const GPS_LATITUDE = 2
const GPS_DEST_LATITUDE = 20
const SHORT = 3

/** What an EXIF block (a TIFF file, EXIF 4.5) says of a picture. */
export interface Exif {
  orientation: number
  hasLocation: boolean
}

/** Reads a TIFF block; what is broken in it says nothing. */
export function readExif(tiff: Uint8Array): Exif {
  const found = { orientation: 1, hasLocation: false }
  within(() => {
    for (const entry of entriesOf(tiff, 'first')) {
      if (entry.tag === ORIENTATION && entry.value >= 1 && entry.value <= 8) found.orientation = entry.value
      if (entry.tag === GPS_IFD) found.hasLocation = [...entriesOf(tiff, entry.value)].some(({ tag }) => tag === GPS_LATITUDE || tag === GPS_DEST_LATITUDE)
    }
  })
  return found
}

/** The same block, saying that the picture is upright. */
export function upright(tiff: Uint8Array): Uint8Array {
  const copy = tiff.slice()
  within(() => {
    const isLittle = ascii(tiff, 0, 2) === 'II'
    for (const { tag, at } of entriesOf(tiff, 'first')) if (tag === ORIENTATION) viewOf(copy).setUint16(at + 8, 1, isLittle)
  })
  return copy
}

/** A block that says only how the picture is turned. */
export function onlyOrientation(orientation: number): Uint8Array {
  const tiff = new Uint8Array(26)
  const view = viewOf(tiff)
  tiff.set([0x4d, 0x4d, 0, 42])
  view.setUint32(4, 8)
  view.setUint16(8, 1)
  view.setUint16(10, ORIENTATION)
  view.setUint16(12, SHORT)
  view.setUint32(14, 1)
  view.setUint16(18, orientation)
  return tiff
}

/** The entries of a directory (TIFF 6.0, *Image File Directory*), the first one or that at an offset. */
function* entriesOf(tiff: Uint8Array, at: number | 'first'): Generator<{ tag: number; value: number; at: number }> {
  const order = ascii(tiff, 0, 2)
  if (order !== 'II' && order !== 'MM') return
  const isLittle = order === 'II'
  const view = viewOf(tiff)
  const start = at === 'first' ? view.getUint32(4, isLittle) : at
  const count = view.getUint16(start, isLittle)
  for (let n = 0; n < count; n++) {
    const entry = start + 2 + 12 * n
    const type = view.getUint16(entry + 2, isLittle)
    yield { tag: view.getUint16(entry, isLittle), value: type === SHORT ? view.getUint16(entry + 8, isLittle) : view.getUint32(entry + 8, isLittle), at: entry }
  }
}
