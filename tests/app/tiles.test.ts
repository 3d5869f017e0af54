import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tileUrl, Tiles } from '../../src-main/app/tiles'
import { DAY, SECOND } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { HandClock } from '../fakes/clock'

const picture = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)])
let folder: string
let server: Server
let asked: string[]
let answer: { status: number; body: Buffer } | 'never'
let template: string
let clock: HandClock
let tiles: Tiles
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yanxin-tiles-'))
  asked = []
  answer = { status: 200, body: picture }
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['user-agent']}`)
    if (answer !== 'never') response.writeHead(answer.status, { 'Content-Type': 'text/html' }).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  template = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{z}/{x}/{y}.png`
  clock = new HandClock(Date.now())
  tiles = new Tiles({ folder, template: () => template, userAgent: 'Yanxin/0', clock, ids: randomIds })
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

describe('a tile', () => {
  it('is asked for once, kept, and asked for again when it is old', async () => {
    const both = await Promise.all([tiles.tile(3, 1, 2), tiles.tile(3, 1, 2)])
    expect(both[0]).toMatchObject({ type: 'image/png' })
    expect(await tiles.tile(3, 1, 2)).toMatchObject({ type: 'image/png' })
    expect(asked).toEqual(['/3/1/2.png Yanxin/0'])
    await clock.advance(31 * DAY)
    await tiles.tile(3, 1, 2)
    expect(asked).toHaveLength(2)
  })

  it('that is old is shown while its server is away', async () => {
    await tiles.tile(3, 1, 2)
    await clock.advance(31 * DAY)
    answer = { status: 200, body: Buffer.from('<html>') }
    expect((await tiles.tile(3, 1, 2))!.bytes).toEqual(picture)
  })

  it.each([
    ['no picture', { status: 200, body: Buffer.from('<html><script>') }, 'bad-type'], ['too large', { status: 200, body: Buffer.concat([picture, Buffer.alloc(600_000)]) }, 'too-large'],
  ])('that is %s is refused', async (_, given, code) => {
    answer = given
    await expect(tiles.tile(3, 1, 2)).rejects.toMatchObject({ code })
  })

  it('that is not there, or has no server, is none', async () => {
    answer = { status: 404, body: picture }
    expect(await tiles.tile(3, 1, 2)).toBeUndefined()
    template = ''
    expect(await tiles.tile(3, 1, 2)).toBeUndefined()
  })

  it('that does not come is given up', async () => {
    answer = 'never'
    const coming = tiles.tile(3, 1, 2).catch((thrown: unknown) => thrown)
    await expect.poll(() => asked.length).toBe(1)
    await clock.advance(10 * SECOND)
    expect(await coming).toMatchObject({ code: 'no-answer' })
    template = 'http://127.0.0.1:1/{z}/{x}/{y}'
    await expect(tiles.tile(3, 1, 2)).rejects.toMatchObject({ code: 'cannot-connect' })
  })

  it('is asked for beside at most three others', async () => {
    answer = 'never'
    const all = Array.from({ length: 9 }, (_, x) => tiles.tile(4, x, 0).catch(() => 'gone'))
    await expect.poll(() => asked.length).toBe(4)
    answer = { status: 200, body: picture }
    await clock.advance(10 * SECOND)
    expect((await Promise.all(all)).filter((one) => one === 'gone')).toHaveLength(4)
  })
})

it.each([
  ['https://tiles.example/{z}/{x}/{y}.png', 'https://tiles.example/3/1/2.png'], ['file:///etc/{z}', undefined], ['javascript:{z}', undefined], ['https://me:secret@tiles.example/{z}', undefined], ['geo:{x},{y}', undefined], ['{z}', undefined],
])('%s is %s', (template, url) => expect(tileUrl(template, 3, 1, 2)).toBe(url))
