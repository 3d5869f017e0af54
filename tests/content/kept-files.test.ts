import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { KeptFiles } from '../../src-main/content/kept-files'
import { pictureType } from '../../src-main/content/sniff'

let folder: string
let files: KeptFiles
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yanxin-content-'))
  files = new KeptFiles({ folder, ids: randomIds })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function keep(bytes: Uint8Array, piece = 100_000) {
  const file = files.newFile()
  for (let at = 0; at < bytes.length; at += piece) await file.write(bytes.subarray(at, at + piece))
  return file.finish()
}
const left = () => readdir(join(folder, 'new')).catch(() => [])

describe('a file', () => {
  it.each([0, 1, 300_000, 3_000_000])('of %i bytes is kept once under its hash', async (length) => {
    const bytes = randomBytes(length)
    const hash = createHash('sha256').update(bytes).digest('hex')
    expect(await keep(bytes)).toEqual({ hash, size: length })
    const path = join(folder, hash.slice(0, 2), hash)
    const before = await stat(path)
    expect(await keep(bytes, 7_777)).toEqual({ hash, size: length })
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs)
    await files.settle()
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect(await files.usage()).toEqual({ files: 1, bytes: length })
    expect(await left()).toEqual([])
  })

  it('that is cut on the disk is written anew', async () => {
    const { hash } = await keep(Buffer.from('hello'))
    await writeFile(join(folder, hash.slice(0, 2), hash), 'hel')
    await keep(Buffer.from('hello'))
    expect((await files.read(hash, 0, 10))?.bytes.toString()).toBe('hello')
  })

  it('that is given up leaves nothing, and what a dead process left is swept', async () => {
    const file = files.newFile()
    await file.write(randomBytes(2_000_000))
    expect(await left()).toHaveLength(1)
    await file.discard()
    expect(await left()).toEqual([])
    await mkdir(join(folder, 'new'), { recursive: true })
    await writeFile(join(folder, 'new', 'old'), 'x')
    await files.sweep()
    expect(await left()).toEqual([])
    expect(await files.usage()).toEqual({ files: 0, bytes: 0 })
  })

  it('is read in parts, and says what picture it is', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(100)])
    const { hash } = await keep(png)
    expect(await files.read(hash, 100, 50)).toEqual({ bytes: png.subarray(100), size: 108, picture: 'image/png' })
    expect(await files.read(hash, 500, 50)).toMatchObject({ bytes: Buffer.alloc(0), size: 108 })
  })

  it('that is not here, and names that lead elsewhere, are nothing', async () => {
    await writeFile(join(folder, 'secret'), 'x')
    for (const name of ['0'.repeat(64), '../secret', '', `${'a'.repeat(62)}/.`]) {
      expect(await files.read(name, 0, 10)).toBeUndefined()
      expect(await files.size(name)).toBeUndefined()
    }
  })
})

it.each([
  ['\x89PNG\r\n\x1a\n\0\0', 'image/png'], ['\xff\xd8\xff\xe0', 'image/jpeg'], ['GIF89a', 'image/gif'], ['GIF87a', 'image/gif'], ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
  ['RIFF\0\0\0\0WAVE', undefined], ['<svg xmlns=', undefined], ['<html>', undefined], ['%PDF-1.7', undefined], ['', undefined], ['BM', undefined],
])('%j is %s', (begin, type) => expect(pictureType(Buffer.from(begin, 'latin1'))).toBe(type))
