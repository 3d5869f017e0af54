import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Client } from '../../src-main/client'
import type { Message, Status } from '../../src-main/contract/message'
import { openDatabase } from '../../src-main/ledger-thread'
import { connectTcp } from '../../src-main/sip/tcp'
import { connectTls } from '../../src-main/sip/tls'
import { out } from '../fakes/build'
import { makeCertificate, noOpenssl } from './certificate'
import type { Certificate } from './certificate'
import { findLinphone, startLinphone } from './linphone/linphone'
import type { Linphone } from './linphone/linphone'
import type { LinphoneAccount } from './linphone/home'
import { startRelay } from './relay'
import type { RunningRelay } from './relay'
import { Told } from './told'

const found = findLinphone()
const missing = 'missing' in found ? found.missing : noOpenssl
const python = 'python' in found ? found.python : ''
const domain = 'interop.test'

describe.skipIf(missing)(`Linphone and our client talk through our relay${missing ? ` (${missing})` : ''}`, () => {
  let certificate: Certificate
  let relay: RunningRelay
  let folder: string
  const cleanUp: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    certificate = makeCertificate(domain)
    relay = await startRelay(domain, certificate)
  })
  afterEach(async () => {
    while (cleanUp.length > 0) await cleanUp.pop()!()
  })
  afterAll(async () => {
    await relay?.stop()
    certificate?.remove()
  })

  /** Mei's Yanxin without a window: the journal says what the window would show. */
  class Mei {
    client!: Client
    readonly address: string
    readonly #user: string
    readonly #transport: 'tcp' | 'tls'
    readonly #instance = `urn:uuid:${randomIds.uuid()}`
    #told = new Told<Message>('mei')

    constructor(user: string, transport: 'tcp' | 'tls') {
      this.#user = user
      this.#transport = transport
      this.address = `sip:${user}@${domain}`
    }

    async opens(): Promise<void> {
      const log = silentLog
      const ledger = await openDatabase({
        file: join(folder, 'mei.sqlite'), log, clock: systemClock, script: join(out, 'main/database.js'),
      })
      const { tcp, tls } = relay
      this.client = new Client({
        account: this.address, password: `${this.#user}-secret`, instance: this.#instance, userAgent: 'Yanxin/interop',
        ledger, settings: () => ({ sendDisplayed: true, sendTyping: true }), addresses: () => [],
        connect: () => (this.#transport === 'tcp'
          ? connectTcp({ ...tcp, clock: systemClock, log })
          : connectTls({ ...tls, clock: systemClock, log, ca: readFileSync(certificate.cert) })),
        clock: systemClock, ids: randomIds, random: Math.random, log,
      })
      this.#told = new Told('mei')
      let applied = 0
      const follow = async () => {
        for (const change of (await this.client.changes(applied, 1_000)).changes) {
          applied = Math.max(applied, change.n)
          if (change.kind === 'message') this.#told.add(change.message)
        }
      }
      let following = Promise.resolve()
      this.client.events.on('grew', () => { following = following.then(follow, () => undefined) })
      const online = new Promise<void>((resolve) => {
        this.client.events.on('link', ({ at }) => { if (at === 'online') resolve() })
      })
      await this.client.start()
      await online
    }

    closes(): Promise<void> {
      return this.client.stop()
    }

    async says(to: string, text: string): Promise<string> {
      const id = randomIds.token()
      await this.client.send(to, id, text)
      return id
    }

    sees(id: string, status: Status): Promise<Message> {
      return this.#told.first(`${id} ${status}`, (one) => one.id === id && one.status === status)
    }

    hears(text: string): Promise<Message> {
      return this.#told.first(`“${text}”`, ({ content }) => content.kind === 'text' && content.text === text)
    }

    reads(from: string, { place }: Message): Promise<void> {
      return this.client.markRead(from, place + 1)
    }
  }

  let pairs = 0
  async function people(transport: 'tcp' | 'tls', cpim: boolean) {
    const n = ++pairs
    folder = await mkdtemp(join(tmpdir(), 'yanxin-interop-'))
    const own = folder
    cleanUp.push(() => rm(own, { recursive: true, force: true }))
    for (const user of [`lan${n}`, `mei${n}`]) await relay.addUser(user, `${user}-secret`)
    const mei = new Mei(`mei${n}`, transport)
    const trust = transport === 'tls' ? { ca: certificate.cert } : {}
    const account: LinphoneAccount = { user: `lan${n}`, password: `lan${n}-secret`, domain, relay: relay[transport], cpim, ...trust }
    const start = async (): Promise<Linphone> => {
      const linphone = await startLinphone(python, account, { folder: join(own, 'lan') })
      cleanUp.push(() => linphone.stop())
      return linphone
    }
    await mei.opens()
    cleanUp.push(() => mei.closes())
    return { mei, start }
  }

  it.each([
    { transport: 'tcp', cpim: true }, { transport: 'tcp', cpim: false },
    { transport: 'tls', cpim: true }, { transport: 'tls', cpim: false },
  ] as const)('over $transport, CPIM $cpim, also when one of them was away', async ({ transport, cpim }) => {
    const { mei, start } = await people(transport, cpim)
    let lan = await start()

    const question = await lan.text(mei.address, '吃饭了吗？')
    await lan.reached(question, 'delivered')
    await mei.reads(lan.address, await mei.hears('吃饭了吗？'))
    await lan.reached(question, 'displayed')

    const answer = await mei.says(lan.address, '吃了。')
    await lan.received('吃了。')
    await mei.sees(answer, 'delivered')
    await lan.read(mei.address)
    await mei.sees(answer, 'displayed')

    await lan.stop()
    const waiting = await mei.says(lan.address, '你在吗？')
    await mei.sees(waiting, 'sent')
    lan = await start()
    await lan.received('你在吗？')
    await mei.sees(waiting, 'delivered')
    await lan.read(mei.address)
    await mei.sees(waiting, 'displayed')

    await mei.closes()
    const late = await lan.text(mei.address, '在。')
    await lan.reached(late, 'taken')
    await mei.opens()
    const heard = await mei.hears('在。')
    await lan.reached(late, 'delivered')
    await mei.reads(lan.address, heard)
    await lan.reached(late, 'displayed')

    const all = (await mei.client.changes(0, 1_000)).changes.flatMap((change) =>
      change.kind === 'message' && change.message.content.kind === 'text' ? [change.message] : [])
    expect(all.sort((a, b) => a.place - b.place).map(({ content, status }) => [content, status])).toEqual(
      ['吃饭了吗？', '吃了。', '你在吗？', '在。'].map((text) => [{ kind: 'text', text }, 'displayed']))
  })
})
