import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFileTransfer, readResumeInfo } from '../../../src-main/rcs/file-transfer'
import { formOf, Office, targetOf, until } from './office'

let office: Office
beforeEach(async () => { office = await new Office().opens() })
afterEach(() => office.closes())

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), randomBytes(3_000)])
const one = (reply: { headers: Map<string, string[]> } | undefined, name: string) => reply?.headers.get(name)?.[0]

describe('who may send', () => {
  it('is asked for a password by SHA-256 and MD5, and told to go on', async () => {
    const asked = await office.ask('/ft', { method: 'POST' })
    expect(asked!.status).toBe(401)
    expect(asked!.headers.get('www-authenticate')!.map((value) => /algorithm=([\w-]+)/.exec(value)![1])).toEqual(['SHA-256', 'MD5'])
    expect((await office.askAs('mei', '/ft', { method: 'POST' }))!.status).toBe(204)
  })

  it('is nobody with a wrong password, and waits after some of them, over SIP as well', async () => {
    for (let i = 0; i < 6; i++) expect((await office.askAs('mei', '/ft', { method: 'POST' }, 'a guess'))!.status).toBe(401)
    const late = await office.askAs('mei', '/ft', { method: 'POST' })
    expect([late!.status, one(late, 'yanxin-fault'), Number(one(late, 'retry-after')) > 0]).toEqual([503, 'busy', true])
    expect(office.relay.counts()).toMatchObject({ authenticationFailures: 6, authenticationThrottled: 1 })
  })

  it('uses no credentials twice', async () => {
    const challenge = await office.ask('/ft', { method: 'POST' })
    const { answerChallenge } = await import('../../../src-main/sip/digest')
    const { value } = answerChallenge({ challenges: challenge!.headers.get('www-authenticate')!, username: 'mei', password: 'mei secret', method: 'POST', uri: '/ft', cnonce: 'c', nc: 1 })!
    const statuses = []
    for (let i = 0; i < 2; i++) statuses.push((await office.ask('/ft', { method: 'POST', headers: { Authorization: value } }))!.status)
    expect(statuses).toEqual([204, 401])
  })

  it('sends no body for nothing: without credentials it is not read', async () => {
    const { body, type } = formOf({ file: randomBytes(3_000_000) })
    expect((await office.ask('/ft', { method: 'POST', body, headers: { 'Content-Type': type } }))!.status).toBe(401)
    expect((await office.ask('/ft', { method: 'POST', body, headers: { 'Content-Type': type, Expect: '100-continue' } }))!.status).toBe(401)
    expect(office.files.counts()).toMatchObject({ received: 0, files: 0 })
  })
})

