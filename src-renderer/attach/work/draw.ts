import { fitted, ICON, PREVIEW_SIDE, SCALED_SIDE, THUMBNAIL } from '../limits'

type Source = ImageBitmap

/** A picture of it with the longer side at most `side`; what can be seen through stands on white. */
function drawn(source: Source, side: number, ground?: string): OffscreenCanvas {
  const { width, height } = fitted(source, side)
  const canvas = new OffscreenCanvas(width, height)
  const paint = canvas.getContext('2d')!
  if (ground) {
    paint.fillStyle = ground
    paint.fillRect(0, 0, width, height)
  }
  paint.imageSmoothingQuality = 'high'
  paint.drawImage(source, 0, 0, width, height)
  return canvas
}

const jpeg = (canvas: OffscreenCanvas, quality: number) => canvas.convertToBlob({ type: 'image/jpeg', quality })

/** A JPEG of at most 320 pixels and 50 KB. */
export async function thumbnailOf(source: Source): Promise<Blob> {
  for (let side: number = THUMBNAIL.side; ; side = Math.round(side * 0.75)) {
    const canvas = drawn(source, side, 'white')
    for (const quality of [0.8, 0.6, 0.4]) {
      const blob = await jpeg(canvas, quality)
      if (blob.size <= THUMBNAIL.bytes) return blob
    }
  }
}

/** A square JPEG, cut from the middle, of at most 256 pixels and 16 KB. */
export async function iconOf(source: Source): Promise<Blob> {
  const cut = Math.min(source.width, source.height)
  for (let side = Math.min(ICON.side, cut); ; side = Math.max(1, Math.round(side * 0.75))) {
    const canvas = new OffscreenCanvas(side, side)
    const paint = canvas.getContext('2d')!
    paint.fillStyle = 'white'
    paint.fillRect(0, 0, side, side)
    paint.imageSmoothingQuality = 'high'
    paint.drawImage(source, (source.width - cut) / 2, (source.height - cut) / 2, cut, cut, 0, 0, side, side)
    for (const quality of [0.86, 0.7, 0.5]) {
      const blob = await jpeg(canvas, quality)
      if (blob.size <= ICON.bytes) return blob
    }
  }
}

/** What stands in the bubble while the file is on its way. */
export const previewOf = (source: Source): Promise<Blob> => jpeg(drawn(source, PREVIEW_SIDE, 'white'), 0.82)

/** A picture scaled for sending: JPEG, or PNG where one can see through it. */
export async function scaledOf(source: Source, mayBeClear: boolean): Promise<{ blob: Blob; width: number; height: number }> {
  const canvas = drawn(source, SCALED_SIDE)
  const { width, height } = canvas
  if (mayBeClear && isClear(canvas)) return { blob: await canvas.convertToBlob({ type: 'image/png' }), width, height }
  return { blob: await jpeg(canvas, 0.86), width, height }
}

function isClear(canvas: OffscreenCanvas): boolean {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 3; at < data.length; at += 4) if (data[at]! < 255) return true
  return false
}
