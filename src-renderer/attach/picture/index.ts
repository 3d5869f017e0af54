import { gif } from './gif'
import { isobmff } from './isobmff'
import { jpeg } from './jpeg'
import { png } from './png'
import { webp } from './webp'
import type { Picture, PictureFormat } from './picture'

export { withSegments } from './jpeg'
export { shownSize, type Picture } from './picture'

const formats: Record<Picture['type'], PictureFormat> = {
  'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp, 'image/gif': gif, 'image/avif': isobmff, 'image/heic': isobmff,
}

/** What a picture's bytes say it is, whatever it is called; undefined for anything else. */
export function readPicture(bytes: Uint8Array): Picture | undefined {
  for (const format of new Set(Object.values(formats))) {
    const picture = format.read(bytes)
    if (picture) return picture
  }
  return undefined
}

/** Whether place, time and camera can be taken out of it. */
export const canStrip = (type: Picture['type']): boolean => formats[type].strip !== undefined

/** The parts of a picture without place, time, camera and comments, turned as before; undefined where that cannot be done. */
export const stripped = (type: Picture['type'], bytes: Uint8Array): Uint8Array[] | undefined => formats[type].strip?.(bytes)

/** Place, time and camera as segments for a JPEG that was made of it. */
export const aboutOf = (type: Picture['type'], bytes: Uint8Array): Uint8Array[] => formats[type].about?.(bytes) ?? []
