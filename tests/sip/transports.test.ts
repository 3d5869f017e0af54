import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { Flow, Listener } from '../../src-main/sip/flow'
import { Headers } from '../../src-main/sip/headers'
import { pairFlows } from '../../src-main/sip/pair'
import { connectTcp, listenTcp } from '../../src-main/sip/tcp'
import { connectTls, listenTls } from '../../src-main/sip/tls'
import { connectWebSocket, listenWebSocket } from '../../src-main/sip/websocket'
import { root } from '../fakes/build'
import { HandClock } from '../fakes/clock'
import { lines, messagesIn } from './wire'

const base = { clock: systemClock, log: silentLog, host: '127.0.0.1' }
const pem = (name: string): string => readFileSync(join(root, 'tests/fixtures/sip/tls', name), 'utf8')
const cert = pem('cert.pem')
const key = pem('key.pem')

const listeners: Listener[] = []
const flows: Flow[] = []
const keep = (flow: Flow): Flow => {
  flows.push(flow)
  return flow
}
afterEach(async () => {
  for (const flow of flows.splice(0)) flow.close()
  for (const listener of listeners.splice(0)) await listener.close()
})

const portOf = (listener: Listener): number => Number(/:(\d+);/.exec(listener.uri)![1])
const endpoint = () => new Endpoint({ clock: systemClock, ids: randomIds, log: silentLog, userAgent: 'Yanxin/test' })

/** A server that answers every request with its own body, and its flows. */
function echo() {
  const server = endpoint()
  server.onRequest(({ request, reply }) => reply(200, undefined, { body: request.body }))
  const taken: Flow[] = []
  const onFlow = (flow: Flow): void => {
    taken.push(keep(flow))
    server.attach(flow)
  }
  return { server, taken, onFlow }
}

const ways: Record<string, (onFlow: (flow: Flow) => void) => Promise<[Listener | undefined, () => Promise<Flow>]>> = {
  async tcp(onFlow) {
    const listener = await listenTcp({ ...base, port: 0 }, onFlow)
    return [listener, () => connectTcp({ ...base, port: portOf(listener) })]
  },
  async tls(onFlow) {
    const listener = await listenTls({ ...base, port: 0, cert, key }, onFlow)
    return [listener, () => connectTls({ ...base, port: portOf(listener), ca: cert })]
  },
  async ws(onFlow) {
    const listener = await listenWebSocket({ ...base, port: 0 }, onFlow)
    return [listener, () => connectWebSocket({ ...base, port: portOf(listener) })]
  },
  async wss(onFlow) {
    const listener = await listenWebSocket({ ...base, port: 0, cert, key }, onFlow)
    return [listener, () => connectWebSocket({ ...base, port: portOf(listener), secure: true, ca: cert })]
  },
  async pair(onFlow) {
    return [undefined, async () => {
      const [here, there] = pairFlows()
      onFlow(there)
      return here
    }]
  },
}

