import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src-main/base/clock'
import { Asker } from '../../../src-main/server/gateway/asker'
import { targetOf, type Lookup } from '../../../src-main/server/gateway/targets'

/** A resolver that answers each name with the next of its addresses, as one does that changes its mind. */
const resolver = (names: Record<string, string[]>): Lookup => (hostname, options, heard) => {
  const address = names[hostname]!.length > 1 ? names[hostname]!.shift()! : names[hostname]![0]!
  const family = address.includes(':') ? 6 : 4
  if (options.all) heard(null, [{ address, family }])
  else heard(null, address, family)
}

test.each([
  'http://127.0.0.1/', 'http://localhost/', 'https://[::1]/', 'http://10.1.2.3/', 'http://192.168.0.1/', 'http://169.254.169.254/latest', 'http://0/', 'http://0x7f.1/',
  'http://[::ffff:10.0.0.1]/', 'https://printer.local/', 'http://2130706433/', 'http://intranet/',
])('%s is in the private network, by its name', (url) => {
  expect(() => targetOf(url, false)).toThrow('private network')
  expect(targetOf(url, true).href).toBeTruthy()
})

test.each(['file:///etc/passwd', 'gopher://bot.example/', 'https://me:secret@bot.example/', 'bot.example', ''])('%s is no address of a webhook', (url) => {
  expect(() => targetOf(url, true)).toThrow('no HTTP address')
})

describe('what a name resolves to', () => {
  let server: Server
  let asked = 0
  let port = 0
  beforeEach(async () => {
    asked = 0
    server = createServer((request, response) => {
      asked++
      if (request.url === '/redirect') response.writeHead(302, { Location: '/elsewhere' }).end()
      else if (request.url === '/flood') response.end('x'.repeat(1_000_000))
      else response.end('ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const asker = (names: Record<string, string[]>): Asker => new Asker({ clock: systemClock, lookup: resolver(names) })
  const notice = (path = '/', host = 'bot.example') => ({ url: `http://${host}:${port}${path}`, headers: {}, body: '{}' })

  test('is looked at when the connection is made: a name that points inside is not asked', async () => {
    const names = asker({ 'bot.example': ['127.0.0.1'] })
    await expect(names.ask(notice(), false)).rejects.toMatchObject({ code: 'refused' })
    expect(asked).toBe(0)
    names.stop()
  })

  test('may be inside for a bot that is allowed to, and its connection serves no other', async () => {
    const names = asker({ 'bot.example': ['127.0.0.1'] })
    expect(await names.ask(notice(), true)).toMatchObject({ status: 200, body: 'ok' })
    await expect(names.ask(notice(), false)).rejects.toMatchObject({ code: 'refused' })
    expect(asked).toBe(1)
    names.stop()
  })

  test('a redirect is told and not followed, and of a long answer only the beginning is read', async () => {
    const names = asker({ 'bot.example': ['127.0.0.1'] })
    expect((await names.ask(notice('/redirect'), true)).status).toBe(302)
    expect(asked).toBe(1)
    expect((await names.ask(notice('/flood'), true)).body.length).toBeLessThanOrEqual(64 * 1024)
    names.stop()
  })

  test('after a stop nobody is asked', async () => {
    const names = asker({ 'bot.example': ['127.0.0.1'] })
    names.stop()
    await expect(names.ask(notice(), true)).rejects.toMatchObject({ code: 'closed' })
  })
})
