/** Pictures that may be drawn: Chromium reads them in its sandbox, and none of them can run anything (SVG can). */
export type PictureType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif'

/** How many bytes tell what a file is, where it has so many. */
export const BEGIN = 64

const starts = (bytes: Uint8Array, at: number, text: string): boolean =>
  bytes.length >= at + text.length && Array.from(text).every((char, i) => bytes[at + i] === char.charCodeAt(0))

/**
 * What a file's first bytes say it is; what its sender says counts for nothing.
 * @param begin 16 bytes, where there are so many
 */
export function pictureType(begin: Uint8Array): PictureType | undefined {
  if (starts(begin, 0, '\x89PNG\r\n\x1a\n')) return 'image/png'
  if (starts(begin, 0, '\xff\xd8\xff')) return 'image/jpeg'
  if (starts(begin, 0, 'GIF87a') || starts(begin, 0, 'GIF89a')) return 'image/gif'
  if (starts(begin, 0, 'RIFF') && starts(begin, 8, 'WEBP')) return 'image/webp'
  if (starts(begin, 4, 'ftyp') && (starts(begin, 8, 'avif') || starts(begin, 8, 'avis'))) return 'image/avif'
  return undefined
}

/** ISO/IEC 14496-12 4.3, the major brand: a sound, a film, or neither of them (HEIC is none that may be drawn). */
const brands: readonly [begins: string, type: string][] = [
  ['M4A', 'audio/mp4'], ['M4B', 'audio/mp4'], ['mp4', 'video/mp4'], ['iso', 'video/mp4'], ['avc1', 'video/mp4'], ['M4V', 'video/mp4'],
  ['dash', 'video/mp4'], ['MSNV', 'video/mp4'], ['qt  ', 'video/quicktime'], ['3g', 'video/3gpp'],
]

/** The first MPEG audio frame: 11 bits of synchronisation, then layer III (MP3) or ADTS (AAC). */
function frameType([first, second = 0]: Uint8Array): string | undefined {
  if (first !== 0xff) return undefined
  if ((second & 0xf6) === 0xf0) return 'audio/aac'
  return (second & 0xe6) === 0xe2 ? 'audio/mpeg' : undefined
}

/**
 * A type under which a file may be handed to a page: picture, sound or video, none of which can run anything. Undefined for
 * everything else, whatever it is called.
 * @param begin `BEGIN` bytes, where there are so many
 */
export function safeType(begin: Uint8Array): string | undefined {
  const picture = pictureType(begin)
  if (picture) return picture
  if (starts(begin, 4, 'ftyp')) return brands.find(([brand]) => starts(begin, 8, brand))?.[1]
  if (starts(begin, 0, 'RIFF') && starts(begin, 8, 'WAVE')) return 'audio/wav'
  if (starts(begin, 0, 'OggS')) return starts(begin, 28, '\x80theora') ? 'video/ogg' : 'audio/ogg'
  if (starts(begin, 0, '\x1a\x45\xdf\xa3')) return Buffer.from(begin).includes('webm') ? 'video/webm' : undefined
  if (starts(begin, 0, 'fLaC')) return 'audio/flac'
  if (starts(begin, 0, '#!AMR')) return 'audio/amr'
  if (starts(begin, 0, 'ID3')) return 'audio/mpeg'
  return frameType(begin)
}
