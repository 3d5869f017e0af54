import { describe, expect, it } from 'vitest'
import { notesOf, toSend, typeOf, type TrayItem } from '../../../src-renderer/attach/item'
import { fitted, isDecodable } from '../../../src-renderer/attach/limits'
import type { PictureHead } from '../../../src-renderer/attach/work'

const head = (more: Partial<PictureHead> = {}): PictureHead => (
  { type: 'image/jpeg', width: 4_000, height: 3_000, hasLocation: true, canStrip: true, isHuge: false, isLarge: true, ...more }
)
const item = (more: Partial<TrayItem> = {}): TrayItem => ({
  key: 'k', file: new File(['12345'], 'a.jpg', { type: 'image/jpeg' }), name: 'a.jpg', at: 'ready', wish: { isScaled: false, keepsAbout: false }, notes: [], ...more,
})
const called = (type: string) => ({ file: new File(['x'], 'x', { type }), at: 'ready' as const })

describe('the type of a file that goes out', () => {
  it('is that of its bytes, not of its name', () => {
    expect(typeOf({ ...called('text/html'), head: head({ type: 'image/png' }) })).toBe('image/png')
    expect(typeOf(called('image/jpeg'))).toBe('application/octet-stream')
    expect(typeOf(called('application/pdf'))).toBe('application/pdf')
    expect(typeOf(called('audio/webm;codecs=opus'))).toBe('audio/webm')
    expect(typeOf(called(''))).toBe('application/octet-stream')
    expect(typeOf(called('not a type'))).toBe('application/octet-stream')
  })
  it('is no picture where nobody should try to draw it', () => {
    expect(typeOf({ ...called('image/png'), head: head({ isHuge: true }) })).toBe('application/octet-stream')
  })
})

it('its sender is told what is not taken out of it, and what is not shown', () => {
  const notes = (type: string, of?: PictureHead) => notesOf({ ...called(type), ...(of && { head: of }) })
  expect(notes('image/jpeg', head())).toEqual([])
  expect(notes('image/heic', head({ type: 'image/heic', canStrip: false }))).toEqual(['untouched'])
  expect(notes('video/mp4')).toEqual(['untouched'])
  expect(notes('image/jpeg')).toEqual(['untouched'])
  expect(notes('image/png', head({ isHuge: true }))).toEqual(['huge'])
  expect(notes('application/pdf')).toEqual([])
})

it('a bomb is not decoded, a telephone’s picture is', () => {
  expect([isDecodable({ width: 50_000, height: 50_000 }), isDecodable({ width: 50_000, height: 10 }), isDecodable({ width: 0, height: 9 }), isDecodable({ width: 16_000, height: 9_000 })])
    .toEqual([false, false, false, false])
  expect(isDecodable({ width: 8_160, height: 6_120 })).toBe(true)
})

it('is made to fit without losing its shape', () => {
  expect(fitted({ width: 4_000, height: 3_000 }, 320)).toEqual({ width: 320, height: 240 })
  expect(fitted({ width: 10, height: 20 }, 320)).toEqual({ width: 10, height: 20 })
  expect(fitted({ width: 10_000, height: 3 }, 320)).toEqual({ width: 320, height: 1 })
})

describe('what the outbox gets', () => {
  it('is made by the last wish, also when it was sent before everything was known', async () => {
    const wishes: unknown[] = []
    const make = async ({ wish }: TrayItem) => (wishes.push(wish), { blob: new Blob(['abc']), type: 'image/jpeg', width: 2, height: 1 })
    const known = item({ head: head(), width: 4_000, height: 3_000, wish: { isScaled: true, keepsAbout: false }, looks: { thumbnail: new Blob(['t']), preview: new Blob(['p']) } })
    const early = await toSend(item({ at: 'looking' }), Promise.resolve(known), make).make()
    expect(early).toMatchObject({ about: { name: 'a.jpg', contentType: 'image/jpeg', width: 2, height: 1 }, thumbnail: known.looks!.thumbnail })
    const changed = { isScaled: false, keepsAbout: true }
    await toSend({ ...known, wish: changed }, Promise.resolve(known), make).make()
    expect(wishes).toEqual([known.wish, changed])
  })
  it('has the ending of what it became, and nothing of a picture where it goes as a file', async () => {
    const png = item({ name: 'a.png', head: head({ type: 'image/png' }), width: 9, height: 9 })
    const made = async () => ({ blob: new Blob(['abc']), type: 'image/jpeg', width: 2, height: 1 })
    expect((await toSend(png, Promise.resolve(png), made).make()).about).toEqual({ name: 'a.jpg', contentType: 'image/jpeg', width: 2, height: 1 })
    const bomb = item({ name: 'a.png', head: head({ type: 'image/png', isHuge: true }), width: 50_000, height: 50_000 })
    const sent = toSend(bomb, Promise.resolve(bomb), async () => ({ blob: new Blob(['clean']), type: 'image/png', width: 50_000, height: 50_000 }))
    expect([sent.view, sent.picture]).toEqual([{ name: 'a.png', contentType: 'application/octet-stream', size: 5, hash: '' }, undefined])
    expect((await sent.make()).about).toEqual({ name: 'a.png', contentType: 'application/octet-stream' })
  })
  it('stays as it is where nothing can be made of it', async () => {
    const film = item({ name: 'v.mp4', file: new File(['film'], 'v.mp4', { type: 'video/mp4' }), duration: 1_500, width: 16, height: 9 })
    const { blob, about } = await toSend(film, Promise.resolve(film), async () => null).make()
    expect([blob, about]).toEqual([film.file, { name: 'v.mp4', contentType: 'video/mp4', width: 16, height: 9, duration: 1_500 }])
  })
})
