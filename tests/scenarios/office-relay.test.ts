import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCommands } from '../../src-main/api'
import { App } from '../../src-main/app'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import type { Commands, Notices } from '../../src-main/contract/calls'
import type { FileView, Message } from '../../src-main/contract/message'
import type { RelayLook, ShareView } from '../../src-main/contract/share'
import { openCertificate } from '../../src-main/share/certificate'
import { multicastDiscovery } from '../../src-main/share/multicast'
import { fileVault } from '../../src-main/vault'
import { openInlineKeeper, openTestDatabase, temporaryFolder } from '../fakes/database'
import { noMulticast } from '../fakes/multicast'
import { until } from './clients/cast'

// An office without an operator: one of them shares the relay in her app, the others join it. Apps as they are, over real sockets.

const parts = { clock: systemClock, ids: randomIds, random: Math.random, log: silentLog }
const here = '127.0.0.1'
const loopback = multicastDiscovery({ addresses: () => [here], platform: process.platform, clock: systemClock, log: silentLog })
const everybody: Colleague[] = []

/** Somebody of the office with the app on a computer. */
class Colleague {
  readonly data = temporaryFolder()
  app!: App
  commands!: Commands
  shared: ShareView | undefined

  constructor() {
    everybody.push(this)
  }

  async opens(): Promise<this> {
    const { data } = this
    this.app = new App({
      data, host: 'browser', platform: 'linux', version: '0', language: 'en', vault: fileVault(join(data, 'vault')), ...parts, discovery: loopback,
      openLedger: (file) => openTestDatabase({ file }), openKeeper: (file) => openInlineKeeper(file), openExternal: async () => undefined,
    })
    const notices = { stateChanged() {}, journalGrew() {}, typing() {}, job() {}, notify() {}, show() {}, groupChanged() {}, shareChanged: (view: ShareView) => void (this.shared = view) } satisfies Notices
    this.commands = makeCommands(this.app, this.app.windows.attach({ notices }))
    await this.app.start()
    return this
  }

  async closes(): Promise<void> {
    await this.app.stop()
  }

  get link() {
    return this.app.state().link
  }

  async isOnline(): Promise<void> {
    await until('the link', () => this.link.at === 'online')
  }

  async messages(): Promise<Message[]> {
    const { changes } = await this.commands.changes(0, 1_000)
    return changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []))
  }

  async says(text: string, who: string): Promise<string> {
    const id = randomIds.token()
    await this.commands.send(await this.commands.openConversation(who), id, text)
    return id
  }

  async hears(text: string): Promise<void> {
    await until(`"${text}"`, async () => (await this.messages()).some(({ outgoing, content }) => !outgoing && content.kind === 'text' && content.text === text))
  }

  async sees(status: Message['status'], id: string): Promise<void> {
    await until(`${id} ${status}`, async () => (await this.messages()).some((message) => message.id === id && message.status === status))
  }

  async sendsFile(bytes: Uint8Array, who: string): Promise<string> {
    const file = this.app.files.kept.newFile()
    await file.write(bytes)
    const id = randomIds.token()
    await this.commands.sendFiles(await this.commands.openConversation(who), id, { files: [{ name: 'plan.bin', contentType: 'application/octet-stream', ...(await file.finish()) }] })
    return id
  }

  async hasFile(bytes: Uint8Array): Promise<FileView> {
    const hash = createHash('sha256').update(bytes).digest('hex')
    return until('the file', async () => (await this.messages()).flatMap(({ outgoing, content }) => (!outgoing && content.kind === 'files' ? content.files : [])).find((file) => file.hash === hash))
  }

  /** By the number that the host has put on the list. */
  async joins(look: RelayLook, who: string, code: string) {
    const { relay, fingerprint, domain } = look
    return this.commands.join({ relay, fingerprint, domain, who, code })
  }
}

afterEach(async () => {
  await Promise.all(everybody.splice(0).map((each) => each.closes()))
})

const share = async (host: Colleague) => (await host.commands.shareOn({ name: '三楼', host: here })).relay!
const at = ({ host, port }: { host: string; port: number }) => `${host}:${port}`

