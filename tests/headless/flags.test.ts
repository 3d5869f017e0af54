import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCommand } from '../../src-main/headless/flags'
import { temporaryFolder } from '../fakes/database'

const serve = ['serve', '--domain', 'Play.test', '--data', '/d']

test('serve takes several listeners, IPv6 among them', () => {
  expect(readCommand([...serve, '--sip', 'tcp:127.0.0.1:5060', '--sip', 'ws:[::1]:0', '--http', 'localhost:8080'])).toEqual({
    command: 'serve', domain: 'play.test', data: '/d', http: { host: 'localhost', port: 8080 },
    sip: [{ transport: 'tcp', host: '127.0.0.1', port: 5060 }, { transport: 'ws', host: '::1', port: 0 }],
  })
})

test('flags go before the file of --config, whose paths are relative to it', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'relay.json')
  writeFileSync(file, JSON.stringify({ domain: 'file.test', data: 'store', sip: 'tls:0.0.0.0:5061', 'tls-cert': 'c.pem', 'tls-key': 'k.pem' }))
  expect(readCommand(['serve', '--config', file, '--domain', 'flag.test'])).toEqual({
    command: 'serve', domain: 'flag.test', data: join(folder, 'store'), sip: [{ transport: 'tls', host: '0.0.0.0', port: 5061 }],
    tls: { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') },
  })
  for (const json of ['[]', '{"colour":"red"}', '{"domain":1}', '{"domain":["a"]}', '{']) {
    writeFileSync(file, json)
    expect(() => readCommand(['serve', '--config', file])).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  }
})

test('addresses are read in every usual spelling', () => {
  const address = (text: string) => (readCommand(['user', 'add', text, '--data', '/d']) as { address: string }).address
  expect(address('alice@Play.test')).toBe('sip:alice@play.test')
  expect(address('sip:+8613800000001@play.test')).toBe('sip:+8613800000001@play.test')
  for (const text of ['alice', 'alice@', '@play.test', 'sip:alice@play.test;x=1', 'mailto:alice@play.test', 'a b@c']) {
    expect(() => address(text)).toThrow('is no address')
  }
})

test.each([
  [['dance', '--data', '/d'], 'no command'],
  [['user', 'list'], '--data'],
  [['user', 'list', 'extra', '--data', '/d'], 'extra'],
  [['user', 'add', 'a@b', '--data', '/d', '--http', 'h:1'], '--http'],
  [['device', 'remove', 'a@b', '--data', '/d'], 'the device'],
  [[...serve, '--sip', 'tcp:127.0.0.1:70000'], '65535'],
  [[...serve, '--sip', 'tcp:5060'], 'HOST:PORT'],
  [[...serve, '--sip', 'tls:h:1'], '--tls-cert'],
  [[...serve, '--sip', 'tcp:h:1', '--tls-key', 'k'], 'belong together'],
  [['serve', '--data', '/d', '--sip', 'tcp:h:1'], '--domain'],
  [['serve', '--domain', 'a b', '--data', '/d', '--sip', 'tcp:h:1'], 'no domain'],
])('%j is refused', (args, words) => expect(() => readCommand(args)).toThrow(words))
