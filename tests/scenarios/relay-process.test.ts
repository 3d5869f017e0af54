import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { Phone, textOf, until, type Person } from './play/phone'
import { command, RelayProcess, withFolder } from './play/process'

const domain = 'office.test'
const running: RelayProcess[] = []
const phones: Phone[] = []

const start = async (...args: string[]): Promise<RelayProcess> => {
  const relay = await RelayProcess.start(args)
  running.push(relay)
  return relay
}
const serveOn = (data: string, port = 0): Promise<RelayProcess> => start('--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${port}`)
const add = (data: string, user: string): void => {
  const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
  if (code !== 0) throw new Error(stderr)
}
const phone = (user: string, port: number, more: Partial<Person> = {}): Phone => {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}`, ...more })
  phones.push(made)
  return made
}

afterEach(async () => {
  for (const each of phones.splice(0)) if (each.isOpen) await each.leaves()
  for (const relay of running.splice(0)) {
    relay.signal('SIGKILL')
    await relay.ended
  }
})

describe('a relay that is killed', () => {
  test('in the middle of a conversation, and started again: what it acknowledged arrives once, in order', async () => withFolder(async (data) => {
    for (const user of ['mei', 'lan']) add(data, user)
    const relay = await serveOn(data)
    const { port } = relay
    const mei = await phone('mei', port).comes()
    const lan = await phone('lan', port).comes()
    const acknowledged: string[] = []
    // Each is said again under its own id until it is acknowledged, as a client does.
    const sayAll = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        const text = `message ${i}`
        for (;;) {
          const answer = await Promise.race([mei.says(text, lan.address, { id: `id-${i}` }), until('the end', () => !mei.isOpen, 60_000)])
          if (answer !== true && answer.status < 300) break
          await until('the relay to be back', () => mei.isOpen, 60_000)
        }
        acknowledged.push(text)
      }
    }
    const conversation = sayAll(0, 400)
    await until('half of it', () => acknowledged.length >= 150)
    await relay.dies()
    await until('both to notice', () => !mei.isOpen && !lan.isOpen)
    await serveOn(data, port)
    await lan.comes()
    await mei.comes()
    await conversation
    const seen = (): string[] => [...new Map(lan.inbox.map((heard) => [/imdn.Message-ID: (\S+)/.exec(heard.body)![1]!, textOf(heard.body)])).values()]
    await until('all of them', () => seen().length === 400)
    // A message whose 200 was cut off may come twice under its id (guarantee 2); on the screen it is once.
    expect(seen()).toEqual(acknowledged)
    expect(lan.inbox.length).toBeLessThan(405)
  }), 90_000)

  test('while somebody is away: everything acknowledged is there when they return', async () => withFolder(async (data) => {
    for (const user of ['mei', 'lan']) add(data, user)
    const relay = await serveOn(data)
    const mei = await phone('mei', relay.port).comes()
    const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`)
    const answers = await Promise.all(texts.map((text) => mei.says(text, `sip:lan@${domain}`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await relay.dies()
    const again = await serveOn(data)
    const lan = await phone('lan', again.port).comes()
    await until('all of them', () => lan.inbox.length === 50)
    expect(lan.texts).toEqual(texts)
  }))
})

describe('a relay that is stopped', () => {
  test('ends with 0 and leaves the folder to the next', async () => withFolder(async (data) => {
    add(data, 'mei')
    const relay = await serveOn(data)
    await phone('mei', relay.port).comes()
    expect(await relay.stops()).toBe(0)
    const next = await serveOn(data)
    expect(await next.stops()).toBe(0)
  }))
})

