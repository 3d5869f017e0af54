import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVcard } from '../../../src-renderer/contacts/vcard-read'
import { writeVcard } from '../../../src-renderer/contacts/vcard-write'

const bytes = (text: string) => new TextEncoder().encode(text)
const card = (...lines: string[]) => bytes(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'))
const png = (width: number, height: number) => {
  const data = Buffer.alloc(40)
  data.write('\x89PNG\r\n\x1a\n', 'latin1')
  data.writeUInt32BE(width, 16)
  data.writeUInt32BE(height, 20)
  return data.toString('base64')
}

describe('vCards that are read', () => {
  it('vCard 2.1 of a phone, quoted-printable over several lines', () => {
    expect(readVcard(card('VERSION:2.1', 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9E=97;=E7=BE=\r\n=8E;;;', 'TEL;CELL;PREF:+86 138 0013 8000', 'TEL;WORK:010-8888',
      'EMAIL;HOME:mei@example.com', 'ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=85=AC=E5=8F=B8;=E9=94=80=E5=94=AE'))).toEqual({
      name: '林美', organisation: '公司, 销售', numbers: [{ value: '+86 138 0013 8000', kind: 'cell' }, { value: '010-8888', kind: 'work' }],
      mails: [{ value: 'mei@example.com', kind: 'home' }], addresses: [], more: 0,
    })
  })

  it('vCard 3.0 with groups, escapes and folded lines', () => {
    expect(readVcard(card('VERSION:3.0', 'FN:Mei\\, the', '  Great', 'item1.TEL;TYPE=CELL,VOICE:+49 30 1', 'item1.X-ABLabel:x', 'TITLE:Head of\\nSales', 'IMPP:sip:mei@yan.example', 'IMPP:xmpp:mei@x'))).toMatchObject({
      name: 'Mei, the Great', title: 'Head of Sales', numbers: [{ value: '+49 30 1', kind: 'cell' }], addresses: [{ value: 'mei@yan.example' }],
    })
  })

  it('vCard 4.0 with URIs, the first of several', () => {
    expect(readVcard(bytes(`${new TextDecoder().decode(card('VERSION:4.0', 'FN:Lan', 'TEL;VALUE=uri;TYPE="work,voice":tel:+1-555-1;ext=2', 'EMAIL:lan@example.com'))}\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD`))).toMatchObject({
      name: 'Lan', numbers: [{ value: '+1-555-1', kind: 'work' }], mails: [{ value: 'lan@example.com' }], more: 1,
    })
  })

  it('GBK, and a name where there is only an organisation', () => {
    expect(readVcard(Uint8Array.from([...bytes('BEGIN:VCARD\nORG:'), 0xb9, 0xab, 0xcb, 0xbe, ...bytes('\nTEL:10086\nEND:VCARD')]))).toMatchObject({ name: '公司', numbers: [{ value: '10086' }] })
  })

  it('takes a small picture that is inside, never one elsewhere, a bomb or another kind', () => {
    const photo = (...lines: string[]) => readVcard(card('FN:A', ...lines))?.photo
    expect(photo(`PHOTO;ENCODING=b;TYPE=PNG:${png(96, 96)}`)).toMatchObject({ type: 'image/png' })
    expect(photo(`PHOTO;ENCODING=BASE64:${png(96, 96).slice(0, 20)}\r\n ${png(96, 96).slice(20)}`)).toMatchObject({ type: 'image/png' })
    expect(photo(`PHOTO:data:image/png;base64,${png(96, 96)}`)).toMatchObject({ type: 'image/png' })
    for (const no of ['PHOTO;VALUE=uri:https://example.com/a.png', `PHOTO;ENCODING=b:${png(50_000, 50_000)}`, 'PHOTO;ENCODING=b:!!!', `PHOTO;ENCODING=b:${btoa('<svg onload=1>'.repeat(9))}`, `PHOTO;ENCODING=b:${'A'.repeat(800_000)}`]) {
      expect(photo(no)).toBeUndefined()
    }
  })

  it('finds none where there is none, and stays in bounds', () => {
    expect(readVcard(bytes(''))).toBeUndefined()
    expect(readVcard(bytes('hello'))).toBeUndefined()
    expect(readVcard(card('VERSION:3.0'))).toBeUndefined()
    expect(readVcard(new Uint8Array(20 * 1024 * 1024))).toBeUndefined()
    expect(readVcard(bytes('BEGIN:VCARD\n'.repeat(30_000)))).toBeUndefined()
    expect(readVcard(card(`FN:${'长'.repeat(5_000)}`, ...Array.from({ length: 500 }, (_, n) => `TEL:${10_000 + n}`)))).toMatchObject({ name: '长'.repeat(200), numbers: { length: 20 } })
    expect(readVcard(card('FN:A', 'TEL:javascript:alert(1)', 'EMAIL:a b@c', 'TEL:"<x>"'))).toMatchObject({ numbers: [], mails: [] })
  })

  it('never throws, whatever comes', () => {
    const line = fc.array(fc.constantFrom('FN', 'N', 'TEL', ';', ':', '=', 'ENCODING=QUOTED-PRINTABLE', '=E6', '"', '\\', ',', '张', 'PHOTO;ENCODING=b:', 'data:image/png;base64,', ' ', 'x.'), { maxLength: 30 }).map((all) => all.join(''))
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.array(line).map((lines) => card(...lines))), (input) => void readVcard(Uint8Array.from(input))))
  })
})

describe('vCards that are written', () => {
  it.each([
    [{ name: '林美', address: 'sip:+8613800138000@yan.example' }, { name: '林美', numbers: [{ value: '+8613800138000', kind: 'cell' }], addresses: [{ value: '+8613800138000@yan.example' }] }],
    [{ name: 'A; B, \\C', address: 'sip:mei@yan.example' }, { name: 'A; B, \\C', numbers: [], addresses: [{ value: 'mei@yan.example' }] }],
    [{ name: 'Short', address: 'tel:10086' }, { name: 'Short', numbers: [{ value: '10086', kind: 'cell' }], addresses: [] }],
  ])('%j is read again', (who, contact) => expect(readVcard(bytes(writeVcard(who)))).toMatchObject(contact))

  it('folds at 75 bytes, never within a character, and any name is read again', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
      const name = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
      fc.pre(name !== '')
      const written = writeVcard({ name, address: 'sip:mei@yan.example' })
      for (const line of written.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      expect(readVcard(bytes(written))?.name).toBe(name)
    }))
  })
})
