import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src-main/base/log'
import { Headers } from '../../src-main/sip/headers'
import type { SipMessage } from '../../src-main/sip/message'
import { lines, testWire } from './wire'

const head = ['MESSAGE sip:lan@lab.test SIP/2.0', 'Via: SIP/2.0/TCP 192.0.2.77;branch=z9hG4bK1', 'From: <sip:mei@lab.test>;tag=1', 'To: <sip:lan@lab.test>', 'Call-ID: c1', 'CSeq: 1 MESSAGE']
const good = lines([...head, 'Content-Type: text/plain', 'Content-Length: 5'], 'hello')
const wrong = lines([...head, 'Max-Forwards: 256', 'Content-Length: 0'])

function listened(options: Parameters<typeof testWire>[0] = {}) {
  const wire = testWire(options)
  const heard: unknown[] = []
  wire.flow.events.on('message', (message: SipMessage) => heard.push(message.kind === 'request' ? message.method : String(message.status)))
  wire.flow.events.on('malformed', (fault, answer, fatal) => heard.push([fault.code, answer?.kind === 'response' ? answer.status : undefined, fatal]))
  wire.flow.events.on('ping', () => heard.push('ping'))
  wire.flow.events.on('closed', (fault) => heard.push(['closed', fault?.code]))
  return { ...wire, heard }
}

describe('a flow', () => {
  test('answers a ping with one CRLF', () => {
    const { flow, bytes, heard } = listened()
    flow.receive(Buffer.from('\r\n\r\n'))
    expect(bytes().toString()).toBe('\r\n')
    expect(heard).toEqual(['ping'])
  })

  test('refuses only the message that is wrong', () => {
    const { flow, messages, heard } = listened()
    flow.receive(Buffer.concat([good, wrong, good]))
    expect(heard).toEqual(['MESSAGE', ['malformed', 400, false], 'MESSAGE'])
    const [answer] = messages()
    expect(answer).toMatchObject({ kind: 'response', status: 400, reason: 'Bad Request: Max-Forwards is out of range' })
    expect(answer!.headers.get('Via')).toBe('SIP/2.0/TCP 192.0.2.77;branch=z9hG4bK1')
    expect(answer!.headers.get('To')).toMatch(/^<sip:lan@lab\.test>;tag=\w+$/)
    expect(answer!.headers.get('CSeq')).toBe('1 MESSAGE')
    expect(flow.closed).toBe(false)
  })

  test('says what was too large, and ends', () => {
    const body = listened({ limits: { maxBody: 4 } })
    body.flow.receive(good)
    expect(body.heard).toEqual([['too-large', 413, true], ['closed', 'too-large']])
    expect(body.messages()).toMatchObject([{ status: 413 }])
    expect(body.state.ended).toBe(true)

    const heads = listened({ limits: { maxHead: 150 } })
    heads.flow.receive(good)
    expect(heads.heard).toEqual([['too-large', 513, true], ['closed', 'too-large']])
    expect(heads.messages()).toMatchObject([{ status: 513 }])
  })

  test('never answers an answer, nor an ACK', () => {
    const { flow, bytes, heard } = listened()
    flow.receive(lines(['SIP/2.0 200 OK', ...head.slice(1), 'Max-Forwards: 256', 'l: 0']))
    flow.receive(lines(['ACK sip:lan@lab.test SIP/2.0', ...head.slice(1, 5), 'CSeq: x ACK', 'l: 0']))
    expect(heard).toEqual([['malformed', undefined, false], ['malformed', undefined, false]])
    expect(bytes()).toHaveLength(0)
  })

  test('ends when a message is never finished', async () => {
    const { flow, clock, heard } = listened()
    flow.receive(good.subarray(0, 40))
    await clock.advance(29_000)
    flow.receive(good.subarray(40, 50))
    expect(flow.closed).toBe(false)
    await clock.advance(1_000)
    expect(heard).toEqual([['malformed', undefined, true], ['closed', 'malformed']])
  })

  test('gives each message its own time', async () => {
    const { flow, clock, heard } = listened()
    const stream = Buffer.concat([good, good, good])
    flow.receive(stream.subarray(0, good.length - 9))
    await clock.advance(20_000)
    flow.receive(stream.subarray(good.length - 9, good.length * 2 - 9))
    await clock.advance(20_000)
    flow.receive(stream.subarray(good.length * 2 - 9))
    await clock.advance(60_000)
    expect(heard).toEqual(['MESSAGE', 'MESSAGE', 'MESSAGE'])
  })

  test('hears nothing more once it is closed', () => {
    const { flow, heard } = listened()
    flow.events.on('message', () => flow.close())
    flow.receive(Buffer.concat([good, good]))
    flow.receive(good)
    expect(heard).toEqual(['MESSAGE', ['closed', undefined]])
  })

  test('outlives a listener that throws, which is logged', () => {
    const logged: string[] = []
    const { flow, heard } = listened({ log: { ...silentLog, error: (_fields, text) => void logged.push(text) } })
    flow.events.on('message', () => {
      throw new Error('mine')
    })
    flow.receive(Buffer.concat([good, good]))
    expect(heard).toEqual(['MESSAGE', 'MESSAGE'])
    expect(logged).toEqual(['a listener of a flow threw', 'a listener of a flow threw'])
  })

  test('sends what was said in one turn together', () => {
    const { flow, bytes } = listened()
    const message: SipMessage = { kind: 'response', status: 200, reason: 'OK', headers: new Headers(), body: Buffer.alloc(0) }
    flow.send(message)
    flow.send(message)
    expect(flow.waiting).toBeGreaterThan(0)
    expect(bytes().toString()).toBe('SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(2))
    expect(flow.waiting).toBe(0)
  })
})
