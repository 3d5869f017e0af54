import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { aboutOf, readPicture, shownSize, stripped, withSegments } from '../../../../src-renderer/attach/picture'
import {
  chunk, comment, exifSegment, gif, heic, iccSegment, iptc, jfif, jpeg, mpf, png, riff, says, SECRET, tiff, vp8, vp8l, vp8x, webp, whole, xmpSegment,
} from './made'

const bytes = (text: string) => [...text].map((char) => char.charCodeAt(0))
const strip = (made: Uint8Array) => whole(stripped(readPicture(made)!.type, made)!)

describe('the head of a picture', () => {
  it('tells type, size, turn and place', () => {
    expect(readPicture(jpeg({ before: [...jfif, ...exifSegment(tiff(6))], width: 4_000, height: 3_000 })))
      .toEqual({ type: 'image/jpeg', width: 4_000, height: 3_000, orientation: 6, isAnimated: false, hasLocation: true })
    expect(readPicture(jpeg({ before: exifSegment(tiff(3, 'II', false)), marker: 0xc2 }))).toMatchObject({ orientation: 3, hasLocation: false, width: 40 })
    expect(readPicture(jpeg({ before: xmpSegment }))).toMatchObject({ hasLocation: true, orientation: 1 })
    expect(readPicture(png(chunk('eXIf', tiff(8)), { width: 50_000, height: 50_000 }))).toMatchObject({ type: 'image/png', width: 50_000, height: 50_000, orientation: 8, hasLocation: true })
    expect(readPicture(png(chunk('acTL', [0, 0, 0, 2, 0, 0, 0, 0])))).toMatchObject({ isAnimated: true })
    expect(readPicture(webp(vp8x(0x0a, 16_000, 9_000), riff('ANIM', [0, 0, 0, 0, 0, 0]), riff('EXIF', tiff(6, 'II')))))
      .toEqual({ type: 'image/webp', width: 16_000, height: 9_000, orientation: 6, isAnimated: true, hasLocation: true })
    expect(readPicture(webp(vp8l(1_234, 567)))).toMatchObject({ width: 1_234, height: 567 })
    expect(readPicture(webp(vp8(801, 601)))).toMatchObject({ width: 801, height: 601 })
    expect(readPicture(gif())).toMatchObject({ type: 'image/gif', width: 40, height: 30, isAnimated: false })
    expect(readPicture(gif(3))).toMatchObject({ isAnimated: true })
    expect(readPicture(heic([[512, 512], [4_032, 3_024]]))).toMatchObject({ type: 'image/heic', width: 4_032, height: 3_024 })
    expect(readPicture(heic([[640, 480]], 'avif'))).toMatchObject({ type: 'image/avif', width: 640 })
  })

  it('is that of none for anything else', () => {
    for (const other of [[], [0xff, 0xd8], bytes('%PDF-1.7'), bytes('<svg width="9"/>'), bytes('RIFF1234WAVE'), bytes('xxxxftypisom'), [...png().subarray(0, 20)]]) {
      expect(readPicture(new Uint8Array(other))).toBeUndefined()
    }
  })

  it('cut anywhere it is read, or is none, and never more', () => {
    for (const made of [jpeg({ before: [...jfif, ...exifSegment(tiff(6))] }), png(chunk('eXIf', tiff(8))), webp(vp8x(8), vp8(), riff('EXIF', tiff(6))), gif(2), heic([[9, 9]])]) {
      for (let end = 0; end < made.length; end++) {
        const cut = made.subarray(0, end)
        const picture = readPicture(cut)
        if (picture) stripped(picture.type, cut)
      }
    }
  })

  it('of one on its side is high where it is stored wide', () => {
    expect(shownSize({ width: 4, height: 3, orientation: 6 })).toEqual({ width: 3, height: 4 })
    expect(shownSize({ width: 4, height: 3, orientation: 3 })).toEqual({ width: 4, height: 3 })
  })
})

