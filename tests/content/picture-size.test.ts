import { expect, it } from 'vitest'
import { canBeDrawn, pictureSize, type ReadAt } from '../../src-main/content/picture-size'
import type { PictureType } from '../../src-main/content/sniff'

const readerOf = (bytes: Uint8Array): ReadAt => async (at, length) => bytes.subarray(at, at + length)
const latin = (text: string) => Buffer.from(text, 'latin1')
/** A JPEG whose frame comes after an EXIF segment with a thumbnail of its own, a comment and fill bytes. */
const jpeg = Buffer.concat([
  latin('\xff\xd8'), latin('\xff\xe1\xff\xff'), Buffer.alloc(0xfffd, '\xff\xc0\0\x11\x08\0\x01\0\x01', 'latin1'), latin('\xff\xfe\0\x04hi'), latin('\xff\xff\xff\xc2\0\x11\x08\x0b\xd0\x0f\xc0\x03'),
])

it.each<[PictureType, Buffer, object | undefined]>([
  ['image/png', latin('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xc3\x50\0\0\x01\0\x08\x06\0\0\0'), { width: 50_000, height: 256 }],
  ['image/gif', latin('GIF89a\x40\x01\xf0\0'), { width: 320, height: 240 }],
  ['image/webp', latin('RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\0'), { width: 320, height: 240 }],
  ['image/webp', latin('RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0\0'), { width: 320, height: 240 }],
  ['image/webp', latin('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0'), { width: 320, height: 240 }],
  ['image/avif', latin('\0\0\0\x1cftypavif\0\0\0\0\0\0\0\x14ispe\0\0\0\0\0\0\x01\x40\0\0\0\xf0\0\0\0\x14ispe\0\0\0\0\0\0\0\x10\0\0\0\x10'), { width: 320, height: 240 }],
  ['image/jpeg', jpeg, { width: 4_032, height: 3_024 }],
  ['image/jpeg', jpeg.subarray(0, 70_000 - 4_480), undefined],
  ['image/jpeg', Buffer.alloc(100_000, 0xff), undefined],
  ['image/png', latin('\x89PNG\r\n\x1a\n'), undefined],
  ['image/gif', latin('GIF89a'), undefined],
  ['image/webp', latin('RIFF\0\0\0\0WEBP'), undefined],
  ['image/avif', latin('\0\0\0\x1cftypavif'), undefined],
])('%s %#', async (type, bytes, size) => expect(await pictureSize(type, readerOf(bytes))).toEqual(size))

/** A JPEG as a telephone writes it: 4,032 by 3,024 of the sensor, and how it is turned. */
function photo(orientation: number, isLittle: boolean): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4)
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  tiff.write(isLittle ? 'II' : 'MM', 'latin1')
  view.setUint16(2, 42, isLittle)
  view.setUint32(4, 8, isLittle)
  view.setUint16(8, 2, isLittle)
  for (const [entry, [tag, value]] of ([[0x010f, 1], [0x0112, orientation]] as const).entries()) {
    view.setUint16(10 + entry * 12, tag, isLittle)
    view.setUint16(12 + entry * 12, 3, isLittle)
    view.setUint32(14 + entry * 12, 1, isLittle)
    view.setUint16(18 + entry * 12, value, isLittle)
  }
  const exif = Buffer.concat([latin('Exif\0\0'), tiff])
  return Buffer.concat([latin('\xff\xd8\xff\xe1'), Buffer.from([0, exif.length + 2]), exif, latin('\xff\xc0\0\x11\x08\x0b\xd0\x0f\xc0\x03')])
}

it.each([[1, 4_032, 3_024], [3, 4_032, 3_024], [6, 3_024, 4_032], [8, 3_024, 4_032]])('a photograph with orientation %i is %i by %i as it is seen', async (orientation, width, height) => {
  for (const isLittle of [true, false]) expect(await pictureSize('image/jpeg', readerOf(photo(orientation, isLittle)))).toEqual({ width, height })
})
it('an EXIF segment that breaks off turns nothing', async () => {
  const whole = photo(6, true)
  // The count of entries is larger than what is there.
  whole.writeUInt16LE(60_000, 12 + 8)
  whole.writeUInt16LE(0x0111, 12 + 10 + 12)
  expect(await pictureSize('image/jpeg', readerOf(whole))).toEqual({ width: 4_032, height: 3_024 })
})

it.each([[8_000, 6_000, true], [1_080, 30_000, true], [50_000, 50_000, false], [50_000, 1, false], [10_000, 5_001, false], [0, 5, false]])('%i by %i is drawn: %s', (width, height, drawn) => {
  expect(canBeDrawn({ width, height })).toBe(drawn)
})
