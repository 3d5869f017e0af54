import { createServer as createHttps, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import { openCertificate, type Certificate } from '../../src-main/share/certificate'
import { PinnedAgent } from '../../src-main/sip/pin'
import { connectTls, listenTls, lookAtCertificate } from '../../src-main/sip/tls'
import { temporaryFolder } from '../fakes/database'
import { until } from '../scenarios/clients/cast'

const parts = { clock: systemClock, log: silentLog }
const host = '127.0.0.1'
let certificate: Certificate
const other = 'ab'.repeat(32)

beforeAll(async () => {
  certificate = await openCertificate(join(temporaryFolder(), 'c.pem'), { domain: 'office.internal', now: Date.now() })
})

describe('a pinned certificate over TLS', () => {
  let port = 0
  let close: () => Promise<void>
  beforeAll(async () => {
    const listener = await listenTls({ host, port: 0, ...certificate, ...parts }, (flow) => flow.events.on('ping', () => undefined))
    port = Number(/:(\d+);/.exec(listener.uri)![1])
    close = () => listener.close()
  })
  afterAll(() => close())

  it('is taken though nobody signed it and it carries another name', async () => {
    const flow = await connectTls({ host, port, pin: certificate.fingerprint, ...parts })
    expect(flow.transport).toBe('tls')
    flow.close()
  })

  it('is the only one that is taken; without a pin or an authority none is', async () => {
    await expect(connectTls({ host, port, pin: other, ...parts })).rejects.toMatchObject({ code: 'changed-certificate', detail: { pinned: other, shown: certificate.fingerprint } })
    await expect(connectTls({ host, port, pin: '', ...parts })).rejects.toMatchObject({ code: 'changed-certificate' })
    await expect(connectTls({ host, port, ...parts })).rejects.toMatchObject({ code: 'bad-certificate' })
    // What an authority says does not count beside a pin.
    await expect(connectTls({ host, port, pin: other, ca: certificate.cert, servername: 'office.internal', ...parts })).rejects.toMatchObject({ code: 'changed-certificate' })
  })

  it('can be looked at before', async () => {
    expect(await lookAtCertificate({ host, port, clock: systemClock })).toEqual({ fingerprint: certificate.fingerprint, names: ['office.internal'] })
    await expect(lookAtCertificate({ host, port: 1, clock: systemClock })).rejects.toMatchObject({ code: 'cannot-connect' })
  })
})

describe('a pinned certificate over HTTPS', () => {
  it('lets nothing of a request out to anybody else, also on a connection that was kept or a session taken up again', async () => {
    const asked: string[] = []
    const server = createHttps({ cert: certificate.cert, key: certificate.key }, (request, response) => {
      asked.push(request.url!)
      response.end('here')
    })
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    const { port } = server.address() as AddressInfo
    const fetch = (path: string, agent: PinnedAgent): Promise<number> => new Promise((resolve, reject) => {
      get({ host, port, path, agent, headers: { secret: 'x' } }, (response) => response.resume().on('end', () => resolve(response.statusCode!))).on('error', reject)
    })
    const [right, wrong] = [new PinnedAgent(certificate.fingerprint, { keepAlive: true }), new PinnedAgent(other, { keepAlive: true })]
    try {
      expect(await fetch('/1', right)).toBe(200)
      server.closeAllConnections()
      await until('the connection to be gone', () => Object.keys(right.freeSockets).length === 0)
      expect(await fetch('/2', right)).toBe(200)
      await expect(fetch('/3', wrong)).rejects.toMatchObject({ code: 'changed-certificate' })
      await expect(fetch('/4', wrong)).rejects.toMatchObject({ code: 'changed-certificate' })
      expect(asked).toEqual(['/1', '/2'])
    } finally {
      right.destroy()
      wrong.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
