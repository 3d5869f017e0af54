import { SECOND, type Clock } from '../../../src-main/base/clock'
import { previewOf, thumbnailOf } from './draw'
import { isDecodable } from '../limits'

/** How long a video or sound may take to tell of itself, ms. */
const PATIENCE = 8 * SECOND
/** Where a video's picture is taken, s: many begin black. */
const FIRST = 0.1

/** What a video or sound tells of itself, as far as this browser can play it. */
export interface Film {
  /** ms */
  duration?: number
  width?: number
  height?: number
  thumbnail?: Blob
  preview?: Blob
}

/** Plays a video or sound up to its first picture, unseen and unheard. What cannot be played tells nothing. */
export async function film(file: Blob, kind: 'video' | 'audio', clock: Clock): Promise<Film> {
  const element = document.createElement(kind)
  const url = URL.createObjectURL(file)
  element.muted = true
  element.preload = kind === 'video' ? 'auto' : 'metadata'
  const heard = (event: string) => new Promise<boolean>((resolve) => {
    const timer = clock.after(PATIENCE, () => resolve(false))
    const end = (isGood: boolean) => () => {
      timer.cancel()
      resolve(isGood)
    }
    element.addEventListener(event, end(true), { once: true })
    element.addEventListener('error', end(false), { once: true })
  })
  try {
    const known = heard('loadedmetadata')
    element.src = url
    if (!(await known)) return {}
    const duration = Number.isFinite(element.duration) && element.duration > 0 ? { duration: Math.round(element.duration * 1_000) } : {}
    if (!(element instanceof HTMLVideoElement) || !isDecodable({ width: element.videoWidth, height: element.videoHeight })) return duration
    const sought = heard('seeked')
    element.currentTime = Math.min(FIRST, (element.duration || 0) / 2)
    if (!(await sought)) return duration
    const bitmap = await createImageBitmap(element)
    const { width, height } = bitmap
    const shown = { thumbnail: await thumbnailOf(bitmap), preview: await previewOf(bitmap) }
    bitmap.close()
    return { ...duration, width, height, ...shown }
  } catch {
    return {}
  } finally {
    element.removeAttribute('src')
    element.load()
    URL.revokeObjectURL(url)
  }
}
