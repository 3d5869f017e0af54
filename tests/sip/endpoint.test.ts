import { describe, expect, test, vi } from 'vitest'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { EndpointOptions, Handler } from '../../src-main/sip/endpoint'
import { Headers } from '../../src-main/sip/headers'
import type { Incoming } from '../../src-main/sip/incoming'
import type { SipRequest, SipResponse } from '../../src-main/sip/message'
import { pairFlows } from '../../src-main/sip/pair'
import { writeMessage } from '../../src-main/sip/write'
import { HandClock } from '../fakes/clock'
import { lines, testWire } from './wire'

const endpoint = (clock: HandClock, options: Partial<EndpointOptions> = {}) => new Endpoint({ clock, ids: randomIds, log: silentLog, userAgent: 'Yanxin/test', ...options })

/** Mei and Lan at the two ends of a pair. */
function pair(handler: Handler = (incoming) => incoming.reply(200), options: Partial<EndpointOptions> = {}) {
  const clock = new HandClock()
  const [here, there] = pairFlows({ clock })
  const mei = endpoint(clock)
  const lan = endpoint(clock, options)
  mei.attach(here)
  lan.attach(there)
  lan.onRequest(handler)
  const ask = (method = 'MESSAGE', more: [string, string][] = [], uri = 'sip:lan@lab.test') =>
    mei.request(here, { method, uri, headers: new Headers([['From', '<sip:mei@lab.test>'], ['To', '<sip:lan@lab.test>'], ...more]), body: Buffer.from('hi') })
  return { clock, here, there, mei, lan, ask }
}

/** Lan alone, with the bytes that go in and out. */
function alone(handler: Handler = (incoming) => incoming.reply(200), options: Partial<EndpointOptions> = {}) {
  const wire = testWire()
  const lan = endpoint(wire.clock, options)
  lan.attach(wire.flow)
  lan.onRequest(handler)
  return { ...wire, lan }
}
const request = (method: string, branch = 'z9hG4bK1', more: string[] = [], cseq = method) =>
  lines([`${method} sip:lan@lab.test SIP/2.0`, `Via: SIP/2.0/TCP phone.test;branch=${branch};rport`, 'Via: SIP/2.0/TCP before.test', 'From: <sip:mei@lab.test>;tag=1', 'To: <sip:lan@lab.test>',
    'Call-ID: c1', `CSeq: 7 ${cseq}`, ...more, 'Content-Length: 0'])
const statuses = (messages: { kind: string }[]) => messages.map((message) => (message as SipResponse).status)

