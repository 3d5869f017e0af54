import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { HashThread } from '../../src-main/content/hash-thread'
import { KeptFiles } from '../../src-main/content/kept-files'
import { PartialFiles, type PartialFile } from '../../src-main/content/partial-files'

const MB = 1024 * 1024
const script = new URL('../../src-main/content/hasher.ts', import.meta.url)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'yanxin-hash-')) })
afterEach(() => rm(folder, { recursive: true, force: true }))

function filesWith(thread: HashThread | undefined): PartialFiles {
  const kept = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  return new PartialFiles({ folder: join(folder, 'partial'), kept, ...(thread && { thread }) })
}

async function write(file: PartialFile, bytes: Uint8Array, piece = 700_000): Promise<void> {
  for (let at = 0; at < bytes.length; at += piece) await file.write(bytes.subarray(at, at + piece))
}

describe('the hash of a file that grows', () => {
  const whole = randomBytes(11 * MB + 12_345)

  it.each([
    ['by the thread', () => new HashThread(script)],
    ['without one', () => undefined],
    ['by a thread that cannot start', () => new HashThread(new URL('file:///nowhere/hasher.js'))],
  ])('is that of its bytes: %s', async (_how, thread) => {
    const file = await filesWith(thread()).open('one')
    await write(file, whole)
    expect(await file.digest()).toBe(sha256(whole))
    // It goes on after it was asked for.
    await file.write(whole.subarray(0, 5))
    expect(await file.finish()).toEqual({ hash: sha256(Buffer.concat([whole, whole.subarray(0, 5)])), size: whole.length + 5 })
  })

  it('goes on with a large file that an earlier process left, and begins anew when it is cleared', async () => {
    const files = filesWith(new HashThread(script))
    const before = await files.open('one')
    await write(before, whole.subarray(0, 9 * MB))
    await before.close()
    const file = await files.open('one')
    await write(file, whole.subarray(9 * MB))
    expect(await file.digest()).toBe(sha256(whole))
    await file.clear()
    await file.write(Buffer.from('short'))
    expect(await file.digest()).toBe(sha256(Buffer.from('short')))
    await file.clear()
    await write(file, whole)
    expect(await file.finish()).toEqual({ hash: sha256(whole), size: whole.length })
  })

  it('of two at once is that of each', async () => {
    const files = filesWith(new HashThread(script))
    const other = randomBytes(10 * MB)
    const [one, two] = await Promise.all([files.open('one'), files.open('two')])
    await Promise.all([write(one, whole), write(two, other)])
    expect(await one.finish()).toMatchObject({ hash: sha256(whole) })
    // The thread is still there for the second.
    await two.write(Buffer.from('x'))
    expect(await two.finish()).toMatchObject({ hash: sha256(Buffer.concat([other, Buffer.from('x')])) })
  })

  it('is never one of fewer bytes: a file that was cut behind our back is told', async () => {
    const file = await filesWith(new HashThread(script)).open('one')
    await write(file, whole)
    await truncate(join(folder, 'partial', 'one'), 9 * MB)
    await expect(file.digest()).rejects.toMatchObject({ code: 'disk-broken' })
    await file.discard()
  })
})
