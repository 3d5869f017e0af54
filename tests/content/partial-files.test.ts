import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { KeptFiles } from '../../src-main/content/kept-files'
import { PartialFiles } from '../../src-main/content/partial-files'

let folder: string
let kept: KeptFiles
let files: PartialFiles
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yanxin-partial-'))
  kept = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  files = new PartialFiles({ folder: join(folder, 'content', 'partial'), kept })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a file that comes in pieces', () => {
  it('goes on where it was left, and is kept under the hash of all of it', async () => {
    const bytes = randomBytes(2_500_000)
    const first = await files.open('one')
    await first.write(bytes.subarray(0, 1_500_000))
    await first.close()
    expect(await files.size('one')).toBe(1_500_000)
    const second = await files.open('one')
    expect(second.size).toBe(1_500_000)
    await second.write(bytes.subarray(1_500_000))
    expect(await second.finish()).toEqual({ hash: sha256(bytes), size: bytes.length })
    expect(await files.size('one')).toBe(0)
    const open = await kept.open(sha256(bytes))
    expect((await open!.stream(0, bytes.length - 1).toArray()).length).toBeGreaterThan(1)
    expect((await readFile(join(kept.folder, sha256(bytes).slice(0, 2), sha256(bytes)))).equals(bytes)).toBe(true)
  })

  it('counts what a dead process had written', async () => {
    const first = await files.open('one')
    await first.write(Buffer.from('hel'))
    await first.close()
    await appendFile(join(kept.folder, 'partial', 'one'), 'lo')
    const second = await files.open('one')
    expect(second.size).toBe(5)
    expect(await second.digest()).toBe(sha256(Buffer.from('hello')))
    await second.close()
  })

  it('is once there, and taken a second time', async () => {
    for (const name of ['one', 'two']) {
      const file = await files.open(name)
      await file.write(Buffer.from('the same'))
      await file.finish()
    }
    expect(await kept.usage()).toEqual({ files: 1, bytes: 8 })
    const left = []
    for await (const each of files.list()) left.push(each)
    expect(left).toEqual([])
    await kept.remove(sha256(Buffer.from('the same')))
    expect(await kept.usage()).toEqual({ files: 0, bytes: 0 })
  })

  it('is listed while it is partial, and discarded', async () => {
    const file = await files.open('one')
    await file.write(Buffer.from('12345'))
    const left = []
    for await (const { name, size } of files.list()) left.push({ name, size })
    expect(left).toEqual([{ name: 'one', size: 5 }])
    await file.discard()
    expect(await files.size('one')).toBe(0)
  })

  it.each(['', '..', '../x', 'a/b', '.hidden', 'a'.repeat(200)])('has no name like “%s”', async (name) => {
    await expect(files.open(name)).rejects.toMatchObject({ code: 'bad-argument' })
  })
})

it('part of a kept file comes as a stream', async () => {
  const file = kept.newFile()
  await file.write(Buffer.from('0123456789'))
  const { hash } = await file.finish()
  const open = await kept.open(hash)
  expect([open!.size, Buffer.from(open!.begin).toString()]).toEqual([10, '0123456789'])
  expect(Buffer.concat(await open!.stream(3, 6).toArray()).toString()).toBe('3456')
  expect(await kept.open('0'.repeat(64))).toBeUndefined()
})
