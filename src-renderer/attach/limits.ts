import { largestIcon } from '../../src-main/contract/group'

/** Files of one message at most (`Commands.sendFiles`). */
export const MOST_FILES = 30

/** Pixels of a picture that is decoded here, at most: 256 MB of memory while it is made smaller. */
export const MOST_PIXELS = 64 * 1024 * 1024
/** Its longer side at most; what is longer no decoder is asked for. */
export const LONGEST_SIDE = 20_000
/** A picture file that is read as a whole, at most, in bytes. */
export const MOST_BYTES = 96 * 1024 * 1024

/** The longer side of a thumbnail, and its bytes at most. */
export const THUMBNAIL = { side: 320, bytes: 50 * 1024 } as const
/** The longer side of what stands in the bubble while the file is on its way. */
export const PREVIEW_SIDE = 960
/** The side of a group's picture, and its bytes at most. */
export const ICON = { side: 256, bytes: largestIcon } as const
/** A picture is offered scaled from this longer side or these bytes on. */
export const LARGE = { side: 2_048, bytes: 2 * 1024 * 1024 } as const
/** The longer side of a scaled picture: it fills a 2K screen. */
export const SCALED_SIDE = 2_048

/** Whether a picture of this size is decoded here. */
export const isDecodable = ({ width, height }: { width: number; height: number }): boolean =>
  width > 0 && height > 0 && Math.max(width, height) <= LONGEST_SIDE && width * height <= MOST_PIXELS

/** The same shape with its longer side at most `side`, in whole pixels. */
export function fitted({ width, height }: { width: number; height: number }, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
