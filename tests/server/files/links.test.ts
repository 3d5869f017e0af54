import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Links, openKey } from '../../../src-main/server/files/links'
import { readContentRange } from '../../../src-main/server/files/ranges'
import { saidType, toldType } from '../../../src-main/server/files/types'

describe('links', () => {
  const links = new Links({ base: 'https://files.example/some/ft', key: Buffer.alloc(32, 1) })
  const at = Date.UTC(2026, 10, 26)
  const path = (url: string) => new URL(url).pathname

  it('open until their time is over', () => {
    const url = links.make('d', 'abc', at + 5_000, '会议 1.pdf')
    expect(url).toMatch(/^https:\/\/files\.example\/some\/ft\/d\/abc\/\d+\/[\w-]{22}\/%E4%BC%9A/)
    expect(links.open(path(url), at)).toEqual({ ok: true, kind: 'd', id: 'abc' })
    expect(links.open(path(url), at + 4_999)).toMatchObject({ ok: true })
    expect(links.open(path(url), at + 5_000)).toEqual({ ok: false, reason: 'expired' })
  })

  it('of another key, or changed anywhere, are unknown', () => {
    const target = path(links.make('u', 'abc', at + 5_000))
    const unknown = { ok: false, reason: 'unknown' }
    expect(new Links({ base: 'https://files.example/some/ft', key: Buffer.alloc(32, 2) }).open(target, at)).toEqual(unknown)
    for (let i = 0; i < target.length; i++) expect(links.open(`${target.slice(0, i)}~${target.slice(i + 1)}`, at)).toEqual(unknown)
    for (let length = 0; length < target.length; length++) expect(links.open(target.slice(0, length), at)).toEqual(unknown)
  })

  it('have a key that only its owner can read, and that stays', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yanxin-key-'))
    try {
      const key = openKey(join(folder, 'files'))
      expect(key).toHaveLength(32)
      expect(openKey(join(folder, 'files'))).toEqual(key)
      if (process.platform !== 'win32') expect(statSync(join(folder, 'files', 'key')).mode & 0o777).toBe(0o600)
      writeFileSync(join(folder, 'files', 'key'), 'cut')
      expect(openKey(join(folder, 'files'))).not.toEqual(key)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it.each<[string, ReturnType<typeof readContentRange>]>([
  ['bytes 0-9/10', { start: 0, end: 9, total: 10 }], ['Bytes  5-5/10 ', { start: 5, end: 5, total: 10 }],
  ['bytes 5-4/10', undefined], ['bytes 0-10/10', undefined], ['bytes 0-9/*', undefined], ['bytes */10', undefined], ['bytes -1-9/10', undefined],
  ['bytes 0-9999999999999999/99999999999999999', undefined], ['', undefined],
])('Content-Range %s', (text, range) => expect(readContentRange(text)).toEqual(range))

it.each([
  ['image/jpeg', 'image/jpeg', 'image/jpeg'], ['image/jpg', 'image/jpeg', 'image/jpeg'], ['video/mp4', 'audio/mp4', 'video/mp4'], ['audio/amr-wb', 'audio/amr', 'audio/amr-wb'],
  ['text/html', 'video/mp4', 'video/mp4'], ['image/png', undefined, 'application/octet-stream'], ['image/heic', undefined, 'image/heic'], ['text/vcard', undefined, 'text/vcard'],
])('said to be %s and seen to be %s is told as %s', (said, seen, told) => expect(toldType(said, seen)).toBe(told))

it('what is no media type is not repeated', () => {
  for (const said of ['', 'x', 'text/html\r\nX: y', 'a/b;c', '<a/b>', `text/${'x'.repeat(200)}`]) expect(saidType(said)).toBe('application/octet-stream')
  expect(saidType('audio/wav;voice-recording=yes')).toBe('audio/wav;voice-recording=yes')
})
