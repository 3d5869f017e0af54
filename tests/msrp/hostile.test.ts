import { afterEach, describe, expect, test, vi } from 'vitest'
import type { MsrpLimits } from '../../src-main/msrp/limits'
import type { Session, SessionOptions } from '../../src-main/msrp/session'
import { send, speaker, stranger } from './wire'
import type { SendOptions } from './wire'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A session of ours that listens, and somebody who writes whatever he likes to it. */
async function scene(options: Partial<SessionOptions> = {}, limits: Partial<MsrpLimits> = {}) {
  const us = speaker({ limits })
  ends.push(() => us.endpoint.close())
  const { port } = await us.endpoint.listen({ host: '127.0.0.1', port: 0 })
  const session = us.session(options)
  const arrives = async () => {
    const them = await stranger(port)
    ends.push(() => them.socket.destroy())
    return them
  }
  const them = await arrives()
  const to = session.uri
  return { ...us, session, them, arrives, to, send: (tid: string, more: SendOptions = {}) => send(tid, { to, ...more }) }
}
const opens = (session: Session): Promise<void> =>
  session.open({ ...session.media(), path: ['msrp://c.test:1/d;tcp'] }, 'passive')

describe('a session is bound', () => {
  test('by the first request for its URI, before the other side\'s SDP is here', async () => {
    const { them, send, session, texts } = await scene()
    them.say(send('bind1'))
    expect(await them.answerTo('bind1')).toBe(200)
    expect(session.at).toBe('open')
    await opens(session)
    them.say(send('text1', { body: 'hi' }))
    expect(await them.answerTo('text1')).toBe(200)
    expect(texts()).toEqual(['hi'])
  })

  test('and ends when that was somebody else than the SDP says', async () => {
    const { them, send, session } = await scene()
    them.say(send('bind1', { from: 'msrp://evil.test:1/x;tcp' }))
    await them.answerTo('bind1')
    await expect(opens(session)).rejects.toMatchObject({ code: 'refused' })
    await them.gone()
  })

  test('by nobody else than the SDP says', async () => {
    const { them, send, session, texts } = await scene()
    const opened = opens(session)
    them.say(send('bind1', { from: 'msrp://evil.test:1/x;tcp', body: 'hi' }))
    expect(await them.answerTo('bind1')).toBe(403)
    them.say(send('bind2'))
    expect(await them.answerTo('bind2')).toBe(200)
    await opened
    expect(texts()).toEqual([])
  })

  test('to one connection: 506 on another; 481 for a URI that is nobody\'s', async () => {
    const { them, arrives, send } = await scene()
    them.say(send('bind1'))
    await them.answerTo('bind1')
    const other = await arrives()
    other.say(send('steal'), send('none1', { to: 'msrp://127.0.0.1:9/unknown;tcp', body: 'x' }), send('none2', { to: 'hello' }))
    expect(await other.answerTo('steal')).toBe(506)
    expect(await other.answerTo('none1')).toBe(481)
    expect(await other.answerTo('none2')).toBe(481)
  })

  test('in time, or the connection ends', async () => {
    const { them } = await scene({}, { answerTimeout: 30 })
    await them.gone()
  })
})

