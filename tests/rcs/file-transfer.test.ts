import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPayload, writeFiles } from '../../src-main/rcs/content'
import { readFileTransfer, readResumeInfo, writeFileTransfer, writeResumeInfo, type FileTransfer } from '../../src-main/rcs/file-transfer'
import { capture, faultOf } from './captures'

const info = (inside: string, attributes = 'type="file"') => `<?xml version="1.0" encoding="UTF-8"?>
<file xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp" xmlns:am="urn:gsma:params:xml:ns:rcs:rcs:rram" xmlns:x="urn:gsma:params:xml:ns:rcs:rcs:up:fthttpext">
<file-info ${attributes}>${inside}</file-info></file>`
const size = '<file-size>48000</file-size>'
const data = '<data url="https://ft.example.com/d/f1" until="2024-04-05T00:00:00Z"/>'
const playing = (length: string, type = 'audio/mp4') =>
  readFileTransfer(info(`${size}<content-type>${type}</content-type><am:playing-length>${length}</am:playing-length>${data}`)).duration

describe('what lies at a content server', () => {
  it('is read as GSMA writes it: thumbnail, voice, length, hash', () => {
    const hash = 'AB12'.repeat(16)
    const whole = info(`${size}<file-name>v.m4a</file-name><content-type>audio/mp4</content-type><am:playing-length>12</am:playing-length>${data}
      <x:branded-url>https://e.example.com/s/f1</x:branded-url><x:file-hash>${hash}</x:file-hash>`, 'type="file" file-disposition="render"')
      .replace('<file-info', '<file-info type="thumbnail"><file-size>7427</file-size><content-type>image/jpeg</content-type>'
        + '<data url="https://ft.example.com/d/t1" until="2024-04-06T00:00:00Z"/></file-info><file-info')
    expect(readFileTransfer(whole)).toEqual({
      size: 48_000, name: 'v.m4a', contentType: 'audio/mp4', url: 'https://ft.example.com/d/f1', until: Date.UTC(2024, 3, 5),
      duration: 12_000, isVoice: true, hash: hash.toLowerCase(),
      thumbnail: { size: 7427, contentType: 'image/jpeg', url: 'https://ft.example.com/d/t1', until: Date.UTC(2024, 3, 6) },
    })
  })

  it('is read as Linphone writes it', () => {
    expect(readPayload(capture('25-filetransfer-cpim-relayed.sip')).parts).toEqual([{ kind: 'file', file: {
      size: 4053, name: 'photo.txt', contentType: 'text/plain', until: Date.UTC(2026, 10, 23, 17, 54, 56),
      url: 'http://127.0.0.1:8091/ft/1da0cc21fbf942a89521b55652c8318f/photo.txt',
    } }])
    const voice = readFileTransfer(info(`${size}<content-type>audio/wav;voice-recording=yes</content-type><data url="http://ft.example/1"/>`))
    expect(voice).toEqual({ size: 48_000, contentType: 'audio/wav', url: 'http://ft.example/1', isVoice: true })
    expect(readFileTransfer(info(`${size}<content-type>image/png</content-type>${data}<file-key>a2V5</file-key>`)).isEncrypted).toBe(true)
  })

  it("is read as China's samples write it: without a namespace, with a second data", () => {
    const bare = `<file><file-info type="file"><file-size>1</file-size><content-type>image/png</content-type>
      <data localurl="file:///sdcard/a.png" until="2024-04-05T00:00:00Z"/>${data}</file-info></file>`
    expect(readFileTransfer(bare)).toMatchObject({ url: 'https://ft.example.com/d/f1', size: 1 })
  })

  it.each([
    ['a film of 15 minutes', 'video/mp4', 100_000_000, '900', 900_000], ['a clip told in ms', 'video/mp4', 8_000_000, '12000', 12_000],
    ['a talk of 20 minutes', 'audio/amr', 1_900_000, '1200', 1_200_000], ['a voice told in ms', 'audio/mp4', 48_000, '12000', 12_000],
  ])('%s has the length that its bytes allow', (_what, type, bytes, said, ms) => {
    const text = `<file-size>${bytes}</file-size><content-type>${type}</content-type><am:playing-length>${said}</am:playing-length>${data}`
    expect(readFileTransfer(info(text)).duration).toBe(ms)
  })

  it('plays for seconds up to 600, for ms beyond', () => {
    expect([playing('1'), playing('12.5'), playing('600'), playing('601'), playing('12000'), playing('0'), playing('long')])
      .toEqual([1000, 12_500, 600_000, 601, 12_000, undefined, undefined])
  })

  it('is refused without a size, without an address of HTTP, and when it is something else', () => {
    for (const url of ['file:///etc/passwd', 'ftp://a.example/b', 'javascript:alert(1)', 'https://me:secret@a.example/', 'data:text/plain,a', 'https://a.example/ b']) {
      expect(faultOf(() => readFileTransfer(info(`${size}<content-type>a/b</content-type><data url="${url}"/>`)))).toBe('malformed')
    }
    expect(faultOf(() => readFileTransfer(info(data)))).toBe('malformed')
    expect(faultOf(() => readFileTransfer(info(`<file-size>-1</file-size>${data}`)))).toBe('malformed')
    expect(faultOf(() => readFileTransfer('<smile/>'))).toBe('malformed')
    expect(faultOf(() => readFileTransfer(info(size + data, 'type="thumbnail"').replace('</file>', '<file-info type="other"/></file>')))).toBe('malformed')
  })

  it('is written as what reads the same', () => {
    const hosted = { size: fc.nat(), contentType: fc.constantFrom('image/png', 'application/vnd.x+y'), url: fc.webUrl({ withQueryParameters: true }).filter((url) => new URL(url).href === url), until: fc.option(fc.nat(253_402_300_799).map((s) => s * 1000), { nil: undefined }) }
    const tidy = (value: object) => JSON.parse(JSON.stringify(value)) as FileTransfer
    fc.assert(fc.property(fc.record({
      ...hosted, name: fc.option(fc.string({ minLength: 1 }).map((text) => text.trim()).filter((text) => text !== '' && !/[\u0000-\u001f\ufffe\uffff]/.test(text)), { nil: undefined }),
      duration: fc.option(fc.integer({ min: 1, max: 600 }).map((s) => s * 1000), { nil: undefined }),
      isVoice: fc.option(fc.constant(true as const), { nil: undefined }), hash: fc.option(fc.constant('0a'.repeat(32)), { nil: undefined }),
      thumbnail: fc.option(fc.record(hosted), { nil: undefined }),
    }), (file) => {
      const written = tidy(file)
      expect(readFileTransfer(writeFileTransfer(written))).toEqual(written)
    }))
  })
})

