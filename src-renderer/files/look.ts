import { fileKind } from '../../src-main/contract/files'
import type { FileView } from '../../src-main/contract/message'

/** How a file is shown: in place, or as a row with its name. */
export type Look = 'picture' | 'video' | 'voice' | 'row'

/** Pictures that no browser draws, or that could run something. */
const undrawn = /^image\/(hei[cf]|svg|tiff|x-|vnd\.)/

/** By what its sender says; bytes that are something else become a row when they are looked at. */
export function lookOf(file: FileView): Look {
  const kind = fileKind(file)
  if (kind === 'picture') return undrawn.test(file.contentType) ? 'row' : 'picture'
  if (kind === 'video') return 'video'
  return kind === 'sound' ? 'voice' : 'row'
}

/** Of the pictures of a message this many are shown; the last stands for those beyond. */
const MOST = 6

/** Which of `count` pictures are shown in how many columns, and how many are not. */
export function gridOf(count: number): { columns: number; shown: number; more: number } {
  const shown = Math.min(count, MOST)
  return { columns: shown === 1 ? 1 : shown <= 4 ? 2 : 3, shown, more: count - shown }
}

/** Longest side of a picture that stands alone, rem, and how far it may be from a square. */
const SIDE = 20
const [FLATTEST, TALLEST] = [0.3, 1.25]

/** The box of a picture before it is loaded, rem: of its own shape where it is known and not extreme, else four by three. */
export function boxOf({ width, height }: Pick<FileView, 'width' | 'height'>): { width: number; height: number } {
  const slope = width && height ? Math.min(TALLEST, Math.max(FLATTEST, height / width)) : 0.75
  return slope <= 1 ? { width: SIDE, height: round(SIDE * slope) } : { width: round(SIDE / slope), height: SIDE }
}

const round = (rem: number): number => Math.round(rem * 100) / 100

/** `0:07`, `12:40`, `1:02:03`. @param ms how long it plays */
export function playTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
