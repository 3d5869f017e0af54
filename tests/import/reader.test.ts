import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BackupReader, type Piece } from '../../src-main/import/reader'

/** All pieces of a text that comes in parts of these sizes. */
export function readAll(text: string | Buffer, sizes: readonly number[] = [1 << 20]): Piece[] {
  const bytes = Buffer.from(text as string)
  const reader = new BackupReader()
  const pieces: Piece[] = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = Math.max(1, sizes[n % sizes.length]!)
    pieces.push(...reader.read(bytes.subarray(at, at + size)))
    at += size
  }
  pieces.push(...reader.end())
  return pieces
}

const file = (inside: string) => `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore-->\n<smses count="1">\n${inside}\n</smses>`
const bodies = (pieces: readonly Piece[]) => pieces.flatMap((piece) => (piece.kind === 'sms' ? [piece.attributes.get('body')] : []))

/** Files put together, so that how they were cut does not count. */
function shape(pieces: readonly Piece[]): unknown[] {
  const shown: unknown[] = []
  let bytes: Buffer[] = []
  for (const piece of pieces) {
    if (piece.kind === 'bytes') bytes.push(Buffer.from(piece.bytes))
    else if (piece.kind === 'file-end') {
      shown.push({ ...piece, text: piece.isWhole && Buffer.concat(bytes).toString('latin1') })
      bytes = []
    } else if (piece.kind === 'sms') shown.push({ ...piece, attributes: [...piece.attributes] })
    else if (piece.kind === 'mms') {
      shown.push({
        ...piece, attributes: [...piece.attributes], addresses: piece.addresses.map((one) => [...one]),
        parts: piece.parts.map((part) => ({ ...part, attributes: [...part.attributes] })),
      })
    } else if (piece.kind !== 'file') shown.push(piece)
  }
  return shown
}

describe('values', () => {
  it.each([
    ['&#55357;&#56832;', '😀'],
    ['&#xD83D;&#xDE00;', '😀'],
    ['&#128512;', '😀'],
    ['😀', '😀'],
    ['a&#55357;b', 'a\uFFFDb'],
    ['&#56832;&#55357;', '\uFFFD\uFFFD'],
    ['&#0;&#1;&#x1F;', '\uFFFD\uFFFD\uFFFD'],
    ['&#1114112;&#99999999;', '\uFFFD\uFFFD'],
    ['&amp;lt; &lt;b&gt; &quot;q&quot; &apos;', '&lt; <b> "q" \''],
    ['one&#10;two&#13;&#10;three\r\nfour', 'one\ntwo\nthree\nfour'],
    ['&laugh; & &#; &#xZZ;', '&laugh; & &#; &#xZZ;'],
    ['null', 'null'],
    ['', ''],
  ])('%j is %j', (raw, body) => expect(bodies(readAll(file(`<sms body="${raw}" />`)))).toEqual([body]))

  it('quotes of both kinds', () => expect(bodies(readAll(file(`<sms body='"a"' />\n<sms body="'b'"></sms>`)))).toEqual([`"a"`, `'b'`]))
})

describe('the same pieces, however it is cut', () => {
  const nasty = file([
    '<sms address="+86 138" body="&#55357;&#56832;" date="1" />',
    `<mms date="2"><parts><part seq="-1" ct="application/smil" text="&lt;smil>" /><part ct="image/png" data="QUJD&#10;REVG\r\nRw==" /><part ct="text/plain" text="中文" data="null"/></parts>`,
    '<addrs><addr address="1" type="137" /></addrs></mms>',
    '<sms body="no end <sms body="found" />',
    '<mms><parts><part data="QUJ<sms body="again" />',
    '<mms><sms body="inside" /></mms>',
  ].join('\n'))

  it('at every byte', () => {
    const whole = shape(readAll(nasty))
    expect(whole).toHaveLength(11)
    for (let size = 1; size < nasty.length; size++) expect(shape(readAll(nasty, [size]))).toEqual(whole)
  })

  it.each([
    ['a closing tag whose end is far', `<sms body="1" /></mms ${'x'.repeat(120)} body="2" /><sms body="3" />`],
    ['the end of the file that does not end', `<sms body="1" /></smses${' '.repeat(120)}<sms body="2" />`],
    ['more attributes than may be', `<sms ${Array.from({ length: 101 }, (_, i) => `a${i}="" `).join('')}body="1" /><sms body="2" />`],
    ['spaces that are none in XML', '<sms body="1"\u00a0date="2" /><sms body="3"\f/><sms body="4"\u3000/>'],
  ])('%s', (_, inside) => {
    const text = file(inside)
    const whole = shape(readAll(text))
    for (const size of [1, 2, 7, 60, 150]) expect(shape(readAll(text, [size]))).toEqual(whole)
  })

  it('anywhere', () => {
    const whole = shape(readAll(nasty))
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(shape(readAll(nasty, sizes))).toEqual(whole)
    }), { numRuns: 100 })
  })
})

