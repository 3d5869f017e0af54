/** Pictures made by bytes: not to be decoded, but every part of their format is in its place. */
const text = (words: string) => [...words].map((char) => char.charCodeAt(0))
const two = (value: number) => [value >> 8 & 0xff, value & 0xff]
const four = (value: number) => [...two(value >>> 16), ...two(value & 0xffff)]
const twoLittle = (value: number) => two(value).reverse()
const fourLittle = (value: number) => four(value).reverse()

export const SECRET = 'West Lake, Hangzhou'
/** Whether the words stand anywhere in it. */
export const says = (bytes: Uint8Array | Uint8Array[], words = SECRET): boolean =>
  Buffer.concat([bytes].flat()).includes(words)
export const whole = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** A TIFF block with orientation, a place (31° north) and a secret, in either byte order. */
export function tiff(orientation: number, order: 'MM' | 'II' = 'MM', hasPlace = true): number[] {
  const [n2, n4] = order === 'MM' ? [two, four] : [twoLittle, fourLittle]
  const short = (tag: number, value: number) => [...n2(tag), ...n2(3), ...n4(1), ...n2(value), 0, 0]
  const entry = (tag: number, type: number, count: number, value: number) => [...n2(tag), ...n2(type), ...n4(count), ...n4(value)]
  const end = 8 + 2 + 3 * 12 + 4
  const gps = [...n2(1), ...entry(2, 5, 3, end + 18 + SECRET.length), ...n4(0)]
  return [
    ...text(order), ...n2(42), ...n4(8),
    ...n2(3), ...short(0x0112, orientation), ...entry(0x010e, 2, SECRET.length, end + 18), ...(hasPlace ? entry(0x8825, 4, 1, end) : entry(0x0132, 2, 1, 0)), ...n4(0),
    ...gps, ...text(SECRET), ...n4(31), ...n4(1), ...n4(14), ...n4(1), ...n4(0), ...n4(1),
  ]
}

const segment = (marker: number, body: number[]) => [0xff, marker, ...two(body.length + 2), ...body]
export const jfif = segment(0xe0, [...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0])
export const exifSegment = (block: number[]) => segment(0xe1, [...text('Exif\0\0'), ...block])
export const xmpSegment = segment(0xe1, text(`http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="31" at="${SECRET}"/>`))
export const iccSegment = segment(0xe2, text('ICC_PROFILE\0\x01\x01colours'))
const frame = (width: number, height: number, marker = 0xc0) => segment(marker, [8, ...two(height), ...two(width), 1, 1, 0x11, 0])
/** A scan whose data have stuffed bytes and a restart marker in them. */
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5]

export interface JpegParts { before?: number[]; after?: number[]; width?: number; height?: number; marker?: number; scans?: number }
export const jpeg = ({ before = [], after = [], width = 40, height = 30, marker, scans = 1 }: JpegParts = {}): Uint8Array => new Uint8Array([
  0xff, 0xd8, ...before, ...segment(0xdb, Array.from({ length: 65 }, () => 1)), ...frame(width, height, marker),
  ...Array.from({ length: scans }, () => scan).flat(), 0xff, 0xd9, ...after,
])
export const comment = segment(0xfe, text(SECRET))
export const iptc = segment(0xed, text(`Photoshop 3.0\0${SECRET}`))
export const mpf = segment(0xe2, text(`MPF\0${SECRET}`))

const crc = (bytes: number[]) => {
  let value = ~0
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return four(~value >>> 0)
}
export const chunk = (type: string, data: number[]) => [...four(data.length), ...text(type), ...data, ...crc([...text(type), ...data])]
export const png = (chunks: number[] = [], { width = 40, height = 30, after = [] as number[] } = {}): Uint8Array => new Uint8Array([
  ...text('\x89PNG\r\n\x1a\n'), ...chunk('IHDR', [...four(width), ...four(height), 8, 6, 0, 0, 0]), ...chunks, ...chunk('IDAT', [1, 2, 3]), ...chunk('IEND', []), ...after,
])

export const riff = (type: string, data: number[]) => [...text(type), ...fourLittle(data.length), ...data, ...(data.length & 1 ? [0] : [])]
export const webp = (...chunks: number[][]): Uint8Array => {
  const body = chunks.flat()
  return new Uint8Array([...text('RIFF'), ...fourLittle(4 + body.length), ...text('WEBP'), ...body])
}
export const vp8x = (flags: number, width = 40, height = 30) => riff('VP8X', [flags, 0, 0, 0, ...fourLittle(width - 1).slice(0, 3), ...fourLittle(height - 1).slice(0, 3)])
export const vp8l = (width = 40, height = 30) => riff('VP8L', [0x2f, ...fourLittle((width - 1) | ((height - 1) << 14)), 9, 9, 9])
export const vp8 = (width = 40, height = 30) => riff('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, ...twoLittle(width), ...twoLittle(height), 7])

export const gif = (images = 1): Uint8Array => new Uint8Array([
  ...text('GIF89a'), ...twoLittle(40), ...twoLittle(30), 0x80, 0, 0, 1, 2, 3, 4, 5, 6,
  0x21, 0xff, 11, ...text('NETSCAPE2.0'), 3, 1, 0, 0, 0,
  0x21, 0xfe, SECRET.length, ...text(SECRET), 0,
  0x21, 0xff, 11, ...text('XMP DataXMP'), SECRET.length, ...text(SECRET), 0,
  ...Array.from({ length: images }, () => [0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 40, 0, 30, 0, 0, 2, 2, 0x4c, 1, 0]).flat(), 0x3b,
])
export const heic = (sizes: [number, number][], brand = 'heic'): Uint8Array => new Uint8Array([
  ...four(24), ...text(`ftyp${brand}`), ...four(0), ...text('mif1heic'), ...sizes.flatMap(([width, height]) => [...four(20), ...text('ispe'), ...four(0), ...four(width), ...four(height)]), ...text('mdat'), ...four(0), ...four(0), ...four(0), ...four(0),
])
