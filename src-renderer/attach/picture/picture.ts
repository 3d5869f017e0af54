/** What the head of a picture says, without decoding any of it. */
export interface Picture {
  type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif' | 'image/avif' | 'image/heic'
  /** As stored, in pixels, before it is turned. */
  width: number
  height: number
  /** EXIF 4.6.4, *Orientation*: 1 upright to 8; above 4 it lies on its side. */
  orientation: number
  isAnimated: boolean
  /** It says where it was taken. */
  hasLocation: boolean
}

/** A kind of picture: what its head says, and its parts without what tells of the person (EXIF, XMP, comments). */
export interface PictureFormat {
  /** Undefined when it is none of this kind, or its head is broken. */
  read(bytes: Uint8Array): Picture | undefined
  /** The parts to keep, in order, turned as before; undefined where it cannot be told what to keep. */
  strip?(bytes: Uint8Array): Uint8Array[] | undefined
  /** What tells of the person, as the segments that a JPEG carries it in, upright. */
  about?(bytes: Uint8Array): Uint8Array[]
}

/** How wide and high it is when it is shown. */
export const shownSize = ({ width, height, orientation }: Pick<Picture, 'width' | 'height' | 'orientation'>): { width: number; height: number } =>
  orientation > 4 ? { width: height, height: width } : { width, height }
