import type { FilePart } from '../contract/calls'

/** Pictures that may be drawn: Chromium reads them in its sandbox, and none of them can run anything (SVG can). */
export type PictureType = NonNullable<FilePart['picture']>

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
  return undefined
}