describe('chunks', () => {
  test('are put together in any order, with what came twice', async () => {
    const { them, send, texts } = await scene()
    them.say(
      send('t3', { range: '7-9/9', body: 'ghi' }), send('t1', { range: '1-3/9', body: 'abc', flag: '+' }), send('t1b', { range: '1-3/9', body: 'abc', flag: '+' }),
      send('t2', { range: '3-7/9', body: 'cdefg', flag: '+', more: ['Success-Report: yes'] }),
    )
    for (const tid of ['t3', 't1', 't1b', 't2']) expect(await them.answerTo(tid)).toBe(200)
    expect(texts()).toEqual(['abcdefghi'])
  })

  test('of several messages go side by side', async () => {
    const { them, send, texts } = await scene()
    them.say(send('a1', { id: 'a', range: '1-2/4', body: 'aa', flag: '+' }), send('b1', { id: 'b', range: '1-*/*', body: 'b', flag: '+' }),
      send('a2', { id: 'a', range: '3-4/4', body: 'AA' }), send('b2', { id: 'b', range: '2-*/*', body: 'B' }))
    await them.answerTo('b2')
    expect(texts()).toEqual(['aaAA', 'bB'])
  })

  test('may be interrupted, and end short of what they said', async () => {
    const { them, send, texts } = await scene()
    them.say(send('a1', { range: '1-8/8', body: 'abc', flag: '+' }), send('a2', { range: '4-8/8', body: 'defgh' }))
    expect(await them.answerTo('a2')).toBe(200)
    expect(texts()).toEqual(['abcdefgh'])
  })

  test('of a message that is known already change nothing, and are answered', async () => {
    const { them, send, texts } = await scene()
    them.say(send('a1', { body: 'once' }), send('a2', { body: 'once' }), send('a3', { body: 'other', range: '1-5/5' }))
    expect(await them.answerTo('a3')).toBe(200)
    expect(texts()).toEqual(['once'])
  })

  test('of a message that was given up are forgotten; its id may be used again', async () => {
    const { them, send, texts, session } = await scene()
    them.say(send('a1', { range: '1-3/6', body: 'abc', flag: '+' }), send('a2', { range: '4-6/6', body: 'd', flag: '#' }), send('a3', { range: '1-2/2', body: 'ok' }))
    expect(await them.answerTo('a3')).toBe(200)
    expect(texts()).toEqual(['ok'])
    expect(session.at).toBe('open')
  })

  test('without a body keep the session, and deliver nothing', async () => {
    const { them, send, heard } = await scene()
    them.say(send('a1', { range: '1-0/0' }), send('a2'))
    expect(await them.answerTo('a2')).toBe(200)
    expect(heard).toEqual([])
  })

  test('are reported when that was asked for, all the way back', async () => {
    const { them, send } = await scene()
    them.say(send('a1', { body: 'abc', from: 'msrp://relay.test:1/x;tcp msrp://c.test:1/d;tcp', more: ['Success-Report: yes'] }))
    await them.until(() => them.frames.length === 2)
    const [answer, report] = them.messages()
    expect(answer).toMatchObject({ kind: 'response', status: 200, toPath: ['msrp://relay.test:1/x;tcp'] })
    expect(report).toMatchObject({ kind: 'request', method: 'REPORT', toPath: ['msrp://relay.test:1/x;tcp', 'msrp://c.test:1/d;tcp'] })
    expect([...report!.fields]).toEqual([['Message-ID', 'm1'], ['Byte-Range', '1-3/3'], ['Status', '000 200 OK']])
  })

  test('are answered as their Failure-Report says', async () => {
    const { them, send, texts } = await scene({ maxSize: 10 })
    const large = { body: 'x'.repeat(11) }
    them.say(
      send('a1', { id: '1', body: 'a', more: ['Failure-Report: no'] }), send('a2', { id: '2', body: 'b', more: ['Failure-Report: partial'] }),
      send('a3', { id: '3', ...large, more: ['Failure-Report: no'] }), send('a4', { id: '4', ...large, more: ['Failure-Report: partial'] }), send('a5', { id: '5', body: 'c' }),
    )
    expect(await them.answerTo('a5')).toBe(200)
    expect(them.messages().map(({ tid }) => tid)).toEqual(['a4', 'a5'])
    expect(await them.answerTo('a4')).toBe(413)
    expect(texts()).toEqual(['a', 'b', 'c'])
  })

  test('that were refused by an error are not kept in mind: they may come again', async () => {
    let broken = true
    const { them, send } = await scene({ receive: () => {
      if (broken) throw new Error('the disk')
    } })
    them.say(send('a1', { body: 'x' }))
    expect(await them.answerTo('a1')).toBe(403)
    broken = false
    them.say(send('a2', { body: 'x' }))
    expect(await them.answerTo('a2')).toBe(200)
  })
})

