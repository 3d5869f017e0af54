import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src-main/base/clock'
import { KeptFiles } from '../../../src-main/content/kept-files'
import { randomIds } from '../../../src-main/base/ids'
import { readFileTransfer } from '../../../src-main/rcs/file-transfer'
import type { FileRules } from '../../../src-main/server/files/rules'
import { HandClock } from '../../fakes/clock'
import { formOf, Office, targetOf, until } from './office'

let office: Office | undefined
const open = async (rules: Partial<FileRules> = {}, clock?: HandClock) => (office = await new Office(rules, clock).opens())
afterEach(async () => {
  await office?.closes()
  office = undefined
})

const KB = 1024
const fault = (reply: { status: number; headers: Map<string, string[]> } | undefined) => [reply?.status, reply?.headers.get('yanxin-fault')?.[0]]
const kept = () => new KeptFiles({ folder: join(office!.folder, 'files'), ids: randomIds }).usage()

describe('how large a file may be', () => {
  it('is said before its body is read', async () => {
    const at = await open({ fileBytes: 100 * KB })
    const { type } = formOf({ file: Buffer.from('') })
    const reply = await at.askAs('mei', '/ft', { method: 'POST', headers: { 'Content-Type': type, 'Content-Length': '5000000000' } })
    expect(fault(reply)).toEqual([413, 'file-too-large'])
    expect(reply!.text).toContain(String(100 * KB))
    expect(at.files.counts().received).toBe(0)
  })

  it('holds to the byte, whatever its head says', async () => {
    const at = await open({ fileBytes: 100 * KB })
    expect((await at.upload('mei', { tid: 'a', file: randomBytes(100 * KB) }))!.status).toBe(200)
    expect(fault(await at.upload('mei', { tid: 'b', file: randomBytes(100 * KB + 1) }))).toEqual([413, 'file-too-large'])
    const { body, type } = formOf({ tid: 'c', file: randomBytes(150 * KB) })
    const chunk = (bytes: Buffer) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
    const { answerChallenge } = await import('../../../src-main/sip/digest')
    const first = await at.ask('/ft', { method: 'POST' })
    const { value } = answerChallenge({ challenges: first!.headers.get('www-authenticate')!, username: 'mei', password: 'mei secret', method: 'POST', uri: '/ft', cnonce: 'c', nc: 1 })!
    const socket = await at.connect()
    socket.write(`POST /ft HTTP/1.1\r\nHost: x\r\nAuthorization: ${value}\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`)
    socket.write(Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')]))
    const answer = Buffer.concat(await socket.toArray() as Buffer[]).toString()
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(at.files.counts()).toMatchObject({ files: 1, bytes: 100 * KB })
    await until('the partial file to go', async () => (await readdir(join(at.folder, 'files', 'partial'))).length === 0)
  })
})

describe('what an account may have', () => {
  it('counts what is on its way, and is nobody else’s', async () => {
    const at = await open({ accountBytes: 250 * KB })
    expect((await at.upload('mei', { tid: 'a', file: randomBytes(100 * KB) }))!.status).toBe(200)
    const cut = { tid: 'b', file: randomBytes(100 * KB) }
    await at.upload('mei', cut, { cut: formOf(cut).fileAt + 80 * KB, taken: 180 * KB })
    expect(fault(await at.upload('mei', { tid: 'c', file: randomBytes(100 * KB) }))).toEqual([507, 'quota-reached'])
    expect((await at.upload('lan', { tid: 'c', file: randomBytes(100 * KB) }))!.status).toBe(200)
    // What it replaces makes room.
    expect((await at.upload('mei', cut))!.status).toBe(200)
    expect(at.files.counts()).toMatchObject({ files: 3, bytes: 300 * KB })
  })

  it('is held while the bytes come, when nobody said how many', async () => {
    const at = await open({ accountBytes: 100 * KB })
    const results = await Promise.all(['a', 'b', 'c'].map((tid) => at.upload('mei', { tid, file: randomBytes(60 * KB) })))
    expect(results.filter((reply) => reply?.status === 200)).toHaveLength(1)
    await until('the rest to go', () => at.files.counts().bytes === 60 * KB)
  })
})

it('a disk without room: come again later, and messages keep theirs', async () => {
  const at = await open({ reserve: Number.MAX_SAFE_INTEGER })
  const reply = await at.upload('mei', { file: randomBytes(10) })
  expect([...fault(reply), reply!.headers.get('retry-after')?.[0]]).toEqual([503, 'disk-full', '60'])
})

/** Time goes by; what is done every second is done for the last minute of it only. */
const pass = async (clock: HandClock, ms: number): Promise<void> => {
  clock.jump(ms - MINUTE)
  await clock.advance(MINUTE)
}

describe('time', () => {
  it('a file is gone when its time is over, its bytes with the last that has them', async () => {
    const clock = new HandClock()
    const at = await open({ keep: 2 * DAY }, clock)
    const file = randomBytes(10 * KB)
    const first = readFileTransfer((await at.upload('mei', { tid: 'a', file }))!.text)
    expect(first.until).toBe(clock.now() + 2 * DAY)
    await pass(clock, DAY)
    const second = readFileTransfer((await at.upload('lan', { tid: 'b', file, thumbnail: randomBytes(KB) }))!.text)
    await pass(clock, DAY)
    expect(fault(await at.ask(targetOf(first.url)))).toEqual([410, 'expired'])
    await at.files.tidy()
    expect([await kept(), at.files.counts().files]).toEqual([{ files: 2, bytes: 11 * KB }, 1])
    expect((await at.ask(targetOf(second.url)))!.body.equals(file)).toBe(true)
    await pass(clock, DAY)
    await at.files.tidy()
    expect([await kept(), at.files.counts().bytes]).toEqual([{ files: 0, bytes: 0 }, 0])
    expect(fault(await at.ask(targetOf(second.url)))).toEqual([410, 'expired'])
  })

  it('an upload that nobody goes on with is given up after a day', async () => {
    const clock = new HandClock()
    const at = await open({}, clock)
    const file = randomBytes(10 * KB)
    await at.upload('mei', { tid: 'a', file, thumbnail: randomBytes(KB) }, { cut: formOf({ tid: 'a', file, thumbnail: randomBytes(KB) }).fileAt + 5 * KB, taken: 5 * KB })
    await pass(clock, DAY - MINUTE)
    await at.files.tidy()
    expect((await at.askAs('mei', '/ft?tid=a&get_upload_info'))!.status).toBe(200)
    await pass(clock, 2 * MINUTE)
    await at.files.tidy()
    expect((await at.askAs('mei', '/ft?tid=a&get_upload_info'))!.status).toBe(404)
    expect([await kept(), at.files.counts().bytes, await readdir(join(at.folder, 'files', 'partial'))]).toEqual([{ files: 0, bytes: 0 }, 0, []])
  })

  it('a clock that jumps ahead removes nothing at once', async () => {
    const clock = new HandClock()
    const at = await open({ keep: 10 * DAY }, clock)
    await at.upload('mei', { tid: 'a', file: randomBytes(10) })
    clock.jump(100 * DAY)
    await clock.advance(30 * MINUTE)
    await at.files.tidy()
    expect(at.files.counts().files).toBe(1)
    await clock.advance(HOUR)
    await at.files.tidy()
    expect(at.files.counts().files).toBe(0)
  })

  it.each([
    ['says nothing', ''],
    ['stops in the middle of a head', 'POST /ft HTTP/1.1\r\nHost'],
    ['stops in the middle of a body', 'PUT /ft HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc'],
  ])('a connection that %s does not stay', async (_name, text) => {
    const clock = new HandClock()
    const at = await open({}, clock)
    const socket = await at.connect()
    socket.write(text)
    await until('it to be there', () => at.files.counts().connections === 1)
    await clock.advance(MINUTE)
    await until('it to be gone', () => at.files.counts().connections === 0)
    socket.destroy()
  })

  it('nor does one that takes nothing of a file, or gives a byte now and then', async () => {
    const clock = new HandClock()
    const at = await open({}, clock)
    const told = readFileTransfer((await at.upload('mei', { tid: 'a', file: randomBytes(20_000_000) }))!.text)
    await until('that connection to end', () => at.files.counts().connections === 0)
    const idle = await at.connect()
    idle.pause()
    idle.write(`GET ${targetOf(told.url)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const slow = await at.connect()
    slow.write('POST /ft HTTP/1.1\r\nHost: x\r\nX: ')
    await until('both to be there', () => at.files.counts().connections === 2)
    await until('both to be gone', async () => {
      slow.write('x')
      await clock.advance(5_000)
      return at.files.counts().connections === 0
    })
    await until('that to be counted', () => at.files.counts().cut > 0)
    idle.destroy()
    slow.destroy()
  })
})

describe('a start', () => {
  it('removes what nothing refers to, and keeps the rest', async () => {
    const at = await open()
    const told = readFileTransfer((await at.upload('mei', { tid: 'a', file: randomBytes(10 * KB), thumbnail: randomBytes(KB) }))!.text)
    const stray = new KeptFiles({ folder: join(at.folder, 'files'), ids: randomIds })
    const lost = stray.newFile()
    await lost.write(randomBytes(5 * KB))
    await lost.finish()
    expect((await kept()).files).toBe(3)
    await at.restarts()
    expect(await kept()).toEqual({ files: 2, bytes: 11 * KB })
    expect((await at.ask(targetOf(told.url)))!.status).toBe(200)
    expect(at.files.counts()).toMatchObject({ files: 1, bytes: 11 * KB })
  })
})
