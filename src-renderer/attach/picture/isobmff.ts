import type { PictureFormat } from './picture'
import { ascii, viewOf } from './view'

/** The box in which a picture's size stands (ISO/IEC 23008-12 6.5.3): one for each tile and one for all of them. */
const ISPE = 'ispe'
/** How far it is looked for: it stands in the head, before the coded data, in bytes. */
const HEAD = 64 * 1024

/** AVIF and HEIC: their size. What tells of the person stands between tables of offsets, and is not taken out. */
export const isobmff: PictureFormat = {
  read(bytes) {
    if (ascii(bytes, 4, 4) !== 'ftyp') return undefined
    const brand = ascii(bytes, 8, 4)
    const isAvif = brand === 'avif' || brand === 'avis'
    if (!isAvif && !/^(heic|heix|hevc|hevx|heim|heis|mif1|msf1)$/.test(brand)) return undefined
    let [width, height] = [0, 0]
    const end = Math.min(bytes.length, HEAD) - 16
    for (let at = bytes.indexOf(0x69); at >= 0 && at < end; at = bytes.indexOf(0x69, at + 1)) {
      if (ascii(bytes, at, 4) !== ISPE) continue
      width = Math.max(width, viewOf(bytes).getUint32(at + 8))
      height = Math.max(height, viewOf(bytes).getUint32(at + 12))
    }
    return { type: isAvif ? 'image/avif' : 'image/heic', width, height, orientation: 1, isAnimated: brand === 'avis', hasLocation: false }
  },
}