describe('a request', () => {
  test('gets what it lacks, and its answer back', async () => {
    let got: SipRequest | undefined
    const { ask } = pair(({ request, reply }) => {
      got = request
      reply(202, undefined, { headers: [['X-Own', '1']], body: Buffer.from('你好') })
    })
    const answer = await ask()
    expect(answer).toMatchObject({ status: 202, reason: 'Accepted' })
    expect(Buffer.from(answer.body).toString()).toBe('你好')
    expect(answer.headers.get('X-Own')).toBe('1')
    expect(answer.headers.get('Server')).toBe('Yanxin/test')
    expect(answer.headers.get('To')).toMatch(/;tag=\w+$/)
    expect(answer.headers.get('From')).toBe(got!.headers.get('From'))
    expect(got!.headers.get('From')).toMatch(/^<sip:mei@lab\.test>;tag=\w+$/)
    expect(got!.headers.get('Via')).toMatch(/^SIP\/2\.0\/TCP a\d+\.pair\.invalid:5060;branch=z9hG4bK\w+;rport=5060;received=a\d+\.pair\.invalid$/)
    expect(got!.headers.get('Max-Forwards')).toBe('70')
    expect(got!.headers.get('CSeq')).toBe('1 MESSAGE')
    expect(got!.headers.get('Call-ID')).toBeTruthy()
    expect(got!.headers.get('Content-Length')).toBe('2')
  })

  test('keeps what its sender has said', async () => {
    let got: SipRequest | undefined
    const { ask } = pair(({ request, reply }) => {
      got = request
      reply(200)
    })
    await ask('MESSAGE', [['Call-ID', 'own'], ['CSeq', '9 MESSAGE'], ['Max-Forwards', '3']])
    expect(['Call-ID', 'CSeq', 'Max-Forwards'].map((name) => got!.headers.get(name))).toEqual(['own', '9 MESSAGE', '3'])
  })

  test('without an answer fails after 64*T1', async () => {
    const { clock, ask } = pair(() => {})
    const failed = vi.fn()
    ask().catch((fault: Fault) => failed(fault.code))
    await clock.advance(31_999)
    expect(failed).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(failed).toHaveBeenCalledWith('no-answer')
  })

  test('each waits its own time, and one may be told another', async () => {
    const { clock, mei, here, ask } = pair(() => {})
    const failed: string[] = []
    ask('MESSAGE').catch(() => failed.push('first'))
    mei.request(here, { method: 'OPTIONS', uri: 'sip:lan@lab.test', headers: new Headers([['To', '<sip:lan@lab.test>'], ['From', '<sip:mei@lab.test>']]) }, { timeout: 5_000 }).catch(() => failed.push('short'))
    await clock.advance(10_000)
    expect(failed).toEqual(['short'])
    ask('MESSAGE').catch(() => failed.push('second'))
    await clock.advance(22_000)
    expect(failed).toEqual(['short', 'first'])
    await clock.advance(10_000)
    expect(failed).toEqual(['short', 'first', 'second'])
  })

  test('fails when its flow is lost, or was', async () => {
    const { here, ask } = pair(() => {})
    const asked = ask()
    here.close()
    await expect(asked).rejects.toMatchObject({ code: 'connection-lost' })
    await expect(ask()).rejects.toMatchObject({ code: 'connection-lost' })
  })

  test('waits on through provisional answers and foreign ones', async () => {
    const wire = testWire()
    const mei = endpoint(wire.clock)
    mei.attach(wire.flow)
    const asked = mei.request(wire.flow, { method: 'MESSAGE', uri: 'sip:lan@lab.test', headers: new Headers([['From', '<sip:mei@lab.test>'], ['To', '<sip:lan@lab.test>']]) })
    const sent = wire.messages()[0]!
    const answer = (status: number, change: (headers: Headers) => void = () => {}): Buffer => {
      const headers = sent.headers.clone()
      change(headers)
      return writeMessage({ kind: 'response', status, reason: '', headers, body: Buffer.alloc(0) })
    }
    const settled = vi.fn()
    void asked.then(settled)
    wire.flow.receive(answer(100))
    wire.flow.receive(answer(500, (headers) => headers.set('Via', 'SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKother')))
    wire.flow.receive(answer(501, (headers) => headers.prepend('Via', headers.get('Via')!)))
    wire.flow.receive(answer(502, (headers) => headers.set('CSeq', '1 OPTIONS')))
    await Promise.resolve()
    expect(settled).not.toHaveBeenCalled()
    wire.flow.receive(answer(200))
    wire.flow.receive(answer(600))
    expect((await asked).status).toBe(200)
  })

  test('may be one of thousands at once', async () => {
    const { ask } = pair()
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask()))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('an answer', () => {
  test('repeats the whole way back, with where the request came from', () => {
    const { flow, messages } = alone()
    flow.receive(request('MESSAGE'))
    const [answer] = messages()
    expect(answer!.headers.all('Via')).toEqual(['SIP/2.0/TCP phone.test;branch=z9hG4bK1;rport=40000;received=192.0.2.77', 'SIP/2.0/TCP before.test'])
    expect(answer!.headers.get('CSeq')).toBe('7 MESSAGE')
    expect(answer!.headers.get('Call-ID')).toBe('c1')
  })

  test('is given again to a request that comes again, and the handler sees one', () => {
    const seen: Incoming[] = []
    const { flow, messages } = alone((incoming) => void seen.push(incoming))
    flow.receive(request('MESSAGE'))
    flow.receive(request('MESSAGE'))
    expect(seen).toHaveLength(1)
    seen[0]!.reply(200)
    flow.receive(request('MESSAGE'))
    flow.receive(request('MESSAGE', 'z9hG4bK2'))
    expect(seen).toHaveLength(2)
    const answers = messages()
    expect(statuses(answers)).toEqual([200, 200])
    expect(answers[0]!.headers.get('To')).toBe(answers[1]!.headers.get('To'))
  })

  test('is not that of a request with the same branch from another sent-by', () => {
    const seen: string[] = []
    const { flow, messages } = alone(({ request: { headers }, reply }) => {
      seen.push(headers.get('Call-ID')!)
      reply(200)
    })
    const ask = (sentBy: string, callId: string) => flow.receive(lines(['MESSAGE sip:lan@lab.test SIP/2.0', `Via: SIP/2.0/TCP ${sentBy};branch=z9hG4bK1`,
      'From: <sip:mei@lab.test>;tag=1', 'To: <sip:lan@lab.test>', `Call-ID: ${callId}`, 'CSeq: 7 MESSAGE', 'Content-Length: 0']))
    for (let i = 0; i < 2; i++) for (const [sentBy, callId] of [['phone.test', 'a'], ['tablet.test', 'b'], ['phone.test:5070', 'c']] as const) ask(sentBy, callId)
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(messages().map(({ headers }) => headers.get('Call-ID'))).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  test('of a request of RFC 2543 is found without a branch', () => {
    let seen = 0
    const { flow, messages } = alone(({ reply }) => {
      seen++
      reply(200)
    })
    flow.receive(request('MESSAGE', 'z9hG4bK'))
    flow.receive(request('MESSAGE', 'z9hG4bK'))
    expect(seen).toBe(1)
    expect(statuses(messages())).toEqual([200, 200])
  })

  test('is final once', () => {
    const { flow, messages } = alone((incoming) => {
      incoming.reply(180)
      expect(incoming.answered).toBe(false)
      incoming.reply(200)
      incoming.reply(500)
      expect(incoming.answered).toBe(true)
    })
    flow.receive(request('MESSAGE'))
    expect(statuses(messages())).toEqual([180, 200])
  })

  test('is remembered for a bounded number of requests', () => {
    let seen = 0
    const { flow } = alone(({ reply }) => {
      seen++
      reply(200)
    })
    for (let i = 0; i < 600; i++) flow.receive(request('MESSAGE', `z9hG4bKn${i}`))
    flow.receive(request('MESSAGE', 'z9hG4bKn599'))
    expect(seen).toBe(600)
    flow.receive(request('MESSAGE', 'z9hG4bKn0'))
    expect(seen).toBe(601)
  })
})

describe('a handler that throws', () => {
  test.each([
    [new Error('mine'), 500],
    [new Fault('not-yourself'), 403],
    [new Fault('unknown-recipient'), 404],
    [new Fault('not-acceptable'), 488],
    [new Fault('disk-full'), 503],
    [new Fault('malformed', { detail: { status: 416 } }), 416],
  ])('%s: %i, at once or later', async (thrown, status) => {
    for (const handler of [() => { throw thrown }, () => Promise.reject(thrown)]) {
      expect((await pair(handler).ask()).status).toBe(status)
    }
  })

  test('after its answer changes nothing', async () => {
    const { ask } = pair((incoming) => {
      incoming.reply(200)
      throw new Error('late')
    })
    expect((await ask()).status).toBe(200)
  })
})

describe('what no handler sees', () => {
  const never: Handler = () => { throw new Error('it was seen') }

  test('an unknown scheme: 416', async () => expect((await pair(never).ask('OPTIONS', [], 'mailto:lan@lab.test')).status).toBe(416))

  test('an extension that is not supported: 420, naming it', async () => {
    const answer = await pair(never, { extensions: ['path'] }).ask('OPTIONS', [['Require', 'path, gone'], ['Proxy-Require', 'far']])
    expect(answer.status).toBe(420)
    expect(answer.headers.get('Unsupported')).toBe('gone, far')
  })

  test('no hops left: 483 where it would be relayed, and only there', async () => {
    const ask = (handler: Handler, forwards: boolean, uri?: string) => pair(handler, { forwards }).ask('OPTIONS', [['Max-Forwards', '0']], uri)
    expect((await ask(never, true)).status).toBe(483)
    expect((await ask(({ reply }) => reply(200), false)).status).toBe(200)
    expect((await ask(({ reply }) => reply(200), true, 'sip:lab.test')).status).toBe(200)
  })

  test('the ACK of an INVITE that was refused', () => {
    let seen = 0
    const { flow, messages } = alone(({ reply }) => {
      seen++
      reply(405, undefined, { headers: [['Allow', 'MESSAGE, OPTIONS']] })
    })
    flow.receive(request('INVITE'))
    flow.receive(request('ACK', 'z9hG4bK1'))
    expect(seen).toBe(1)
    const answers = messages()
    expect(statuses(answers)).toEqual([405])
    expect(answers[0]!.headers.get('Allow')).toBe('MESSAGE, OPTIONS')
  })

  test('CANCEL: 487 for the INVITE that waits, 481 where there is none', () => {
    const { flow, messages } = alone(() => {})
    flow.receive(request('CANCEL', 'z9hG4bKx'))
    flow.receive(request('INVITE'))
    flow.receive(request('CANCEL'))
    expect(messages().map((message) => [(message as SipResponse).status, message.headers.get('CSeq')])).toEqual([[481, '7 CANCEL'], [200, '7 CANCEL'], [487, '7 INVITE']])
  })
})
