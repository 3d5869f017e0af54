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

/** All files of a message in their order, those of its cards as well: by the index here a file is named everywhere. */
export function filesOf(content: Content): readonly FileView[] {
  if (content.kind === 'files') return content.files
  return content.kind === 'cards' ? content.cards.flatMap(({ media }) => media?.file ?? []) : []
}

/** The index in `filesOf` of each card's file; undefined for a card without one. */
export function cardFileIndexes({ cards }: Extract<Content, { kind: 'cards' }>): (number | undefined)[] {
  let next = 0
  return cards.map(({ media }) => (media ? next++ : undefined))
}

/** The same message with its files changed, each by its index in `filesOf`. */
export function withFiles<C extends Content>(content: C, change: (file: FileView, index: number) => FileView): C
export function withFiles(content: Content, change: (file: FileView, index: number) => FileView): Content {
  if (content.kind === 'files') return { ...content, files: content.files.map(change) }
  if (content.kind !== 'cards') return content
  const indexes = cardFileIndexes(content)
  return {
    ...content,
    cards: content.cards.map((card, i) => (card.media ? { ...card, media: { ...card.media, file: change(card.media.file, indexes[i]!) } } : card)),
  }
}

/** The same message with another file at `index`. */
export const withFile = <C extends Content>(content: C, index: number, file: FileView): C =>
  withFiles(content, (each, i) => (i === index ? file : each))
