import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCommand } from '../../src-main/headless/flags'
import { DAY } from '../../src-main/base/clock'
import { defaultFileRules } from '../../src-main/server/files/rules'
import { defaultRules } from '../../src-main/server/rules'
import { temporaryFolder } from '../fakes/database'

const byDefault = { rules: defaultRules, checkEvery: DAY }
const serve = ['serve', '--domain', 'Play.test', '--data', '/d']

test('serve takes several listeners, IPv6 among them', () => {
  expect(readCommand([...serve, '--sip', 'tcp:127.0.0.1:5060', '--sip', 'ws:[::1]:0', '--http', 'localhost:8080'])).toEqual({
    command: 'serve', domain: 'play.test', data: '/d', http: { host: 'localhost', port: 8080 },
    sip: [{ transport: 'tcp', host: '127.0.0.1', port: 5060 }, { transport: 'ws', host: '::1', port: 0 }], ...byDefault,
  })
})

test('listeners for web pages: with a certificate, and for some pages only', () => {
  const tls = ['--tls-cert', '/c.pem', '--tls-key', '/k.pem']
  expect(readCommand([...serve, '--sip', 'wss:h:443', ...tls, '--ws-origin', 'https://Phone.example:443/', '--ws-origin', 'http://localhost:8080'])).toMatchObject({
    sip: [{ transport: 'wss', host: 'h', port: 443 }], origins: ['https://phone.example', 'http://localhost:8080'],
  })
  const file = join(temporaryFolder(), 'relay.json')
  writeFileSync(file, JSON.stringify({ 'ws-origin': ['https://a.example', 'https://b.example'] }))
  expect(readCommand([...serve, '--sip', 'ws:h:80', '--config', file])).toMatchObject({ origins: ['https://a.example', 'https://b.example'] })
  expect(readCommand([...serve, '--sip', 'ws:h:80'])).not.toHaveProperty('origins')
  for (const origin of ['phone.example', 'https://a.example/page', 'file:///x', '*']) {
    expect(() => readCommand([...serve, '--sip', 'ws:h:80', '--ws-origin', origin])).toThrow('must be the origin of a web page')
  }
  expect(() => readCommand([...serve, '--sip', 'wss:h:443'])).toThrow('--sip wss:… needs --tls-cert')
})

test('flags go before the file of --config, whose paths are relative to it', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'relay.json')
  writeFileSync(file, JSON.stringify({ domain: 'file.test', data: 'store', sip: 'tls:0.0.0.0:5061', 'tls-cert': 'c.pem', 'tls-key': 'k.pem' }))
  expect(readCommand(['serve', '--config', file, '--domain', 'flag.test'])).toEqual({
    command: 'serve', domain: 'flag.test', data: join(folder, 'store'), sip: [{ transport: 'tls', host: '0.0.0.0', port: 5061 }],
    tls: { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') }, ...byDefault,
  })
  for (const json of ['[]', '{"colour":"red"}', '{"domain":1}', '{"domain":["a"]}', '{']) {
    writeFileSync(file, json)
    expect(() => readCommand(['serve', '--config', file])).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  }
})

test('how much and how long: flags, and numbers or texts in the file of --config', () => {
  const listen = [...serve, '--sip', 'tcp:h:1']
  const limits = ['--keep', '7', '--forget-devices', '30.5', '--queue-limit', '500', '--queue-bytes', '64M', '--connections-per-host', '20', '--check-every', '0']
  const rules = { keep: 7 * DAY, forgetDevices: 30.5 * DAY, queueMessages: 500, queueBytes: 64 * 1024 * 1024, connectionsPerHost: 20 }
  expect(readCommand([...listen, ...limits])).toMatchObject({ rules, checkEvery: 0 })
  const file = join(temporaryFolder(), 'relay.json')
  writeFileSync(file, JSON.stringify({ keep: 7, 'forget-devices': '30.5', 'queue-limit': 500, 'queue-bytes': '64M', 'connections-per-host': 20, 'check-every': 0 }))
  expect(readCommand([...listen, '--config', file])).toMatchObject({ rules, checkEvery: 0 })
})