describe('what cannot be read is said, and the next is read', () => {
  const lines = (pieces: readonly Piece[]) => pieces.flatMap((piece) => (piece.kind === 'unreadable' ? [[piece.line, piece.why]] : []))

  it.each([
    ['<sms body="a" date=5 />', 'the attribute date has no quotes'],
    ['<sms body />', 'the attribute body has no value'],
    ['<sms body="a" / >', 'a tag that does not end'],
    ['<sms =a />', 'a tag without a name'],
    ['<sms body="never', 'the attribute body does not end'],
    ['<mms><parts></parts>', 'the message does not end'],
    [`</smses${' '.repeat(120)}`, 'a tag that does not end'],
    [`<sms body="${'x'.repeat(9 * 1024 * 1024)}" y= />`, 'the attribute body is too long'],
  ])('%.30s', (bad, why) => {
    const pieces = readAll(file(`<sms body="1" />\n${bad}\n<sms body="2" />`), [65_536])
    expect(bodies(pieces)).toEqual(['1', '2'])
    expect(lines(pieces)).toEqual([[5, why]])
  })

  it('an attachment that is no base64, with its end', () => {
    const ends = readAll(file('<mms><parts><part data="QU*D" /><part data="QUJDR" /><part data="QQ==QQ==" /><part data="" /></parts></mms>'))
      .filter((piece) => piece.kind === 'file-end')
    expect(ends.map(({ isWhole }) => isWhole)).toEqual([false, false, false, true])
  })

  it('a file that ends too early says where', () => {
    const whole = file('<sms body="1" />\n<sms body="2" />')
    expect(readAll(whole).at(-1)).toMatchObject({ kind: 'sms' })
    const cut = readAll(whole.slice(0, whole.indexOf('"2"') + 2))
    expect(bodies(cut)).toEqual(['1'])
    expect(cut.at(-1)).toEqual({ kind: 'cut', line: 5 })
  })
})

describe('another kind of file is refused', () => {
  it.each([
    ['', 'bad-type'], ['hello', 'bad-type'], ['PK\u0003\u0004', 'bad-type'], ['<calls count="1"><call /></calls>', 'bad-type'], ['<html>', 'bad-type'],
    ['{"messages": []}', 'bad-type'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><smses></smses>', 'malformed'], ['<smses><![CDATA[x]]></smses>', 'malformed'],
  ])('%j: %s', (text, code) => expect(() => readAll(text)).toThrow(expect.objectContaining({ code })))
})

it('nothing makes it throw but these faults, nor hang', () => {
  const scraps = ['<smses>', '</smses>', '<sms ', '<mms>', '</mms>', '<part data="', '"', "'", '/>', '>', '<', '&#55357;', 'body="x"', '<!--', '-->', '<?', '?>', '=', ' ', '\n', 'QUJD', '\0', '\u{1F600}']
  fc.assert(fc.property(fc.array(fc.constantFrom(...scraps), { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (parts, size) => {
    const text = `<smses>${parts.join('')}`
    let whole: Piece[] | string
    try {
      whole = readAll(text)
    } catch (thrown) {
      whole = (thrown as { code: string }).code
      expect(whole).toBe('malformed')
    }
    if (typeof whole === 'string') expect(() => readAll(text, [size])).toThrow(expect.objectContaining({ code: whole }))
    else expect(shape(readAll(text, [size]))).toEqual(shape(whole))
  }), { numRuns: 3_000 })
})