describe('an office without an operator', () => {
  it('joins by address, compares, chats and sends files; who is taken off the list is cut off at once', async () => {
    const [mei, lan, bo] = await Promise.all([new Colleague().opens(), new Colleague().opens(), new Colleague().opens()])
    expect(await mei.commands.share()).toMatchObject({ at: 'off', people: [] })
    const relay = await share(mei)
    await mei.commands.shareOwn('mei')
    expect(mei.app.state()).toMatchObject({ account: { address: 'sip:mei@office.internal', isHost: true }, link: { at: 'online' } })

    const forLan = await mei.commands.shareAdd('+86 139 0000 0001')
    const forBo = await mei.commands.shareAdd('bo')
    expect(forLan).toMatchObject({ address: 'sip:+8613900000001@office.internal', code: expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/) })
    await expect(mei.commands.shareAdd('bo')).rejects.toMatchObject({ code: 'bad-argument', detail: { field: 'known' } })

    const look = await lan.commands.lookAtRelay(at(relay))
    // What the two compare by voice, each on their own screen.
    expect(look).toMatchObject({ fingerprint: relay.fingerprint, code: relay.code, domain: 'office.internal' })
    expect(look.code).toMatch(/^\d{4}( \d{4}){3}$/)
    // Typed as people type it.
    await lan.joins(look, '+8613900000001', ` ${forLan.code.toLowerCase().replaceAll('-', ' ')}`)
    await bo.joins(await bo.commands.lookAtRelay(at(relay)), 'bo', forBo.code)

    await lan.says('到了吗？', 'bo')
    await bo.hears('到了吗？')
    await bo.says('Mei, the plan?', 'mei')
    await mei.hears('Mei, the plan?')
    const plan = randomBytes(700 * 1024)
    const id = await mei.sendsFile(plan, 'bo')
    const file = await bo.hasFile(plan)
    expect(file.remote!.url).toMatch(new RegExp(`^https://127\\.0\\.0\\.1:${relay.filesPort}/`))
    await mei.sees('delivered', id)
    const back = randomBytes(300 * 1024)
    await bo.sendsFile(back, 'mei')
    await mei.hasFile(back)
    // Longer than a MESSAGE carries.
    const minutes = `会议记录：${randomBytes(60 * 1024).toString('hex')}`
    await mei.sees('delivered', await mei.says(minutes, 'bo'))
    await until('the minutes', async () => (await bo.messages()).some(({ content }) => content.kind === 'text' && content.text === minutes))

    const { people } = await mei.commands.share()
    expect(people.map(({ address, hasJoined, devices }) => [address, hasJoined, devices.map(({ host }) => host !== undefined)])).toEqual([
      ['sip:+8613900000001@office.internal', true, [true]], ['sip:bo@office.internal', true, [true]], ['sip:mei@office.internal', true, [true]],
    ])

    await mei.commands.shareRemove('sip:bo@office.internal')
    await until('Bo to be cut off', () => bo.link.at === 'stopped')
    expect(bo.link).toMatchObject({ fault: { code: 'wrong-password' } })
    const lost = await lan.says('Bo?', 'bo')
    await lan.sees('failed', lost)
    await until('the list', () => mei.shared?.people.length === 2)
    // It is told who knocks and is not on the list.
    await until('the refusal', () => mei.shared?.refused.some(({ user, isListed }) => user.startsWith('bo') && !isListed))
  }, 60_000)

  it('comes back when the host starts again, on the same port and with the same certificate', async () => {
    const [mei, lan] = await Promise.all([new Colleague().opens(), new Colleague().opens()])
    const relay = await share(mei)
    await mei.commands.shareOwn('mei')
    const { code } = await mei.commands.shareAdd('lan')
    await lan.joins(await lan.commands.lookAtRelay(at(relay)), 'lan', code)
    await mei.closes()
    await until('Lan to notice', () => lan.link.at !== 'online')
    const waiting = await lan.says('还在吗？', 'mei')
    await mei.opens()
    expect((await mei.commands.share()).relay).toEqual(relay)
    await Promise.all([mei.isOnline(), lan.isOnline()])
    await mei.hears('还在吗？')
    await lan.sees('delivered', waiting)
    // And when Lan does: what was compared is kept with the account.
    await lan.closes()
    await lan.opens()
    await lan.isOnline()
    expect(lan.app.state().account).toMatchObject({ pin: relay.fingerprint })
  }, 60_000)

  it('lets nobody in whose number is not on the list or whose code is wrong', async () => {
    const [mei, zoe] = await Promise.all([new Colleague().opens(), new Colleague().opens()])
    const relay = await share(mei)
    const { code } = await mei.commands.shareAdd('lan')
    const look = await zoe.commands.lookAtRelay(at(relay))
    await expect(zoe.joins(look, 'zoe', code)).rejects.toMatchObject({ code: 'wrong-password' })
    await expect(zoe.joins(look, 'lan', '0000-0000-0000')).rejects.toMatchObject({ code: 'wrong-password' })
    expect(zoe.app.state()).not.toHaveProperty('account')
    const { refused } = await mei.commands.share()
    expect(refused).toMatchObject([{ user: 'lan', host: here, isListed: true }, { user: 'zoe', isListed: false }])
    await expect(zoe.joins({ ...look, domain: 'elsewhere.example' }, 'zoe@office.internal', code)).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('is closed to everybody when it is turned off, and was open on no other address', async () => {
    const [mei, lan] = await Promise.all([new Colleague().opens(), new Colleague().opens()])
    const relay = await share(mei)
    const { code } = await mei.commands.shareAdd('lan')
    await lan.joins(await lan.commands.lookAtRelay(at(relay)), 'lan', code)
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal)
    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      for (const port of [relay.port, relay.filesPort, relay.msrpPort]) expect(await answers(address, port), `${address}:${port}`).toBe(false)
    }
    expect(await mei.commands.shareOff()).toMatchObject({ at: 'off' })
    await until('Lan to be cut off', () => lan.link.at === 'waiting')
    for (const port of [relay.port, relay.filesPort, relay.msrpPort]) expect(await answers(here, port)).toBe(false)
    await mei.closes()
    await mei.opens()
    expect((await mei.commands.share()).at).toBe('off')
    expect(await answers(here, relay.port)).toBe(false)
  })
})