describe('a lie', () => {
  test.each<[string, SendOptions]>([
    ['a body longer than its range', { range: '1-3/9', body: 'abcd', flag: '+' }],
    ['a body longer than its message', { range: '1-*/3', body: 'abcd' }],
    ['a last chunk that is not the last', { range: '1-3/9', body: 'abc' }],
    ['a last chunk shorter than it says', { range: '1-9/9', body: 'abc' }],
    ['a range that contradicts itself', { range: '9-3/4', body: 'abc' }],
    ['a range that is none', { range: 'all', body: 'abc' }],
    ['a place beyond its message', { range: '5-*/3', body: 'abc' }],
    ['a body without a type', { more: ['X: y'], range: '1-3/3' }],
  ])('%s gets 400, and the message with it', async (what, options) => {
    const { them, send, to, texts } = await scene()
    const bytes = send('lie1', options)
    // The same with a body behind the empty line.
    them.say(what.includes('type') ? Buffer.from(bytes.toString().replace('-------lie1$', '\r\nabc\r\n-------lie1$')) : bytes)
    expect(await them.answerTo('lie1')).toBe(400)
    them.say(send('lie2', { range: '1-9/9', body: 'abcdefghi' }))
    expect(await them.answerTo('lie2')).toBe(400)
    them.say(send('true', { to, id: 'other', body: 'fine' }))
    expect(await them.answerTo('true')).toBe(200)
    expect(texts()).toEqual(['fine'])
  })

  test('of two sizes gets 400', async () => {
    const { them, send } = await scene()
    them.say(send('a1', { range: '1-3/9', body: 'abc', flag: '+' }), send('a2', { range: '4-6/6', body: 'def' }))
    expect(await them.answerTo('a2')).toBe(400)
  })

  test('a SEND without a Message-ID gets 400', async () => {
    const { them, to } = await scene()
    them.say(Buffer.from(`MSRP a1 SEND\r\nTo-Path: ${to}\r\nFrom-Path: msrp://c.test:1/d;tcp\r\nContent-Type: a/b\r\n\r\nx\r\n-------a1$\r\n`))
    expect(await them.answerTo('a1')).toBe(400)
  })

  test('a size that nobody has is refused before its body, and so is what follows of it', async () => {
    const { them, send } = await scene({ maxSize: 1_000_000 })
    them.say(send('a1', { id: '1', range: '1-*/999999999999999', body: 'x', flag: '+' }), send('a2', { id: '2', range: '999999999999990-*/*', body: 'x', flag: '+' }))
    expect(await them.answerTo('a1')).toBe(413)
    expect(await them.answerTo('a2')).toBe(413)
    them.say(send('a3', { id: '1', range: '2-*/999999999999999', body: 'y'.repeat(100_000), flag: '+' }))
    expect(await them.answerTo('a3')).toBe(413)
  })
})

describe('what takes memory', () => {
  test('a body without an end is told 413 while it is still coming, and runs into nothing', async () => {
    const { them, to, session } = await scene({ maxSize: 100_000 })
    them.say(Buffer.from(`MSRP a1 SEND\r\nTo-Path: ${to}\r\nFrom-Path: msrp://c.test:1/d;tcp\r\nMessage-ID: 1\r\nByte-Range: 1-*/*\r\nContent-Type: a/b\r\n\r\n`))
    for (let i = 0; i < 200; i++) them.say(Buffer.alloc(100_000, '-'))
    expect(await them.answerTo('a1')).toBe(413)
    them.say(Buffer.from('\r\n-------a1$\r\n'), send('a2', { to, body: 'after' }))
    expect(await them.answerTo('a2')).toBe(200)
    expect(session.at).toBe('open')
  })

  test('many messages in part: those too many get 413, the others go on', async () => {
    const { them, send, texts } = await scene({}, { maxPartial: 3 })
    them.say(...Array.from({ length: 5 }, (_, i) => send(`a${i}`, { id: `${i}`, range: '1-1/2', body: 'x', flag: '+' })))
    expect(await Promise.all([0, 1, 2, 3, 4].map((i) => them.answerTo(`a${i}`)))).toEqual([200, 200, 200, 413, 413])
    them.say(send('b0', { id: '0', range: '2-2/2', body: 'y' }))
    await them.answerTo('b0')
    expect(texts()).toEqual(['xy'])
  })

  test('a message of gaps gets 400', async () => {
    const { them, send } = await scene()
    them.say(...Array.from({ length: 300 }, (_, i) => send(`a${i}`, { range: `${i * 2 + 1}-${i * 2 + 1}/1000`, body: 'x', flag: '+' })))
    expect(await them.answerTo('a255')).toBe(200)
    expect(await them.answerTo('a256')).toBe(400)
  })

  test('messages that are kept slower than they come: no more is read meanwhile', async () => {
    let keep!: () => void
    const kept = new Promise<void>((resolve) => (keep = resolve))
    const got: string[] = []
    const { them, send, session } = await scene({ maxSize: 1_000, receive: ({ id }) => {
      got.push(id)
      return kept
    } })
    for (let i = 0; i < 50; i++) {
      them.say(send(`a${i}`, { id: `${i}`, body: 'x'.repeat(600) }))
      if (i < 2) await vi.waitFor(() => expect(got).toHaveLength(i + 1))
    }
    await vi.waitFor(() => expect(session.connection).toBeDefined())
    expect(got.length).toBeLessThan(50)
    keep()
    expect(await them.answerTo('a49')).toBe(200)
    expect(got).toHaveLength(50)
  })

  test('a head without an end ends the connection', async () => {
    const { them } = await scene()
    them.say(Buffer.from('MSRP a1 SEND\r\n'), Buffer.alloc(20_000, 'x'))
    await them.gone()
  })

  test.each([['a head', 'MSRP a1 SEND\r\nTo-Pa'], ['a body', 'MSRP a1 SEND\r\nTo-Path: a\r\nFrom-Path: b\r\n\r\nabc']])('%s that is never finished ends it too', async (_what, text) => {
    const { them } = await scene({}, { partialTimeout: 50 })
    them.say(Buffer.from(text))
    await them.gone()
  })

  test('a message that is never finished is forgotten', async () => {
    const { them, send, texts } = await scene({}, { partialMessage: 20 })
    them.say(send('a1', { range: '1-1/2', body: 'x', flag: '+' }))
    await them.answerTo('a1')
    await new Promise((resolve) => setTimeout(resolve, 60))
    them.say(send('a2', { range: '2-2/2', body: 'y' }))
    expect(await them.answerTo('a2')).toBe(408)
    expect(texts()).toEqual([])
  })

  test('answers to nothing are passed over', async () => {
    const { them, send, texts } = await scene()
    const paths = 'To-Path: msrp://a.test:1/b;tcp\r\nFrom-Path: msrp://c.test:1/d;tcp\r\n'
    them.say(...Array.from({ length: 100 }, (_, i) => Buffer.from(`MSRP x${i} 200 OK\r\n${paths}-------x${i}$\r\n`)), send('a1', { body: 'hi' }))
    await them.answerTo('a1')
    expect(texts()).toEqual(['hi'])
  })

  test('a message that cannot be read is passed over with its body', async () => {
    const { them, send, texts } = await scene()
    them.say(Buffer.from('MSRP a0 SEND\r\nWhat: is this\r\nContent-Type: a/b\r\n\r\nMSRP a0 SEND\r\n-------b$\r\n\r\n-------a0$\r\n'), send('a1', { body: 'hi' }))
    await them.answerTo('a1')
    expect(texts()).toEqual(['hi'])
  })
})