describe.each(Object.entries(ways))('%s', (name, open) => {
  async function joined() {
    const side = echo()
    const [listener, dial] = await open(side.onFlow)
    if (listener) listeners.push(listener)
    const flow = keep(await dial())
    const client = endpoint()
    client.attach(flow)
    const ask = (body: Uint8Array, via = client, over = flow) =>
      via.request(over, { method: 'MESSAGE', uri: 'sip:lan@lab.test', headers: new Headers([['From', '<sip:mei@lab.test>'], ['To', '<sip:lan@lab.test>'], ['Content-Type', 'application/octet-stream']]), body })
    await vi.waitFor(() => expect(side.taken).toHaveLength(1))
    return { ...side, listener, flow, client, ask, there: side.taken[0]! }
  }

  test('carries requests both ways, small and large, text and not', async () => {
    const { flow, client, server, ask, there, listener } = await joined()
    expect(flow.transport).toBe(name)
    if (listener) expect(listener.uri).toMatch(new RegExp(`^sip:127\\.0\\.0\\.1:\\d+;transport=${name}$`))
    const bodies = [Buffer.from('你好'), Buffer.from([0, 1, 254, 255]), Buffer.alloc(80 * 1024, 'x'), Buffer.alloc(0)]
    const answers = await Promise.all(bodies.map((body) => ask(body)))
    expect(answers.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual(bodies.map((body) => body.toString('hex')))
    client.onRequest(({ reply }) => reply(202))
    expect((await ask(Buffer.from('back'), server, there)).status).toBe(202)
  })

  test('answers pings', async () => {
    const { flow, there } = await joined()
    const heard: string[] = []
    flow.events.on('pong', () => heard.push('pong'))
    there.events.on('ping', () => heard.push('ping'))
    flow.ping()
    await vi.waitFor(() => expect(heard).toEqual(['ping', 'pong']))
  })

  test('tells both ends when it closes, after what was said', async () => {
    const { flow, there } = await joined()
    const heard: string[] = []
    flow.events.on('message', () => heard.push('message'))
    flow.events.on('closed', () => heard.push('closed'))
    there.send(messagesIn(lines(['OPTIONS sip:mei@lab.test SIP/2.0', 'Via: SIP/2.0/TCP a.test;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1', 'CSeq: 1 OPTIONS', 'l: 0']))[0]!)
    there.close()
    expect(there.closed).toBe(true)
    await vi.waitFor(() => expect(heard).toEqual(['message', 'closed']))
    expect(flow.closed).toBe(true)
  })
})

describe('a TCP listener', () => {
  async function dialled(limits = {}) {
    const side = echo()
    const listener = await listenTcp({ ...base, port: 0, limits }, side.onFlow)
    listeners.push(listener)
    const dial = async (): Promise<{ socket: Socket; said: () => string }> => {
      const socket = connect(portOf(listener), '127.0.0.1')
      let text = ''
      socket.on('data', (bytes) => (text += bytes.toString()))
      socket.on('error', () => {})
      await once(socket, 'connect')
      return { socket, said: () => text }
    }
    return { ...side, listener, dial }
  }
  const request = (n: number, body = 'x') => lines(['MESSAGE sip:lan@lab.test SIP/2.0', `Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${n}`, 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1', 'CSeq: 1 MESSAGE', 'Content-Type: text/plain', `Content-Length: ${body.length}`], body)

  test('gives its answer to a message too large before it closes, though the rest is still coming', async () => {
    const { dial } = await dialled({ maxBody: 1_000 })
    const { socket, said } = await dial()
    socket.write(request(1, 'x'.repeat(2_000_000)))
    await once(socket, 'close')
    expect(said()).toMatch(/^SIP\/2\.0 413 Request Entity Too Large\r\n/)
  })

  test('leaves everybody else undisturbed by one who sends rubbish', async () => {
    const { dial } = await dialled()
    const [bad, good] = [await dial(), await dial()]
    bad.socket.write(Buffer.from([0x16, 0x03, 0x01, 0, 0]))
    await once(bad.socket, 'close')
    expect(bad.said()).toBe('')
    good.socket.write(request(2))
    await vi.waitFor(() => expect(good.said()).toMatch(/^SIP\/2\.0 200 OK\r\n/))
    good.socket.destroy()
  })

  test('closes on a message that is never finished', async () => {
    const { dial, taken } = await dialled({ partialTimeout: 50 })
    const { socket } = await dial()
    socket.write(request(3).subarray(0, 60))
    await once(socket, 'close')
    expect(taken[0]!.closed).toBe(true)
  })

  test('gives up a peer that does not read', async () => {
    const { dial, taken } = await dialled({ maxWaiting: 200_000 })
    const { socket } = await dial()
    socket.pause()
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    const lost: (string | undefined)[] = []
    taken[0]!.events.on('closed', (fault) => lost.push(fault?.code))
    const large = messagesIn(request(4, 'x'.repeat(60_000)))[0]!
    await vi.waitFor(() => {
      for (let i = 0; i < 20; i++) taken[0]!.send(large)
      expect(lost).toEqual(['connection-lost'])
    }, { timeout: 10_000, interval: 5 })
    socket.destroy()
  })

  test('survives a peer that resets its connection', async () => {
    const { dial, taken } = await dialled()
    const { socket } = await dial()
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    socket.resetAndDestroy()
    await vi.waitFor(() => expect(taken[0]!.closed).toBe(true))
    expect((await dial()).socket.destroy().destroyed).toBe(true)
  })

  test('takes nobody more once it is closed; its flows stay', async () => {
    const { dial, listener, taken } = await dialled()
    const { socket, said } = await dial()
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    await listener.close()
    await expect(connectTcp({ ...base, port: portOf(listener) })).rejects.toMatchObject({ code: 'cannot-connect' })
    socket.write(request(5))
    await vi.waitFor(() => expect(said()).toContain('200 OK'))
    socket.destroy()
  })

  test('says when its port is taken', async () => {
    const { listener } = await dialled()
    await expect(listenTcp({ ...base, port: portOf(listener) }, () => {})).rejects.toMatchObject({ code: 'port-taken', detail: { port: portOf(listener) } })
  })
})

describe('TLS', () => {
  test('trusts no certificate that it does not know, nor one for another name', async () => {
    const listener = await listenTls({ ...base, port: 0, cert, key }, keep)
    listeners.push(listener)
    const port = portOf(listener)
    await expect(connectTls({ ...base, port })).rejects.toMatchObject({ code: 'bad-certificate' })
    await expect(connectTls({ ...base, port, ca: cert, servername: 'other.test' })).rejects.toMatchObject({ code: 'bad-certificate' })
    keep(await connectTls({ ...base, port, ca: cert, servername: 'lab.test' }))
  })

  test('outlives a peer that speaks something else', async () => {
    const listener = await listenTls({ ...base, port: 0, cert, key }, keep)
    listeners.push(listener)
    const socket = connect(portOf(listener), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('OPTIONS sip:lab.test SIP/2.0\r\n\r\n')
    await once(socket, 'close')
    keep(await connectTls({ ...base, port: portOf(listener), ca: cert }))
  })

  test('says that a key is no key', async () => {
    await expect(listenTls({ ...base, port: 0, cert, key: 'no key' }, keep)).rejects.toMatchObject({ code: 'bad-certificate' })
  })
})

describe('a WebSocket listener', () => {
  /** What the handshake is answered, or 101. */
  async function knock(listener: Listener, protocols: string[], origin?: string): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(listener)}`, protocols, origin === undefined ? {} : { origin })
    return new Promise((resolve) => {
      socket.on('error', () => {})
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode!))
      socket.on('open', () => {
        resolve(101)
        socket.terminate()
      })
    })
  }

  test('takes only those who speak sip', async () => {
    const listener = await listenWebSocket({ ...base, port: 0 }, keep)
    listeners.push(listener)
    for (const protocols of [[], ['chat']]) expect(await knock(listener, protocols)).toBe(400)
    expect(await knock(listener, ['chat', 'sip'])).toBe(101)
  })

  test('takes all pages, or those that it was told, and programs without a page', async () => {
    const open = await listenWebSocket({ ...base, port: 0 }, keep)
    const choosy = await listenWebSocket({ ...base, port: 0, origins: ['https://phone.example'] }, keep)
    listeners.push(open, choosy)
    expect(await knock(open, ['sip'], 'https://other.example')).toBe(101)
    expect(await knock(choosy, ['sip'], 'https://phone.example')).toBe(101)
    expect(await knock(choosy, ['sip'])).toBe(101)
    for (const origin of ['https://other.example', 'http://phone.example', 'https://phone.example.evil.test', 'null']) {
      expect(await knock(choosy, ['sip'], origin)).toBe(403)
    }
  })

  test('pings, hears the pong as a sign of life, and gives up a client from which none comes', async () => {
    const clock = new HandClock()
    const taken: Flow[] = []
    const listener = await listenWebSocket({ ...base, clock, port: 0 }, (flow) => void taken.push(keep(flow)))
    listeners.push(listener)
    const at = `ws://127.0.0.1:${portOf(listener)}`
    const [alive, dead] = [new WebSocket(at, 'sip'), new WebSocket(at, 'sip', { autoPong: false })]
    await Promise.all([once(alive, 'open'), once(dead, 'open')])
    await vi.waitFor(() => expect(taken).toHaveLength(2))
    const pongs: Flow[] = []
    for (const flow of taken) flow.events.on('pong', () => void pongs.push(flow))
    for (let minute = 1; minute <= 3; minute++) {
      const pinged = once(alive, 'ping')
      await clock.advance(60_000)
      await pinged
      await vi.waitFor(() => expect(pongs).toHaveLength(minute))
    }
    expect(taken.filter(({ closed }) => !closed)).toEqual([pongs[0]])
    alive.terminate()
  })

  test('refuses one message without its connection', async () => {
    const side = echo()
    const listener = await listenWebSocket({ ...base, port: 0 }, side.onFlow)
    listeners.push(listener)
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(listener)}`, 'sip')
    const said: string[] = []
    socket.on('message', (data: Buffer) => said.push(data.toString().split('\r\n')[0]!))
    await once(socket, 'open')
    const head = ['Via: SIP/2.0/WS x.invalid;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>', 'Call-ID: 1']
    socket.send('rubbish')
    socket.send(lines(['MESSAGE sip:lan@lab.test SIP/2.0', ...head, 'CSeq: x']).toString())
    socket.send(lines(['MESSAGE sip:lan@lab.test SIP/2.0', ...head, 'CSeq: 1 MESSAGE'], 'hello').toString())
    await vi.waitFor(() => expect(said).toEqual(['SIP/2.0 400 Bad Request: a CSeq without a method', 'SIP/2.0 200 OK']))
    socket.close()
  })
})

test('a connection that nobody takes is told as such', async () => {
  await expect(connectTcp({ ...base, port: 1 })).rejects.toMatchObject({ code: 'cannot-connect' })
  await expect(connectWebSocket({ ...base, port: 1 })).rejects.toMatchObject({ code: 'cannot-connect' })
})