describe('another certificate than the one that was compared', () => {
  it('is refused before anything is sent, with words of its own', async () => {
    const [mei, lan] = await Promise.all([new Colleague().opens(), new Colleague().opens()])
    const relay = await share(mei)
    const { code } = await mei.commands.shareAdd('lan')
    const look = await lan.commands.lookAtRelay(at(relay))
    await expect(lan.joins({ ...look, fingerprint: 'ab'.repeat(32) }, 'lan', code)).rejects.toMatchObject({ code: 'changed-certificate' })
    await lan.joins(look, 'lan', code)
    await mei.closes()
    await until('Lan to notice', () => lan.link.at !== 'online')

    // Somebody else has taken the place of Mei's computer.
    const { cert, key } = await openCertificate(join(temporaryFolder(), 'certificate.pem'), { domain: 'office.internal', now: Date.now() })
    let heard = 0
    const thief = createServer({ cert, key }, (socket) => socket.on('data', (bytes) => { heard += bytes.length }).on('error', () => undefined))
    await new Promise<void>((resolve) => thief.listen(relay.port, here, resolve))
    expect((thief.address() as AddressInfo).port).toBe(relay.port)
    await until('Lan to refuse', () => lan.link.at === 'stopped')
    expect(lan.link).toMatchObject({ fault: { code: 'changed-certificate' } })
    expect(heard).toBe(0)
    await new Promise((resolve) => thief.close(resolve))
  }, 60_000)
})

describe.skipIf(noMulticast)(`found in the network${noMulticast ? `: ${noMulticast}` : ''}`, () => {
  it('by name; and again when the host has another address', async () => {
    const [mei, lan] = await Promise.all([new Colleague().opens(), new Colleague().opens()])
    const relay = await share(mei)
    const { code } = await mei.commands.shareAdd('lan')
    const found = await until('the relay', async () => (await lan.commands.nearby()).find(({ prefix }) => relay.fingerprint.startsWith(prefix)))
    expect(found).toMatchObject({ name: '三楼', domain: 'office.internal', host: here, port: relay.port })
    await lan.joins(await lan.commands.lookAtRelay(at(found)), 'lan', code)

    const port = await freePort()
    await mei.commands.shareOn({ name: '三楼', host: here, port })
    await until('Lan to find it', () => lan.link.at === 'online' && lan.app.state().account?.relay?.includes(`:${port};`))
  }, 60_000)
})

describe('the certificate', () => {
  it('is made once, for its owner alone, and is no authority', async () => {
    const mei = await new Colleague().opens()
    await share(mei)
    const file = join(mei.data, 'share/certificate.pem')
    if (process.platform !== 'win32') expect([statSync(file).mode & 0o777, statSync(join(mei.data, 'share')).mode & 0o777]).toEqual([0o600, 0o700])
    const before = readFileSync(file, 'utf8')
    await mei.commands.shareOff()
    await share(mei)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})

const answers = (host: string, port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 1_000 }, () => {
    socket.destroy()
    resolve(true)
  })
  socket.on('error', () => resolve(false))
  socket.on('timeout', () => {
    socket.destroy()
    resolve(false)
  })
})

async function freePort(): Promise<number> {
  const { createServer: plain } = await import('node:net')
  const server = plain()
  await new Promise<void>((resolve) => server.listen(0, here, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
