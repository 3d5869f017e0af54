import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { makeCertificate, noOpenssl } from '../interop/certificate'
import { command, freePort, RelayProcess, withFolder } from './play/process'
import { Program } from './play/program'
import { until } from './play/phone'

const domain = 'office.test'
const running: (RelayProcess | Program)[] = []
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
})

function add(data: string): void {
  const { code, stderr } = command(['user', 'add', `mei@${domain}`, '--data', data], 'mei secret\n')
  if (code !== 0) throw new Error(stderr)
}
async function serve(data: string, sip: string, ...more: string[]): Promise<RelayProcess> {
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', sip, ...more])
  running.push(relay)
  return relay
}
function app(data: string, password: string, ...flags: string[]): Program {
  const program = new Program(['--data', data, ...flags], { YANXIN_PASSWORD: password })
  running.push(program)
  return program
}
const account = (relay: string): string[] => ['--account', `mei@${domain}`, '--relay', relay]

it('the app is started before its relay listens: it says so, waits, and is ready on the port that was asked for', () => withFolder(async (folder) => {
  add(join(folder, 'relay'))
  const [sip, port] = [await freePort(), await freePort()]
  const mei = app(join(folder, 'mei'), 'mei secret', ...account(`sip:127.0.0.1:${sip};transport=tcp`), '--port', String(port))
  const ready = mei.ready()
  await until('the word', () => mei.said.includes(`mei@${domain} cannot sign in at sip:127.0.0.1:${sip};transport=tcp yet`))
  await serve(join(folder, 'relay'), `tcp:127.0.0.1:${sip}`)
  await ready
  expect(new URL(mei.link).port).toBe(String(port))
  expect((await (await mei.open()).call('state')).link).toEqual({ at: 'online' })
}))

it('a wrong password is said in a sentence, with exit code 1, and leaves nothing half-made', () => withFolder(async (folder) => {
  add(join(folder, 'relay'))
  const { uris: [uri] } = await serve(join(folder, 'relay'), 'tcp:127.0.0.1:0')
  const mei = app(join(folder, 'mei'), 'wrong', ...account(uri!))
  expect(await mei.ended).toBe(1)
  expect(mei.said.trim().split('\n').at(-1)).toMatch(new RegExp(`^mei@${domain} cannot sign in at sip:127\\.0\\.0\\.1:\\d+;transport=tcp: the password is wrong \\(401 .*\\)\\.$`))
  for (const name of ['account.json', 'vault', `accounts/mei@${domain}`]) expect([name, existsSync(join(folder, 'mei', name))]).toEqual([name, false])
}))

it.skipIf(noOpenssl)(`--ca signs in at a relay with a private certificate, and without it is refused${noOpenssl ? `: ${noOpenssl}` : ''}`, () => withFolder(async (folder) => {
  add(join(folder, 'relay'))
  const certificate = makeCertificate(domain)
  try {
    const { uris: [uri] } = await serve(join(folder, 'relay'), 'tls:127.0.0.1:0', '--tls-cert', certificate.cert, '--tls-key', certificate.key)
    const careful = app(join(folder, 'careful'), 'mei secret', ...account(uri!))
    expect(await careful.ended).toBe(1)
    expect(careful.said).toMatch(/cannot sign in at .*certificate/)
    const trusting = await app(join(folder, 'trusting'), 'mei secret', ...account(uri!), '--ca', certificate.cert).ready()
    expect((await (await trusting.open()).call('state')).link).toEqual({ at: 'online' })
  } finally {
    certificate.remove()
  }
}))
