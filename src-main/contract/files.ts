import type { Content, FileView } from './message'

/** What a file is in a line of words: `[Picture]`. */
export type FileKind = 'picture' | 'video' | 'sound' | 'contact' | 'file'

/** As its sender says: for words only, never for what is done with it. */
export function fileKind({ contentType }: Pick<FileView, 'contentType'>): FileKind {
  if (contentType.startsWith('image/')) return 'picture'
  if (contentType.startsWith('video/')) return 'video'
  if (contentType.startsWith('audio/')) return 'sound'
  return /^text\/(?:x-)?vcard$/.test(contentType) ? 'contact' : 'file'
}

/** What is fetched at most of a file whose size nobody said, bytes: China's platforms take no larger film (rcs.md 5.2). */
export const MOST_UNKNOWN = 10 * 1024 * 1024

/** How large a file may become, bytes. */
export const expectedSize = ({ size }: Pick<FileView, 'size'>): number => (size > 0 ? size : MOST_UNKNOWN)

/** The files of a message, each at the index by which it is named everywhere; one of a card at the card's, so cards without one leave a gap. */
export function filesOf(content: Content): readonly (FileView | undefined)[] {
  if (content.kind === 'files') return content.files
  return content.kind === 'cards' ? content.cards.map(({ media }) => media?.file) : []
}

export const hasFiles = (content: Content): boolean => filesOf(content).some((file) => file !== undefined)

/** The same message with its files changed, each by its index in `filesOf`. */
export function withFiles<C extends Content>(content: C, change: (file: FileView, index: number) => FileView): C
export function withFiles(content: Content, change: (file: FileView, index: number) => FileView): Content {
  if (content.kind === 'files') return { ...content, files: content.files.map(change) }
  if (content.kind !== 'cards') return content
  const cards = content.cards.map((card, index) => (card.media ? { ...card, media: { ...card.media, file: change(card.media.file, index) } } : card))
  return { ...content, cards }
}

/** The same message with another file at `index`. */
export const withFile = <C extends Content>(content: C, index: number, file: FileView): C =>
  withFiles(content, (each, i) => (i === index ? file : each))
