import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../fakes/build'
import { judge } from './torture-uas'
import { torture, tortureTable } from './torture-verdicts'

const folder = join(root, '../shared/wire/rfc4475')
const isThere = existsSync(folder)
if (!isThere) console.warn('torture.test.ts: the messages of RFC 4475 are not on this machine (../shared/wire/rfc4475): skipped')
const bytesOf = (file: string): Buffer => readFileSync(join(folder, `${file}.dat`))

test('the table says one verdict for each of the 49 messages', async () => {
  expect(new Set(torture.map(({ file }) => file)).size).toBe(49)
  await expect(tortureTable()).toMatchFileSnapshot('torture-table.md')
})

describe.skipIf(!isThere)('RFC 4475', () => {
  test.each(torture)('$section $file: $shows → $verdict', async ({ file, verdict, stream }) => {
    expect((await judge(bytesOf(file), 'datagram')).verdict).toBe(verdict)
    expect((await judge(bytesOf(file), 'stream')).verdict).toBe(stream ?? verdict)
  })

  test('bext01: Unsupported names what is not supported', async () => {
    const { answers } = await judge(bytesOf('bext01'), 'stream')
    expect(answers[0]!.headers.get('Unsupported')).toBe('nothingSupportsThis, nothingSupportsThisEither, noProxiesSupportThis, norDoAnyProxiesSupportThis')
  })

  test('invut: Accept says what would have been read', async () => {
    expect((await judge(bytesOf('invut'), 'stream')).answers[0]!.headers.get('Accept')).toBe('application/sdp')
  })

  test('regaut01: the challenge offers SHA-256 first', async () => {
    const challenges = (await judge(bytesOf('regaut01'), 'stream')).answers[0]!.headers.all('WWW-Authenticate')
    expect(challenges.map((value) => /algorithm=([\w-]+)/.exec(value)?.[1])).toEqual(['SHA-256', 'MD5'])
  })

  test('longreq: the answer has all 34 Via, in their order', async () => {
    const via = (await judge(bytesOf('longreq'), 'stream')).answers[0]!.headers.all('Via')
    expect(via).toHaveLength(34)
    expect(via[0]).toContain('sip33.example.com')
    expect(via.at(-1)).toContain('host.example.com')
  })
})
