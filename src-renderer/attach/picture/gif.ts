import type { PictureFormat } from './picture'
import { ascii, viewOf, within } from './view'

const [IMAGE, EXTENSION, TRAILER] = [0x2c, 0x21, 0x3b]
const [COMMENT, PLAIN_TEXT, APPLICATION] = [0xfe, 0x01, 0xff]

interface Block {
  label: number
  bytes: Uint8Array
}

const tableSize = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)

/** Where the sub-blocks (GIF89a 15) that begin at `at` end. */
function endOfData(bytes: Uint8Array, at: number): number {
  let end = at
  while (bytes[end]) end += 1 + bytes[end]!
  return end + 1
}

/** The blocks after the global colour table up to and with the trailer, or to where the file ends. */
function* blocksOf(bytes: Uint8Array): Generator<Block> {
  for (let at = headLength(bytes); at < bytes.length;) {
    const introducer = bytes[at]!
    if (introducer === TRAILER) return yield { label: TRAILER, bytes: bytes.subarray(at, at + 1) }
    if (introducer !== IMAGE && introducer !== EXTENSION) return
    const data = introducer === EXTENSION ? at + 2 : at + 10 + tableSize(bytes[at + 9] ?? 0) + 1
    const end = endOfData(bytes, data)
    if (end > bytes.length) return
    yield { label: introducer === EXTENSION ? bytes[at + 1]! : IMAGE, bytes: bytes.subarray(at, end) }
    at = end
  }
}

const headLength = (bytes: Uint8Array) => 13 + tableSize(bytes[10] ?? 0)
const isGif = (bytes: Uint8Array) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6))
/** Of what applications added only how often it is repeated. */
const isNeeded = ({ label, bytes }: Block) =>
  label !== COMMENT && label !== PLAIN_TEXT && (label !== APPLICATION || /^(NETSCAPE2\.0|ANIMEXTS1\.0)$/.test(ascii(bytes, 3, 11)))

export const gif: PictureFormat = {
  read(bytes) {
    if (!isGif(bytes)) return undefined
    const size = within(() => ({ width: viewOf(bytes).getUint16(6, true), height: viewOf(bytes).getUint16(8, true) }))
    if (!size) return undefined
    let images = 0
    for (const { label } of blocksOf(bytes)) if (label === IMAGE && ++images > 1) break
    return { type: 'image/gif', ...size, orientation: 1, isAnimated: images > 1, hasLocation: false }
  },

  strip(bytes) {
    if (!isGif(bytes)) return undefined
    const blocks = [...blocksOf(bytes)]
    if (!blocks.some(({ label }) => label === IMAGE)) return undefined
    return [bytes.subarray(0, headLength(bytes)), ...blocks.filter(isNeeded).map(({ bytes: whole }) => whole)]
  },
}
