import type { FileView } from './message'

/** What a file is in a line of words: `[Picture]`. */
export type FileKind = 'picture' | 'video' | 'sound' | 'contact' | 'file'

/** As its sender says: for words only, never for what is done with it. */
export function fileKind({ contentType }: Pick<FileView, 'contentType'>): FileKind {
  if (contentType.startsWith('image/')) return 'picture'
  if (contentType.startsWith('video/')) return 'video'
  if (contentType.startsWith('audio/')) return 'sound'
  return /^text\/(?:x-)?vcard$/.test(contentType) ? 'contact' : 'file'
}