describe('stripping', () => {
  it('a JPEG leaves nothing that tells of the person, keeps what draws it, and its turn', () => {
    const motion = [...bytes('....ftypmp42'), ...bytes(SECRET)]
    const made = jpeg({ before: [...jfif, ...exifSegment(tiff(6)), ...xmpSegment, ...iptc, ...mpf, ...comment, ...iccSegment], after: [...jpeg({ before: exifSegment(tiff(1)) }), ...motion], scans: 3 })
    const clean = strip(made)
    expect([says(made), says(clean), says(clean, 'GPSLatitude')]).toEqual([true, false, false])
    expect(readPicture(clean)).toEqual({ type: 'image/jpeg', width: 40, height: 30, orientation: 6, isAnimated: false, hasLocation: false })
    expect(says(clean, 'ICC_PROFILE')).toBe(true)
    expect(clean).toEqual(new Uint8Array([...jpeg({ before: [...jfif, ...onlyTurned(6), ...iccSegment], scans: 3 })]))
  })

  it('a JPEG that was clean stays the same, byte for byte', () => {
    const made = jpeg({ before: jfif, scans: 2 })
    expect(strip(made)).toEqual(made)
    expect(strip(jpeg({ before: exifSegment(tiff(1)) }))).toEqual(jpeg())
  })

  it('a PNG', () => {
    const made = png([...chunk('gAMA', [0, 0, 177, 143]), ...chunk('tEXt', bytes(SECRET)), ...chunk('iTXt', bytes(SECRET)), ...chunk('zTXt', [...deflateSync(SECRET)]), ...chunk('eXIf', tiff(6)), ...chunk('prVt', bytes(SECRET))], { after: bytes(SECRET) })
    const clean = strip(made)
    expect([says(clean), clean.length < made.length]).toEqual([false, true])
    expect(readPicture(clean)).toMatchObject({ orientation: 6, hasLocation: false, width: 40 })
    // Its chunks, with their checksums: what was kept, and the turn after the head.
    expect(clean).toEqual(png([...chunk('eXIf', turned(6)), ...chunk('gAMA', [0, 0, 177, 143])]))
    expect(strip(png())).toEqual(png())
  })

  it('a WebP', () => {
    const clean = strip(webp(vp8x(0x0c), vp8(), riff('EXIF', tiff(6)), riff('XMP ', bytes(SECRET))))
    expect(says(clean)).toBe(false)
    expect(clean).toEqual(webp(vp8x(0x08), vp8(), riff('EXIF', turned(6))))
    expect(strip(webp(vp8x(0x0c), vp8(), riff('EXIF', [...bytes('Exif\0\0'), ...tiff(1, 'II')]), riff('XMP ', bytes(SECRET))))).toEqual(webp(vp8x(0), vp8()))
    expect(strip(webp(vp8l()))).toEqual(webp(vp8l()))
  })

  it('a GIF, which goes on being repeated', () => {
    const clean = strip(gif(2))
    expect([says(clean), says(clean, 'NETSCAPE2.0')]).toEqual([false, true])
    expect(readPicture(clean)).toMatchObject({ isAnimated: true, width: 40 })
  })

  it('is not done where it cannot be', () => {
    expect(stripped('image/heic', heic([[9, 9]]))).toBeUndefined()
    expect(stripped('image/jpeg', jpeg({ scans: 0 }))).toBeUndefined()
  })
})

it('what tells of the person can go with a JPEG that was drawn anew: upright, the place still in it', () => {
  const scaled = jpeg({ before: jfif, width: 20, height: 10 })
  for (const made of [jpeg({ before: [...exifSegment(tiff(6)), ...xmpSegment] }), png(chunk('eXIf', tiff(6, 'II'))), webp(vp8x(8), vp8(), riff('EXIF', tiff(6)))]) {
    const kept = whole(withSegments(scaled, aboutOf(readPicture(made)!.type, made)))
    expect(readPicture(kept)).toMatchObject({ width: 20, orientation: 1, hasLocation: true })
    expect(says(kept)).toBe(true)
  }
})

const turned = (orientation: number) => [...bytes('MM'), 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
const onlyTurned = (orientation: number) => exifSegment(turned(orientation))