describe('what we send', () => {
  const way = { contentType: 'a/b', body: Buffer.from('hello') }
  async function bound(limits: Partial<MsrpLimits> = {}) {
    const all = await scene({}, limits)
    all.them.say(all.send('bind1'))
    await all.them.answerTo('bind1')
    const heads = () => all.them.messages().filter((message) => message.kind === 'request')
    const answer = (tid: string, status: string) => all.them.say(Buffer.from(
      `MSRP ${tid} ${status}\r\nTo-Path: ${all.to}\r\nFrom-Path: msrp://c.test:1/d;tcp\r\n-------${tid}$\r\n`))
    const report = (id: string, range: string, status = '000 200 OK') => all.them.say(Buffer.from(
      `MSRP r1 REPORT\r\nTo-Path: ${all.to}\r\nFrom-Path: msrp://c.test:1/d;tcp\r\nMessage-ID: ${id}\r\nByte-Range: ${range}\r\nStatus: ${status}\r\n-------r1$\r\n`))
    const request = async (n = 0) => {
      await all.them.until(() => heads().length > n)
      return heads()[n]!
    }
    return { ...all, heads, answer, report, request }
  }

  test('is a request with its fields in their order', async () => {
    const { session, request, to } = await bound()
    session.send({ ...way, id: 'mine', successReport: true })
    const { toPath, fromPath, fields } = await request()
    expect([toPath, fromPath]).toEqual([['msrp://c.test:1/d;tcp'], [to]])
    expect([...fields]).toEqual([['Message-ID', 'mine'], ['Byte-Range', '1-5/5'], ['Success-Report', 'yes'], ['Content-Type', 'a/b']])
  })

  test('fails at silence, and the session with it', async () => {
    const { session, request } = await bound({ answerTimeout: 40 })
    const one = session.send(way)
    await request()
    expect(await one.sent).toMatchObject({ ok: false, fault: { code: 'no-answer' } })
    expect(session.at).toBe('closed')
  })

  test.each([
    ['400 Bad', 'refused', 'open'], ['403 No', 'refused', 'open'], ['408 Late', 'no-answer', 'open'], ['413 Large', 'too-large', 'open'], ['415 Type', 'bad-type', 'open'],
    ['481 Gone', 'connection-lost', 'closed'], ['506 Taken', 'connection-lost', 'closed'],
  ])('that gets %s fails as %s, and the session is %s', async (status, code, at) => {
    const { session, request, answer } = await bound()
    const one = session.send(way)
    answer((await request()).tid, status)
    expect(await one.sent).toMatchObject({ ok: false, fault: { code, detail: { status: Number(status.slice(0, 3)) } } })
    expect(session.at).toBe(at)
  })

  test('stops at an error: # for what has begun, and no more than a window had left', async () => {
    const { session, them, heads, answer, request } = await bound({ window: 20_000 })
    const one = session.send({ contentType: 'a/b', body: Buffer.alloc(1_000_000, 'x') })
    const first = await request(1)
    answer(first.tid, '413 Enough')
    expect(await one.sent).toMatchObject({ ok: false, fault: { code: 'too-large' } })
    await them.until(() => heads().length === 3)
    expect(heads()[2]!.fields.get('Byte-Range')).toBe('20481-20480/1000000')
  })

  test('is reported by ranges in any order, and only when all of it was', async () => {
    const { session, request, answer, report } = await bound()
    const one = session.send({ ...way, successReport: true })
    const { tid, fields } = await request()
    const id = fields.get('Message-ID')!
    answer(tid, '200 OK')
    expect(await one.sent).toEqual({ ok: true })
    const states: string[] = []
    void one.reported.then(() => states.push('reported'))
    report(id, '4-5/5')
    report('unknown', '1-5/5')
    report(id, 'x')
    report(id, '1-5/5', 'what')
    const two = session.send({ ...way, id: 'two', failureReport: 'no' })
    await two.sent
    await request(1)
    expect(states).toEqual([])
    report(id, '1-3/5')
    expect(await one.reported).toEqual({ ok: true })
  })

  test('that a REPORT calls failed has failed, though it was answered', async () => {
    const { session, request, answer, report } = await bound()
    const one = session.send({ ...way, successReport: true })
    const { tid, fields } = await request()
    answer(tid, '200 OK')
    await one.sent
    report(fields.get('Message-ID')!, '1-5/5', '000 413 Too large')
    expect(await one.reported).toMatchObject({ ok: false, fault: { code: 'too-large' } })
    expect(session.at).toBe('open')
  })

  test('that nobody reports in time is known as sent, no more', async () => {
    const { session, request, answer } = await bound()
    const one = session.send({ ...way, successReport: true, reportTimeout: 20 })
    answer((await request()).tid, '200 OK')
    expect(await one.sent).toEqual({ ok: true })
    expect(await one.reported).toMatchObject({ ok: false, fault: { code: 'no-answer' } })
  })

  test('goes in large chunks while alone, in small ones beside others', async () => {
    const { session, them, heads } = await bound()
    session.send({ contentType: 'a/b', body: Buffer.alloc(30_000), failureReport: 'no' })
    await them.until(() => heads().length === 3)
    expect(heads().map(({ fields }) => fields.get('Byte-Range'))).toEqual(['1-10240/30000', '10241-20480/30000', '20481-30000/30000'])
    for (const id of ['a', 'b']) session.send({ contentType: 'a/b', body: Buffer.alloc(3_000), failureReport: 'no', id })
    await them.until(() => heads().length === 7)
    expect(heads().slice(3).map(({ fields }) => `${fields.get('Message-ID')} ${fields.get('Byte-Range')}`)).toEqual([
      'a 1-2048/3000', 'b 1-2048/3000', 'a 2049-3000/3000', 'b 2049-3000/3000'])
  })

  test('an unknown method gets 501, AUTH too: we are no relay', async () => {
    const { them, send } = await scene()
    them.say(send('n1', { method: 'NICKNAME' }), send('n2', { method: 'AUTH' }))
    expect(await them.answerTo('n1')).toBe(501)
    expect(await them.answerTo('n2')).toBe(501)
  })

  test('a REPORT is never answered, not even one for nobody', async () => {
    const { them, send } = await scene()
    them.say(send('r1', { method: 'REPORT' }), send('r2', { method: 'REPORT', to: 'msrp://nobody.test;tcp' }), send('a1', { body: 'x' }))
    await them.answerTo('a1')
    expect(them.frames).toHaveLength(1)
  })
})