describe('the command line', () => {
  test('user and device work while the relay runs', async () => withFolder(async (data) => {
    add(data, 'mei')
    const relay = await serveOn(data)
    add(data, 'lan')
    const mei = await phone('mei', relay.port).comes()
    const lan = await phone('lan', relay.port).comes()
    expect((await mei.says('welcome', lan.address)).status).toBe(200)
    await lan.hears('welcome')
    expect(command(['user', 'list', '--data', data]).stdout).toBe(`sip:lan@${domain}\t1 device\nsip:mei@${domain}\t1 device\n`)
    expect(command(['device', 'list', `lan@${domain}`, '--data', data]).stdout).toMatch(/^sip:lan@office\.test\turn:uuid:lan\tplay\tseen .*Z\n$/)

    expect(command(['device', 'remove', `lan@${domain}`, 'urn:uuid:lan', '--data', data]).code).toBe(0)
    await until('the relay to let go of the device', async () => (await mei.says('?', lan.address)).status === 202)

    expect(command(['user', 'password', `lan@${domain}`, '--data', data], 'another\n').code).toBe(0)
    await until('the connection to close', () => !lan.isOpen)
    lan.person.password = 'another'
    await lan.comes()
    expect(command(['user', 'remove', `lan@${domain}`, '--data', data]).code).toBe(0)
    await until('the connection to close', () => !lan.isOpen)
    expect((await mei.says('?', lan.address)).status).toBe(404)
    expect(command(['user', 'remove', `lan@${domain}`, '--data', data])).toMatchObject({ code: 1, stderr: `There is no sip:lan@${domain}.\n` })
  }))

  test('a second relay on the same folder names the first and ends with 3', async () => withFolder(async (data) => {
    await serveOn(data)
    const second = command(['serve', '--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
    expect(second.code).toBe(3)
    expect(second.stderr).toMatch(/in use by the relay for office\.test \(process \d+, since /)
  }))

  test('a taken port, a folder that cannot be written, wrong flags: one clear sentence each', async () => withFolder(async (data) => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const taken = command(['serve', '--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${port}`])
    other.close()
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining(`The port of tcp:127.0.0.1:${port} is taken`) as string })

    const file = join(data, 'a-file')
    writeFileSync(file, '')
    const unwritable = command(['serve', '--domain', domain, '--data', join(file, 'below'), '--sip', 'tcp:127.0.0.1:0'])
    expect(unwritable).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be written') as string })

    for (const [args, sentence] of [
      [['serve', '--data', data, '--sip', 'tcp:127.0.0.1:0'], '--domain DOMAIN'],
      [['serve', '--domain', domain, '--data', data, '--sip', 'udp:127.0.0.1:0'], 'must begin with tcp:'],
      [['serve', '--domain', domain, '--data', data, '--sip', 'tls:127.0.0.1:0'], '--tls-cert'],
      [['user', 'add', 'nobody', '--data', data], 'is no address'],
      [['user', 'add', `x@${domain}`, '--data', data], 'one line of standard input'],
      [['dance'], 'no command'],
      [['serve', '--bogus'], 'bogus'],
    ] as const) {
      const ended = command(args)
      expect(ended.code, ended.stderr).toBe(2)
      expect(ended.stderr).toContain(sentence)
    }
  }))

  test('a data folder that was misspelled is said to be none, and none is made', async () => withFolder(async (data) => {
    const elsewhere = join(data, 'elsewhere')
    expect(command(['user', 'list', '--data', elsewhere])).toEqual({
      code: 1, stdout: '', stderr: `There is no relay in ${elsewhere}; serve or user add makes one.\n`,
    })
    expect(existsSync(elsewhere)).toBe(false)
  }))

  test('--config holds the flags, --http answers /healthz, and ws listens', async () => withFolder(async (data) => {
    const config = join(data, 'relay.json')
    writeFileSync(config, JSON.stringify({ domain, data: 'store', sip: ['tcp:127.0.0.1:0', 'ws:127.0.0.1:0'], http: '127.0.0.1:0' }))
    const relay = await start('--config', config)
    expect(relay.uris.map((uri) => uri.replace(/\d{4,5}/, 'N'))).toEqual(
      ['sip:127.0.0.1:N;transport=tcp', 'sip:127.0.0.1:N;transport=ws', 'http://127.0.0.1:N'])
    const health = await fetch(`${relay.uris[2]}/healthz`)
    expect(await health.json()).toMatchObject({ status: 'ok', domain, accounts: 0 })
    expect((await fetch(`${relay.uris[2]}/else`)).status).toBe(404)
  }))
})

describe('TLS', () => {
  test('the relay listens with the certificate that it is given', async (context) => withFolder(async (data) => {
    const [cert, key] = [join(data, 'cert.pem'), join(data, 'key.pem')]
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`, '-keyout', key, '-out', cert])
    if (made.error || made.status !== 0) return context.skip('skipped, because there is no openssl to make a certificate')
    const relay = await start('--domain', domain, '--data', data, '--sip', 'tls:127.0.0.1:0', '--tls-cert', cert, '--tls-key', key)
    expect(relay.uris[0]).toMatch(/^sip:127\.0\.0\.1:\d+;transport=tls$/)
    const socket = connectTls({ host: '127.0.0.1', port: relay.port, servername: domain, ca: readFileSync(cert) })
    await once(socket, 'secureConnect')
    socket.write(`OPTIONS sip:${domain} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@${domain}>;tag=1\r\n` +
      `To: <sip:${domain}>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`)
    const [answer] = await once(socket, 'data') as [Buffer]
    socket.destroy()
    expect(answer.toString()).toMatch(/^SIP\/2\.0 200 OK\r\n/)
  }))
})