describe('a file', () => {
  it('of the GSMA dialect comes with its thumbnail, and both are fetched by signed links', async () => {
    const file = randomBytes(300_000)
    const reply = await office.upload('mei', { tid: 'a-tid', thumbnail: jpeg, file, name: '会议.bin', type: 'application/x-thing' })
    expect([reply!.status, one(reply, 'content-type')]).toEqual([200, 'application/vnd.gsma.rcs-ft-http+xml'])
    const told = readFileTransfer(reply!.text)
    expect(told).toMatchObject({ size: 300_000, name: '会议.bin', contentType: 'application/x-thing', hash: sha256(file), thumbnail: { size: jpeg.length, contentType: 'image/jpeg' } })
    expect(told.until).toBeGreaterThan(office.clock.now())
    const fetched = await office.ask(targetOf(told.url))
    expect(fetched!.body.equals(file)).toBe(true)
    expect((await office.ask(targetOf(told.thumbnail!.url)))!.body.equals(jpeg)).toBe(true)
    await until('both to be counted', () => office.files.counts().downloads === 2)
    expect(office.files.counts()).toMatchObject({ uploads: 1, files: 1, bytes: 300_000 + jpeg.length, sent: 300_000 + jpeg.length })
  })

  it('of the Linphone dialect, as it was captured', async () => {
    const captured = readFileSync(resolve(import.meta.dirname, '../../fixtures/wire/http-3-post-multipart.http'))
    const end = captured.indexOf('\r\n\r\n')
    const type = /Content-Type: (.+)\r\n/.exec(captured.toString('latin1', 0, end))![1]!
    const reply = await office.askAs('mei', '/ft', { method: 'POST', body: captured.subarray(end + 4), headers: { 'Content-Type': type } })
    const told = readFileTransfer(reply!.text)
    expect(told).toMatchObject({ size: 4053, name: 'photo.txt', contentType: 'text/plain' })
    expect((await office.ask(targetOf(told.url)))!.body.length).toBe(4053)
  })

  it('is kept once, whoever sends it how often', async () => {
    const file = randomBytes(100_000)
    const first = readFileTransfer((await office.upload('mei', { tid: 'one', file }))!.text)
    const again = readFileTransfer((await office.upload('mei', { tid: 'one', file }))!.text)
    expect(again.url.split('/')[5]).toBe(first.url.split('/')[5])
    const other = readFileTransfer((await office.upload('lan', { tid: 'one', file }))!.text)
    expect(other.url.split('/')[5]).not.toBe(first.url.split('/')[5])
    const kept = await readdir(join(office.folder, 'files', sha256(file).slice(0, 2)))
    expect(kept).toEqual([sha256(file)])
    expect(office.files.counts()).toMatchObject({ files: 2, bytes: 200_000 })
  })

  it('comes chunked, and asked for by 100-continue', async () => {
    const file = randomBytes(50_000)
    const { body, type } = formOf({ file })
    const chunks = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    const chunked = await office.askAs('mei', '/ft', { method: 'POST', body: chunks, headers: { 'Content-Type': type, 'Transfer-Encoding': 'chunked', 'Content-Length': undefined as never } })
    expect(chunked?.status).toBe(400)
    const asked = await office.upload('mei', { file }, { headers: { Expect: '100-continue' } })
    expect(asked!.status).toBe(200)
  })

  it.each<[string, Buffer, string, string, string]>([
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'text/html', 'text/html', 'application/octet-stream'],
    ['a page that is called a picture', Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/png', 'application/octet-stream', 'application/octet-stream'],
    ['a drawing that could run', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', 'image/svg+xml', 'application/octet-stream'],
    ['a picture of another kind', jpeg, 'image/png', 'image/jpeg', 'image/jpeg'],
    ['a picture that is called a page', jpeg, 'text/html', 'image/jpeg', 'image/jpeg'],
    ['a voice message', Buffer.from('RIFF\0\0\0\0WAVEfmt '), 'audio/wav;voice-recording=yes', 'audio/wav;voice-recording=yes', 'audio/wav'],
    ['no type at all', Buffer.from('x'), 'a\tb', 'application/octet-stream', 'application/octet-stream'],
  ])('%s is served as what it is, for download only', async (_name, file, type, told, served) => {
    const transfer = readFileTransfer((await office.upload('mei', { file, type }))!.text.replace('voice-recording', 'voice-recording'))
    expect(transfer.contentType).toBe(told.split(';')[0])
    const reply = await office.ask(targetOf(transfer.url))
    expect([one(reply, 'content-type'), one(reply, 'content-disposition')?.split(';')[0], one(reply, 'x-content-type-options')]).toEqual([served, 'attachment', 'nosniff'])
    expect(one(reply, 'content-security-policy')).toMatch(/sandbox/)
    expect(one(reply, 'cross-origin-resource-policy')).toBe('same-origin')
  })

  it.each([
    ['../../../etc/passwd', 'passwd'], ['C:\\\\temp\\\\x.exe', 'x.exe'], ['a%22b.txt', 'a_b.txt'], ['..', 'file'], ['x'.repeat(5_000), 'x'.repeat(200)],
  ])('called %s is called %s', async (name, safe) => {
    const before = await readdir(office.folder)
    const transfer = readFileTransfer((await office.upload('mei', { file: Buffer.from('x'), name }))!.text)
    expect(transfer.name).toBe(safe)
    expect(one(await office.ask(targetOf(transfer.url)), 'content-disposition')).toContain(encodeURIComponent(safe))
    expect(await readdir(office.folder)).toEqual(before)
  })
})

describe('a link', () => {
  const link = async () => {
    const transfer = readFileTransfer((await office.upload('mei', { file: Buffer.from('0123456789'), name: 'ten.txt' }))!.text)
    return targetOf(transfer.url)
  }

  it('is good with any name, and for nothing else', async () => {
    const target = await link()
    const [, ft, kind, id, expires, signature] = target.split('/')
    const path = (...parts: (string | undefined)[]) => `/${parts.join('/')}`
    expect((await office.ask(path(ft, kind, id, expires, signature, 'other')))!.status).toBe(200)
    for (const forged of [
      path(ft, 'u', id, expires, signature), path(ft, 't', id, expires, signature), path(ft, kind, id, String(Number(expires) + 1), signature),
      path(ft, kind, `${id}x`, expires, signature), path(ft, kind, id, expires, signature!.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))),
      path(ft, kind, id, expires), path(ft), '/ft/../ft', '/', '/etc/passwd', `/ft/d/..%2f..%2fkey/${expires}/${signature}`,
    ]) expect([forged, (await office.ask(forged))!.status]).toEqual([forged, forged === '/ft' ? 405 : 404])
  })

  it('stays good over a restart', async () => {
    const target = await link()
    await office.restarts()
    expect((await office.ask(target))!.text).toBe('0123456789')
  })

  it.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'], ['bytes=3-', 206, '3456789', 'bytes 3-9/10'], ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'], ['bytes=9-9', 206, '9', 'bytes 9-9/10'], ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'], ['bytes=-0', 416, '', 'bytes */10'], ['bytes=99999999999999999999-', 200, '0123456789', undefined],
    ['bytes=5-3', 200, '0123456789', undefined], ['bytes=0-1,3-4', 200, '0123456789', undefined], ['lines=1-2', 200, '0123456789', undefined], ['bytes=-', 200, '0123456789', undefined],
  ])('asked for %s answers %i', async (range, status, text, told) => {
    const reply = await office.ask(await link(), { headers: { Range: range } })
    expect([reply!.status, reply!.text, one(reply, 'content-range')]).toEqual([status, text, told])
  })

  it('goes on only with the same file, and says when it is known', async () => {
    const target = await link()
    const etag = one(await office.ask(target, { method: 'HEAD' }), 'etag')!
    expect(etag).toBe(`"${sha256(Buffer.from('0123456789'))}"`)
    const ask = async (headers: Record<string, string>) => (await office.ask(target, { headers }))!.status
    expect(await ask({ Range: 'bytes=3-', 'If-Range': etag })).toBe(206)
    expect(await ask({ Range: 'bytes=3-', 'If-Range': '"another"' })).toBe(200)
    expect(await ask({ Range: 'bytes=3-', 'If-Range': new Date().toUTCString() })).toBe(200)
    expect(await ask({ 'If-None-Match': `"x", W/${etag}` })).toBe(304)
  })

  it('answers HEAD with the length and no bytes', async () => {
    const reply = await office.ask(await link(), { method: 'HEAD' })
    expect([reply!.status, one(reply, 'content-length'), one(reply, 'accept-ranges')]).toEqual([200, '10', 'bytes'])
  })

  it('takes no other method', async () => {
    const target = await link()
    for (const method of ['PUT', 'POST', 'DELETE', 'OPTIONS']) {
      const reply = await office.ask(target, { method })
      expect([method, reply!.status, one(reply, 'allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
  })
})

describe('an upload that breaks off', () => {
  const file = randomBytes(200_000)
  const ask = (what: string, tid = 'a-tid', user = 'mei') => office.askAs(user, `/ft?tid=${tid}&${what}`)
  const put = (url: string, from: number, to = file.length, more: { total?: number; cut?: number } = {}) => office.ask(targetOf(url), {
    method: 'PUT', body: file.subarray(from, to), ...(more.cut !== undefined && { cut: more.cut, taken: from + more.cut }), headers: { 'Content-Range': `bytes ${from}-${to - 1}/${more.total ?? file.length}` },
  })
  const cutAt = async (bytes: number) => {
    const { fileAt } = formOf({ tid: 'a-tid', file })
    expect(await office.upload('mei', { tid: 'a-tid', file }, { cut: fileAt + bytes, taken: Math.min(bytes, file.length) })).toBeUndefined()
    const reply = await ask('get_upload_info')
    expect(reply!.status).toBe(200)
    return readResumeInfo(reply!.text)
  }

  it.each([1, 2, 65_535, 65_536, 65_537, 199_999, 200_000])('after %i bytes goes on there, and no byte is sent twice', async (bytes) => {
    const { range, url } = await cutAt(bytes)
    expect(range).toEqual({ start: 0, end: bytes - 1 })
    if (bytes < file.length) expect((await put(url, bytes))!.status).toBe(200)
    const told = readFileTransfer((await ask('get_download_info'))!.text)
    expect(told).toMatchObject({ size: file.length, hash: sha256(file) })
    expect((await office.ask(targetOf(told.url)))!.body.equals(file)).toBe(true)
    expect(office.files.counts()).toMatchObject({ received: file.length, bytes: file.length, files: 1 })
  })

  it('in the middle of its last delimiter has all of it', async () => {
    const { range } = await cutAt(file.length + 5)
    expect(range!.end).toBe(file.length - 1)
    expect(readFileTransfer((await ask('get_download_info'))!.text).hash).toBe(sha256(file))
  })

  it('before its first byte begins anew', async () => {
    const { fileAt } = formOf({ tid: 'a-tid', file })
    await office.upload('mei', { tid: 'a-tid', file }, { cut: fileAt })
    const info = await ask('get_upload_info')
    if (info!.status === 200) {
      expect(readResumeInfo(info!.text).range).toBeUndefined()
      expect((await put(readResumeInfo(info!.text).url, 0))!.status).toBe(200)
    } else expect(info!.status).toBe(404)
  })

  it('survives a restart, with what it counts', async () => {
    const { range } = await cutAt(77_777)
    await office.restarts()
    expect(office.files.counts().bytes).toBe(77_777)
    const again = readResumeInfo((await ask('get_upload_info'))!.text)
    expect(again.range).toEqual(range)
    expect((await put(again.url, 77_777))!.status).toBe(200)
  })

  it('is cut again and again', async () => {
    let { url } = await cutAt(10_000)
    for (let at = 10_000; at < 190_000; at += 60_000) {
      expect(await put(url, at, file.length, { cut: 60_000 })).toBeUndefined()
      const info = readResumeInfo((await ask('get_upload_info'))!.text)
      expect(info.range!.end).toBe(at + 60_000 - 1)
      url = info.url
    }
    expect(readFileTransfer((await put(url, 190_000))!.text).hash).toBe(sha256(file))
  })

  it('takes pieces, also such as are partly here', async () => {
    const { url } = await cutAt(50_000)
    expect((await put(url, 50_000, 80_000))!.text).toBe('')
    expect((await put(url, 70_000, 120_000))!.status).toBe(200)
    expect(readFileTransfer((await put(url, 100_000))!.text).hash).toBe(sha256(file))
  })

  it.each<[string, number, number, number | undefined, number]>([
    ['that leaves a gap', 60_000, 200_000, undefined, 416],
    ['whose file is shorter than what is here', 10_000, 20_000, 20_000, 416],
    ['that is larger than is allowed', 50_000, 200_000, 500 * 1024 * 1024, 413],
  ])('refuses a rest %s, and keeps what is here', async (_name, from, to, total, status) => {
    const { url } = await cutAt(50_000)
    expect((await put(url, from, to, { ...(total && { total }) }))!.status).toBe(status)
    expect(readFileTransfer((await put(url, 50_000))!.text).hash).toBe(sha256(file))
  })

  it.each(['bytes 0-9', 'bytes 9-0/10', 'bytes 0-10/10', 'bytes */10', 'nothing', 'bytes 50000-50001/200000'])('refuses the Content-Range %s', async (text) => {
    const { url } = await cutAt(50_000)
    expect((await office.ask(targetOf(url), { method: 'PUT', body: file.subarray(50_000), headers: { 'Content-Range': text } }))!.status).toBe(400)
    expect((await put(url, 50_000))!.status).toBe(200)
  })

  it('is nobody else’s, and unknown by another name', async () => {
    await cutAt(50_000)
    expect((await ask('get_upload_info', 'a-tid', 'lan'))!.status).toBe(404)
    expect((await ask('get_upload_info', 'other'))!.status).toBe(404)
    expect((await ask('get_download_info'))!.status).toBe(404)
    expect((await office.ask('/ft?tid=a-tid&get_upload_info'))!.status).toBe(401)
    expect((await ask('something'))!.status).toBe(400)
  })

  it('that is asked about while it still comes is stopped, so that the answer is true', async () => {
    const { body, type, fileAt } = formOf({ tid: 'a-tid', file })
    const slow = office.askAs('mei', '/ft', { method: 'POST', body: body.subarray(0, fileAt + 30_000), headers: { 'Content-Type': type, 'Content-Length': String(body.length) } })
    await until('some of it', () => office.files.counts().received === 30_000)
    const { range, url } = readResumeInfo((await ask('get_upload_info'))!.text)
    expect(range!.end).toBe(29_999)
    expect(await slow).toBeUndefined()
    expect((await put(url, 30_000))!.status).toBe(200)
  })

  it('and is known here whole already needs no rest', async () => {
    await office.upload('mei', { tid: 'a-tid', file })
    const { range, url } = readResumeInfo((await ask('get_upload_info'))!.text)
    expect(range).toEqual({ start: 0, end: file.length - 1 })
    expect((await put(url, 0))!.status).toBe(200)
    expect(office.files.counts()).toMatchObject({ received: file.length, files: 1 })
  })

  it('without a tid leaves nothing', async () => {
    const { fileAt } = formOf({ file })
    expect(await office.upload('mei', { file }, { cut: fileAt + 9_000, taken: 9_000 })).toBeUndefined()
    await until('it to be gone', () => office.files.counts().bytes === 0 && office.files.counts().received === 9_000)
    await until('the row to be gone', async () => (await office.ledger.read('files.uploads', null)).length === 0)
    expect(await readdir(join(office.folder, 'files', 'partial'))).toEqual([])
  })
})

describe('what is no upload', () => {
  const post = (body: string, type = 'multipart/form-data; boundary=b1') => office.askAs('mei', '/ft', { method: 'POST', body: Buffer.from(body), headers: { 'Content-Type': type } })
  const filePart = '--b1\r\nContent-Disposition: form-data; name="File"; filename="a"\r\n\r\n'

  it.each<[string, string, number]>([
    ['no end', `${filePart}bytes`, 400],
    ['no file', '--b1\r\nContent-Disposition: form-data; name="tid"\r\n\r\na\r\n--b1--', 400],
    ['an empty file', `${filePart}\r\n--b1--`, 400],
    ['a tid of two words', '--b1\r\nContent-Disposition: form-data; name="tid"\r\n\r\na b\r\n' + `${filePart}x\r\n--b1--`, 400],
    ['a tid as long as a book', `--b1\r\nContent-Disposition: form-data; name="tid"\r\n\r\n${'a'.repeat(5_000)}\r\n${filePart}x\r\n--b1--`, 413],
    ['too large a thumbnail', `--b1\r\nContent-Disposition: form-data; name="Thumbnail"\r\n\r\n${'a'.repeat(600_000)}\r\n${filePart}x\r\n--b1--`, 413],
    ['too many parts', '--b1\r\nContent-Disposition: form-data; name="x"\r\n\r\na\r\n'.repeat(20) + `${filePart}x\r\n--b1--`, 400],
    ['a head that is none', '--b1\r\nnonsense\r\n\r\nx\r\n--b1--', 400],
  ])('%s', async (_name, body, status) => {
    expect((await post(body))!.status).toBe(status)
    expect(office.files.counts()).toMatchObject({ files: 0, bytes: 0 })
    expect((await readdir(join(office.folder, 'files', 'partial')).catch(() => []))).toEqual([])
  })

  it('another type', async () => expect((await post('{}', 'application/json'))!.status).toBe(415))
  it('no boundary', async () => expect((await post('x', 'multipart/form-data'))!.status).toBe(400))
})
