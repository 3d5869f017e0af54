import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { MINUTE, SECOND } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import type { Flow } from '../../src-main/sip/flow'
import { listenTcp } from '../../src-main/sip/tcp'
import { listenTls } from '../../src-main/sip/tls'
import { listenWebSocket } from '../../src-main/sip/websocket'
import { HandClock } from '../fakes/clock'
import { makeCertificate, noOpenssl } from '../interop/certificate'
import { until } from './play/phone'
import { domain, Stage } from './play/stage'

// A peer that begins a message and does not end it, over each transport: it is closed after its time, and nobody waits for it.

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const head = `MESSAGE sip:lan@${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:eve@${domain}>;tag=1\r\n` +
  `To: <sip:lan@${domain}>\r\nCall-ID: half\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n`

interface Slow { write(text: string): void; closed(): boolean }
type Dial = (port: number) => Promise<Slow>
const overSocket = (open: (port: number) => ReturnType<typeof connect>, ready: string): Dial => async (port) => {
  const socket = open(port)
  let isClosed = false
  socket.on('close', () => { isClosed = true }).on('error', () => {})
  socket.resume()
  ends.push(() => socket.destroy())
  await new Promise((resolve) => socket.once(ready, resolve))
  return { write: (text) => void socket.write(text), closed: () => isClosed }
}

async function office(transport: 'tcp' | 'tls' | 'ws'): Promise<{ clock: HandClock; stage: Stage; dial: () => Promise<Slow> }> {
  const clock = new HandClock()
  const stage = await new Stage(clock).opens()
  ends.push(() => stage.ends())
  const accept = (flow: Flow): void => stage.relay.accept(flow)
  const at = { host: '127.0.0.1', port: 0, clock, log: silentLog }
  const certificate = transport === 'tls' ? makeCertificate(domain) : undefined
  if (certificate) ends.push(() => certificate.remove())
  const listener = transport === 'tcp' ? await listenTcp(at, accept)
    : certificate ? await listenTls({ ...at, cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }, accept)
      : await listenWebSocket(at, accept)
  ends.push(() => listener.close())
  const port = Number(/:(\d+);/.exec(listener.uri)![1])
  const dial: Dial = transport === 'tcp' ? overSocket((to) => connect(to, '127.0.0.1'), 'connect')
    : transport === 'tls' ? overSocket((to) => connectTls({ port: to, host: '127.0.0.1', rejectUnauthorized: false }), 'secureConnect')
      : async (to) => {
        const socket = new WebSocket(`ws://127.0.0.1:${to}`, 'sip')
        let isClosed = false
        socket.on('close', () => { isClosed = true }).on('error', () => {})
        ends.push(() => socket.terminate())
        await new Promise((resolve) => socket.once('open', resolve))
        // Half of a WebSocket message: a fragment that is not the last.
        return { write: (text) => socket.send(text, { fin: false }, () => {}), closed: () => isClosed }
      }
  return { clock, stage, dial: () => dial(port) }
}

describe.each(['tcp', 'tls', 'ws'] as const)('half a message over %s', (transport) => {
  it.skipIf(transport === 'tls' && noOpenssl).each([['its head', head.slice(0, 150)], ['its body', `${head}half of it`]])('%s: the connection is closed, also when a byte comes now and then; others talk on', async (_, half) => {
    const { clock, stage, dial } = await office(transport)
    for (const user of ['mei', 'lan']) await stage.adds(user)
    const [mei, lan] = [await stage.phone('mei', { instance: 'urn:uuid:mei' }).comes(), await stage.phone('lan', { instance: 'urn:uuid:lan' }).comes()]
    const stalled = await dial()
    const dripping = await dial()
    stalled.write(half)
    dripping.write(half)
    await until('the relay to know both', () => stage.relay.health().connections === 4)
    // What is written is read before the clock moves: somebody's answer comes after it.
    expect((await mei.says('meanwhile', lan.address)).status).toBe(200)
    await lan.hears('meanwhile')
    // Thirty seconds for a message; where the transport hides its beginning, two minutes for somebody who does not sign in.
    const patience = transport === 'ws' ? 3 * MINUTE : 40 * SECOND
    for (let passed = 0; passed < patience; passed += 5 * SECOND) {
      if (!dripping.closed()) dripping.write('x')
      await clock.advance(5 * SECOND)
    }
    await until('both to be closed', () => stalled.closed() && dripping.closed())
    expect([mei.isOpen, lan.isOpen]).toEqual([true, true])
    await mei.says('afterwards', lan.address)
    await lan.hears('afterwards')
  })
})