test('check, disk, backup and restore', () => {
  expect(readCommand(['check', '--data', '/d'])).toEqual({ command: 'check', data: '/d', quick: false })
  expect(readCommand(['disk', '--data', '/d', '--top', '3', '--vacuum'])).toEqual({ command: 'disk', data: '/d', top: 3, vacuum: true })
  expect(readCommand(['backup', '--data', '/d', '--to', '/b'])).toEqual({ command: 'backup', data: '/d', to: '/b' })
  expect(readCommand(['restore', '--data', '/d', '--from', '/b'])).toEqual({ command: 'restore', data: '/d', from: '/b' })
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
  [[...serve, '--sip', 'tcp:h:1', '--keep', '0'], '--keep 0 must be a number of days'],
  [[...serve, '--sip', 'tcp:h:1', '--forget-devices', 'never'], 'number of days'],
  [[...serve, '--sip', 'tcp:h:1', '--queue-limit', '0'], 'whole number from 1 on'],
  [[...serve, '--sip', 'tcp:h:1', '--queue-bytes', '1T'], 'number of bytes'],
  [[...serve, '--sip', 'tcp:h:1', '--to', 'x'], 'serve does not take --to'],
  [['backup', '--data', '/d'], '--to FILE'],
  [['restore', '--data', '/d'], '--from FILE'],
  [['restore', '--data', '/d', '--to', '/x'], 'restore does not take --to'],
  [['check', '--quick'], '--data DIR is needed'],
  [['check', 'it', '--data', '/d'], 'flags only'],
  [['disk', '--data', '/d', '--top', '0'], '--top 0'],
  [['serve', '--domain', 'a b', '--data', '/d', '--sip', 'tcp:h:1'], 'no domain'],
])('%j is refused', (args, words) => expect(() => readCommand(args)).toThrow(words))

test('the content server: where, how clients reach it, and how much', () => {
  const on = (...flags: string[]) => readCommand([...serve, '--sip', 'tcp:h:1', ...flags])
  expect(on()).not.toHaveProperty('files')
  expect(on('--files', '127.0.0.1:8080')).toMatchObject({ files: { host: '127.0.0.1', port: 8080, isSecret: false, rules: defaultFileRules } })
  const tls = ['--tls-cert', '/c.pem', '--tls-key', '/k.pem']
  expect(on('--files', 'https:[::]:443', ...tls, '--files-url', 'https://files.example/ft/', '--file-limit', '1G', '--files-quota', '5g', '--files-keep', '7')).toMatchObject({
    files: { host: '::', port: 443, isSecret: true, url: 'https://files.example/ft', rules: { fileBytes: 1024 ** 3, accountBytes: 5 * 1024 ** 3, keep: 7 * DAY } },
  })
  expect(() => on('--files', 'https:h:443')).toThrow('--files https:… needs --tls-cert')
  expect(() => on('--files', 'ftp:h:443')).toThrow('--files ftp:h:443 must be HOST:PORT')
  expect(() => on('--file-limit', '1G')).toThrow('--file-limit goes with --files')
  for (const url of ['files.example/ft', 'https://files.example', 'ftp://files.example/ft', 'https://u@files.example/ft', 'https://files.example/ft?x']) {
    expect(() => on('--files', 'h:1', '--files-url', url)).toThrow('must be an address with a path')
  }
})

test('large messages are taken where --msrp says', () => {
  const on = (...more: string[]) => readCommand(['serve', '--domain', 'lab.test', '--data', 'd', '--sip', 'tcp:127.0.0.1:5060', ...more])
  expect(on()).not.toHaveProperty('msrp')
  expect(on('--msrp', 'tcp:127.0.0.1:2855')).toMatchObject({ msrp: { host: '127.0.0.1', port: 2855, isSecret: false } })
  expect(on('--msrp', 'tls:[::]:2855', '--tls-cert', 'c.pem', '--tls-key', 'k.pem')).toMatchObject({ msrp: { host: '::', port: 2855, isSecret: true } })
  expect(() => on('--msrp', 'tls:h:2855')).toThrow('--msrp tls:… needs --tls-cert')
  expect(() => on('--msrp', '127.0.0.1:2855')).toThrow('--msrp 127.0.0.1:2855 must begin with tcp: or tls:')
})
