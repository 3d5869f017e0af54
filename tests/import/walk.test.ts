import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeOf } from '../../src-main/import/addresses'
import { walk, type Found } from '../../src-main/import/walk'
import { memoryFile } from './memory'

const home = homeOf('sip:lan@office.example')
export const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/imports', name))

export async function walkAll(bytes: Buffer, size = 1_000): Promise<{ found: Found[]; lost: string[] }> {
  const found: Found[] = []
  const lost: string[] = []
  async function* chunks() { for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size) }
  for await (const one of walk({ chunks: chunks(), home, newFile: memoryFile, taken: 0, lost: (why) => lost.push(why), pause: async () => {} })) found.push(...one)
  return { found, lost }
}
const messages = (found: Found[]) => found.flatMap((one) => (one.kind === 'message' ? [one.message] : []))
const MEI = 'sip:+8613800138000@office.example'
const HAI = 'sip:+8613900139000@office.example'

describe('a backup with everything in it', async () => {
  const { found, lost } = await walkAll(fixture('everything.xml'))
  const all = messages(found)
  const saying = (text: string) => all.find(({ content }) => 'text' in content && content.text === text)

  it('has emoji, lines, and one conversation for every spelling of a number', () => {
    expect(saying('新年快乐😀')).toMatchObject({ conversation: MEI, name: '梅琳', from: MEI, outgoing: false, sentAt: 1546300800000, status: 'displayed' })
    expect(saying('同乐！\n晚上见 <3')).toMatchObject({ conversation: MEI, from: 'sip:lan@office.example', outgoing: true, status: 'delivered' })
    expect(saying('same moment')).toMatchObject({ conversation: MEI, status: 'sent' })
    expect(saying('another spelling')?.conversation).toBe('sip:10086@office.example')
    expect(saying('尊敬的客户，您的余额为 88.80 元。')?.conversation).toBe('sip:10086@office.example')
    expect(saying('尊敬的客户，您的余额为 88.80 元。')?.name).toBeUndefined()
  })

  it('keeps those who cannot be answered where nothing can be sent', () => {
    expect(saying('您尾号1234卡支出 12.00 元')?.conversation).toBe('sip:ICBC@kept.invalid')
    expect(saying('by mail')?.conversation).toBe('sip:mei%40example.org@kept.invalid')
  })

  it('leaves drafts, keeps what never left as failed, and takes strange times', () => {
    expect(found.filter((one) => one.kind === 'left')).toMatchObject([{ why: 'draft' }])
    expect(saying('never left')).toMatchObject({ conversation: HAI, outgoing: true, status: 'failed' })
    expect(saying('no time')?.sentAt).toBe(0)
    expect(saying('from the future')?.sentAt).toBe(4102444800000)
    expect(saying('')).toMatchObject({ conversation: HAI, sentAt: 1546301400000 })
  })

  it('joins the text of an MMS, drops its layout, keeps its files', () => {
    expect(saying('看这个👍')?.content).toEqual({ kind: 'files', text: '看这个👍', files: [{ name: '照片.png', contentType: 'image/png', size: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) }] })
    expect(saying('两样东西')).toMatchObject({ outgoing: true, sentAt: 1546302060000, content: { files: [{ name: 'etc_pass_wd.jpg' }, { name: 'mei.vcf', size: 32 }] } })
  })

  it('has one conversation for a group, whoever writes', () => {
    const [theirs, mine] = [saying('to you both')!, saying('from me to both')!]
    expect(theirs).toMatchObject({ from: HAI, name: '梅琳, 阿海', outgoing: false })
    expect(theirs.conversation).toMatch(/^sip:group-[0-9a-f]{24}@kept\.invalid$/)
    expect(mine).toMatchObject({ conversation: theirs.conversation, outgoing: true, name: '13900139000, 13800138000' })
  })

  it('says what is missing', () => {
    expect(all.find(({ content }) => content.kind === 'unsupported')?.content).toMatchObject({ size: 204800 })
    expect(all.at(-1)?.content).toEqual({ kind: 'files', files: [{ name: 'gone.png', contentType: 'image/png', size: 0, hash: '' }, { name: 'broken.png', contentType: 'image/png', size: 0, hash: '' }] })
    expect(lost).toEqual(['no-base64'])
  })

  it('tells every message by its print, but for those that are alike', () => {
    expect(all).toHaveLength(19)
    expect(new Set(all.map(({ print }) => print)).size).toBe(18)
  })

  it.each(['utf-16.xml', 'bom-crlf.xml', 'no-declaration.xml', 'gb18030.xml'])('is the same as %s', async (name) => {
    for (const size of [7, 100_000]) expect(messages((await walkAll(fixture(name), size)).found)).toEqual(all)
  })

  it('is read up to where it was cut', async () => {
    const cut = await walkAll(fixture('cut.xml'))
    expect(messages(cut.found)).toEqual(all.slice(0, 13))
    expect(cut.found.at(-1)).toEqual({ kind: 'cut', line: 22 })
  })

  it('is read around its damage', async () => {
    const { found } = await walkAll(fixture('damaged.xml'))
    expect(found.flatMap((one) => (one.kind === 'left' ? [[one.why, one.line]] : []))).toEqual([['damaged', 6], ['damaged', 8], ['damaged', 10]])
    expect(messages(found).map(({ content }) => 'text' in content && content.text)).toEqual(['新年快乐😀', 'same moment', 'another spelling', '您尾号1234卡支出 12.00 元'])
  })
})

it.each([['entities.xml', 'malformed'], ['calls.xml', 'bad-type']])('%s is refused: %s', async (name, code) => {
  await expect(walkAll(fixture(name))).rejects.toMatchObject({ code })
})

it('an encoding that nobody knows is a fault', async () => {
  await expect(walkAll(Buffer.from(`<?xml version="1.0" encoding="klingon"?><smses></smses>`))).rejects.toMatchObject({ code: 'bad-encoding' })
})

it('an attachment of 60 MB in one attribute passes through, not into memory', async () => {
  const piece = Buffer.from(Buffer.alloc(48 * 1024, 'yanxin').toString('base64'))
  const count = 1_250
  let most = 0
  async function* chunks() {
    yield Buffer.from('<smses count="1"><mms date="1546302000000" msg_box="1" address="10086"><parts><part ct="video/mp4" cl="a.mp4" data="')
    for (let n = 0; n < count; n++) {
      yield piece
      most = Math.max(most, process.memoryUsage().rss)
    }
    yield Buffer.from('" /></parts></mms></smses>')
  }
  const before = process.memoryUsage().rss
  const found: Found[] = []
  for await (const list of walk({ chunks: chunks(), home, newFile: memoryFile, taken: 0, lost: () => expect.unreachable(), pause: async () => {} })) found.push(...list)
  expect(messages(found)).toMatchObject([{ content: { files: [{ name: 'a.mp4', size: count * 48 * 1024 }] } }])
  // What a parser that gathers the attribute needs is some 40 bytes for each of its.
  expect(most - before).toBeLessThan(300e6)
})
