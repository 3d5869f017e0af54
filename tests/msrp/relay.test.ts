import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ha1, isRightResponse, readCredentials } from '../../src-main/sip/digest'
import { Framer } from '../../src-main/msrp/framer'
import type { MsrpRequest } from '../../src-main/msrp/message'
import { parseHead } from '../../src-main/msrp/parser'
import { root } from '../fakes/build'
import { HandClock } from '../fakes/clock'
import { speaker } from './wire'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** What a relay says to an AUTH: a status line and header lines. */
type Says = (request: MsrpRequest, n: number) => string[]

/** A relay as far as AUTH goes; what it does with messages is for the interop tests, where it is Kamailio. */
async function relayThat(says: Says) {
  const asked: MsrpRequest[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    const framer = new Framer()
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const part of framer.push(bytes)) {
        if (part.kind !== 'head') continue
        const request = parseHead(part.head) as MsrpRequest
        asked.push(request)
        const [status = '', ...lines] = says(request, asked.length)
        if (status === '') continue
        socket.write([`MSRP ${request.tid} ${status}`, `To-Path: ${request.fromPath.join(' ')}`, `From-Path: ${request.toPath[0]}`, ...lines, `-------${request.tid}$`, ''].join('\r\n'))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { asked, sockets, uri: `msrp://127.0.0.1:${port};tcp` }
}
const challenge = (nonce = 'n1', stale = false): string[] => [
  '401 Unauthorized', `WWW-Authenticate: Digest realm="lab", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`,
]
const place = (expires?: number, session = 'x1'): string[] => ['200 OK', `Use-Path: msrp://127.0.0.1:2855/${session};tcp`, ...(expires === undefined ? [] : [`Expires: ${expires}`])]
const isProved = ({ fields }: MsrpRequest, password = 'secret'): boolean => {
  const credentials = readCredentials(fields.get('Authorization') ?? '')
  return !!credentials && isRightResponse(credentials, { MD5: ha1('MD5', 'mei', 'lab', password) }, 'AUTH')
}
const proving: Says = (request) => (request.fields.get('Authorization') === undefined ? challenge() : isProved(request) ? place() : challenge('n2'))

function mei(clock?: HandClock) {
  const one = speaker(clock ? { clock } : {})
  ends.push(() => one.endpoint.close())
  return { ...one, joins: (uri: string, password = 'secret', expires?: number) => one.endpoint.relay({ uri, username: 'mei', password, ...(expires && { expires }) }) }
}

describe('a place at a relay', () => {
  test('is had for a password, which is not sent', async () => {
    const { asked, uri } = await relayThat(proving)
    const { endpoint, session, joins } = mei()
    const relay = await joins(uri)
    expect(relay.path).toEqual(['msrp://127.0.0.1:2855/x1;tcp'])
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatchObject({ method: 'AUTH', toPath: [uri] })
    expect(readCredentials(asked[1]!.fields.get('Authorization')!)).toMatchObject({ username: 'mei', uri, nc: '00000001', qop: 'auth' })
    const one = endpoint.session({ relay, receive: () => {} })
    expect(one.path).toEqual(['msrp://127.0.0.1:2855/x1;tcp', one.uri])
    expect(one.media()).toMatchObject({ host: '127.0.0.1', port: 2855, setup: 'actpass', cema: false })
    expect(session().path).toHaveLength(1)
  })

  test.each<[string, Says, string]>([
    ['a wrong password', (request) => (isProved(request) ? place() : challenge('n2')), 'wrong-password'],
    ['a 403', () => ['403 No'], 'refused'],
    ['a relay that asks without an end', (_request, n) => challenge(`n${n}`, true), 'refused'],
    ['a relay that asks for what we do not know', () => ['401 Unauthorized', 'WWW-Authenticate: Basic realm="lab"'], 'refused'],
    ['a 200 without a path', () => ['200 OK'], 'malformed'],
    ['a path that is none', () => ['200 OK', 'Use-Path: hello'], 'malformed'],
    ['a 302', () => ['302 Elsewhere'], 'refused'],
    ['a challenge that is none', () => ['401 Unauthorized', 'WWW-Authenticate: Digest realm'], 'malformed'],
  ])('is not had with %s', async (what, says, code) => {
    const { uri } = await relayThat(says)
    await expect(mei().joins(uri, what.includes('password') ? 'wrong' : 'secret')).rejects.toMatchObject({ code })
  })

  test('is not had from one that says nothing, or hangs up', async () => {
    const { uri, sockets } = await relayThat((_request, n) => {
      if (n === 1) setImmediate(() => sockets[0]!.destroy())
      return []
    })
    await expect(mei().joins(uri)).rejects.toMatchObject({ code: 'connection-lost' })
    const slow = speaker({ limits: { answerTimeout: 30 } })
    ends.push(() => slow.endpoint.close())
    await expect(slow.endpoint.relay({ uri, username: 'mei', password: 'x' })).rejects.toMatchObject({ code: 'no-answer' })
  })

  test('is asked for with another time when the first does not suit (423)', async () => {
    const { asked, uri } = await relayThat((request) => {
      if (request.fields.get('Expires') !== '600') return ['423 Interval', 'Min-Expires: 600']
      return proving(request, 0)
    })
    await mei().joins(uri, 'secret', 60)
    expect(asked.map(({ fields }) => fields.get('Expires'))).toEqual(['60', '600', '600'])
  })

  test('is renewed in time, with a new path for new sessions only', async () => {
    let given = 0
    const { asked, uri } = await relayThat((request) => (isProved(request) ? place(100, `x${++given}`) : challenge()))
    const clock = new HandClock()
    const { endpoint, joins } = mei(clock)
    const relay = await joins(uri)
    const before = endpoint.session({ relay, receive: () => {} })
    const moved: string[][] = []
    relay.events.on('moved', (path) => moved.push(path))
    await clock.advance(79_000)
    expect(asked).toHaveLength(2)
    await clock.advance(1_000)
    await vi.waitFor(() => expect(moved).toEqual([['msrp://127.0.0.1:2855/x2;tcp']]))
    expect(before.path[0]).toBe('msrp://127.0.0.1:2855/x1;tcp')
    expect(endpoint.session({ relay, receive: () => {} }).path[0]).toBe('msrp://127.0.0.1:2855/x2;tcp')
  })

  test('that is lost takes its sessions with it, and says so', async () => {
    const { uri, sockets } = await relayThat(proving)
    const { endpoint, joins } = mei()
    const relay = await joins(uri)
    const one = endpoint.session({ relay, receive: () => {} })
    await one.open({ ...one.media(), path: ['msrp://peer.test;tcp'] }, 'passive')
    const told: unknown[] = []
    relay.events.on('closed', (fault) => told.push(fault?.code))
    one.events.on('closed', (fault) => told.push(fault?.code))
    sockets[0]!.destroy()
    await vi.waitFor(() => expect(told).toEqual(['connection-lost', 'connection-lost']))
    expect(endpoint.session({ relay, receive: () => {} }).at).toBe('closed')
  })

  test('over TLS is only for a relay whose certificate we trust', async () => {
    const pem = (name: string): string => readFileSync(join(root, 'tests/fixtures/sip/tls', name), 'utf8')
    const there = speaker({ identity: { cert: pem('cert.pem'), key: pem('key.pem') } })
    ends.push(() => there.endpoint.close())
    const { port } = await there.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const uri = `msrps://127.0.0.1:${port};tcp`
    await expect(mei().joins(uri)).rejects.toMatchObject({ code: 'bad-certificate' })
    // Trusted, it is asked: an endpoint is no relay, and knows no such session.
    await expect(mei().endpoint.relay({ uri, username: 'mei', password: 'x', ca: pem('cert.pem') })).rejects.toMatchObject({ code: 'connection-lost', detail: { status: 481 } })
  })
})