it('several files and words travel as one multipart, one file by itself plain', () => {
  const file = { size: 3, name: 'a.png', contentType: 'image/png', url: 'https://ft.example.com/1' }
  const frame = { from: 'sip:mei@office.example', to: 'sip:lan@office.example', id: 'abc', sentAt: Date.UTC(2026, 0, 1) }
  const alone = readPayload(writeFiles({ ...frame, files: [file] }))
  expect(alone).toMatchObject({ cpim: { messageId: 'abc' }, parts: [{ kind: 'file', file }] })
  const many = readPayload(writeFiles({ ...frame, text: '两张照片', files: [file, { ...file, name: 'b.png' }] }))
  expect(many.parts).toEqual([{ kind: 'text', text: '两张照片' }, { kind: 'file', file }, { kind: 'file', file: { ...file, name: 'b.png' } }])
  expect(writeFiles({ ...frame, files: [file], bare: true }).contentType).toBe('application/vnd.gsma.rcs-ft-http+xml')
})

it('how far an upload came is read and written', () => {
  const resume = { range: { start: 0, end: 524_287 }, url: 'https://ft.example.com/up/77' }
  expect(readResumeInfo('<file-resume-info><file-range start="0" end="524287"/><data url="https://ft.example.com/up/77"/></file-resume-info>')).toEqual(resume)
  expect(readResumeInfo(writeResumeInfo(resume))).toEqual(resume)
  expect(readResumeInfo(writeResumeInfo({ url: resume.url }))).toEqual({ url: resume.url })
  // A range that ends before it begins is none.
  expect(readResumeInfo('<file-resume-info><file-range start="5" end="2"/><data url="https://a.example/"/></file-resume-info>')).toEqual({ url: 'https://a.example/' })
  expect(faultOf(() => readResumeInfo('<file-resume-info/>'))).toBe('malformed')
  expect(faultOf(() => readResumeInfo('<html/>'))).toBe('malformed')
})
