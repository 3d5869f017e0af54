import { isDecodable, LARGE, MOST_BYTES, SCALED_SIDE } from '../limits'
import { aboutOf, canStrip, readPicture, shownSize, stripped, withSegments, type Picture } from '../picture'
import { iconOf, previewOf, scaledOf, thumbnailOf } from './draw'

/** What is known of a picture from its head. */
export interface PictureHead {
  type: Picture['type']
  /** As it is shown, in pixels. */
  width: number
  height: number
  /** It says where it was taken. */
  hasLocation: boolean
  /** Place, time and camera can be taken out of it. */
  canStrip: boolean
  /** It has too many pixels to be decoded. */
  isHuge: boolean
  /** Larger than most screens, and it can be made smaller. */
  isLarge: boolean
}

/** What it looks like. */
export interface PictureLooks {
  width: number
  height: number
  thumbnail: Blob
  preview: Blob
}

export interface PictureWish {
  isScaled: boolean
  /** Place, time and camera stay in it. */
  keepsAbout: boolean
}

export interface MadePicture {
  blob: Blob
  type: string
  width: number
  height: number
}

/** Enough of a file to see that it is no picture. */
const HEAD = 64

/** Reads the head of a picture; null for what is none. Rejects where the file cannot be read. */
export async function head(file: Blob): Promise<PictureHead | null> {
  const start = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
  // Where the head is cut, a JPEG says nothing yet: only then all of it is read.
  if (!looksLikePicture(start)) return null
  if (file.size > MOST_BYTES) return null
  const picture = readPicture(await bytesOf(file))
  if (!picture) return null
  const size = shownSize(picture)
  const isHuge = size.width > 0 && !isDecodable(size)
  const canScale = isDecodable(size) && !picture.isAnimated && ['image/jpeg', 'image/png', 'image/webp'].includes(picture.type)
  return {
    type: picture.type, ...size, hasLocation: picture.hasLocation, canStrip: canStrip(picture.type), isHuge,
    isLarge: canScale && (Math.max(size.width, size.height) > LARGE.side || file.size > LARGE.bytes),
  }
}

/** Draws it small; null where this browser cannot decode it. */
export async function looks(file: Blob): Promise<PictureLooks | null> {
  const bitmap = await decoded(file)
  if (!bitmap) return null
  try {
    return { width: bitmap.width, height: bitmap.height, thumbnail: await thumbnailOf(bitmap), preview: await previewOf(bitmap) }
  } finally {
    bitmap.close()
  }
}

/** The picture of a group, cut out of it; null where it is none that can be decoded here. */
export async function icon(file: Blob): Promise<Blob | null> {
  const about = await head(file)
  const bitmap = about && !about.isHuge ? await decoded(file) : null
  if (!bitmap) return null
  try {
    return await iconOf(bitmap)
  } finally {
    bitmap.close()
  }
}

/**
 * The picture as it goes out; null where it goes as it is: what tells of the person cannot be taken out of it, not even by
 * drawing it anew.
 */
export async function make(file: Blob, wish: PictureWish): Promise<MadePicture | null> {
  const bytes = await bytesOf(file)
  const picture = readPicture(bytes)
  if (!picture) return null
  const size = shownSize(picture)
  const scaled = wish.isScaled ? await scale(file, bytes, picture, wish.keepsAbout) : null
  if (scaled) return scaled
  if (wish.keepsAbout) return { blob: file, type: picture.type, ...size }
  const parts = stripped(picture.type, bytes)
  if (parts) return { blob: new Blob(parts as Uint8Array<ArrayBuffer>[], { type: picture.type }), type: picture.type, ...size }
  return canStrip(picture.type) ? scale(file, bytes, picture, false, Infinity) : null
}

/** Null where it came out larger than `most` bytes, or cannot be decoded. */
async function scale(file: Blob, bytes: Uint8Array, picture: Picture, keepsAbout: boolean, most = 0.9 * file.size): Promise<MadePicture | null> {
  const bitmap = isDecodable(picture) ? await decoded(file) : null
  if (!bitmap) return null
  try {
    const isSmall = Math.max(bitmap.width, bitmap.height) <= SCALED_SIDE
    const { blob, width, height } = await scaledOf(bitmap, picture.type !== 'image/jpeg')
    if (isSmall && blob.size > most) return null
    if (!keepsAbout || blob.type !== 'image/jpeg') return { blob, type: blob.type, width, height }
    const parts = withSegments(await bytesOf(blob), aboutOf(picture.type, bytes))
    return { blob: new Blob(parts as Uint8Array<ArrayBuffer>[], { type: blob.type }), type: blob.type, width, height }
  } finally {
    bitmap.close()
  }
}

const looksLikePicture = (start: Uint8Array): boolean => {
  const text = String.fromCharCode(...start.subarray(0, 16))
  return text.startsWith('\xff\xd8\xff') || text.startsWith('\x89PNG') || text.startsWith('GIF8') || text.startsWith('RIFF') || text.startsWith('ftyp', 4)
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())
const decoded = (file: Blob): Promise<ImageBitmap | null> => createImageBitmap(file).catch(() => null)
