import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './base/clock'
import { Fault } from './base/faults'
import { atFirstPort } from './base/first-port'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import type { ClientLedger } from './client/journal'
import type { SharePerson, ShareRefusal } from './contract/share'
import { tidyHourly } from './operation/tidy'
import { startRelayServer, type RelayServer } from './relay-server'
import { ownComputerFileRules } from './server/files/rules'
import { ha1sOf } from './server/passwords'
import { defaultRules } from './server/rules'
import type { Certificate } from './share/certificate'
import { makeJoinCode, passwordOf } from './share/codes'
import { Refusals } from './share/refusals'
import type { Flow, Listener } from './sip/flow'
import { listenTls } from './sip/tls'

export interface ShareParts {
  /** Of the relay's database and files; made if it is not there. */
  folder: string
  domain: string
  certificate: Certificate
  /** The one address on which it listens. */
  host: string
  /** For SIP over TLS, tried in their order; 0 takes any that is free. */
  ports: readonly number[]
  /** For the content server, https. */
  filesPorts: readonly number[]
  /** For texts that a MESSAGE cannot carry, msrps. */
  msrpPorts: readonly number[]
  openLedger(file: string, log: Log): Promise<ClientLedger>
  userAgent: string
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
}

/** A relay for the colleagues in this network: who is on its list gets in, nobody else. */
export interface Share {
  /** With the ports that were really taken. */
  readonly port: number
  readonly filesPort: number
  readonly msrpPort: number
  /** The host's own connection, in memory. */
  connect(): Promise<Flow>
  people(): SharePerson[]
  /** Who was turned away lately, newest first. */
  refused(): ShareRefusal[]
  /** Puts somebody on the list; answers the join code, which nobody can read again. @throws Fault `bad-argument` for who is on it */
  add(address: string): Promise<string>
  /** A new join code for somebody on the list; whoever is connected with the old one is cut off. @throws Fault `bad-argument` */
  renew(address: string): Promise<string>
  /** Takes somebody off the list and ends their connections at once. @throws Fault `bad-argument` */
  remove(address: string): Promise<void>
  stop(): Promise<void>
}

/** A LAN's worth of devices that have not signed in yet, from one computer. */
const rules = { ...defaultRules, connectionsPerHost: 50 }

/** Starts the headless relay's parts on one address of this computer, over TLS only. @throws Fault `port-taken`, `cannot-connect` */
export async function startShare(parts: ShareParts): Promise<Share> {
  const { folder, domain, certificate, host, filesPorts, msrpPorts, clock, ids, random, log, userAgent } = parts
  const files = join(folder, 'files')
  mkdirSync(files, { recursive: true, mode: 0o700 })
  const ledger = await parts.openLedger(join(folder, 'relay.sqlite'), log)
  let relay: RelayServer | undefined
  let listener: { listener: Listener; port: number } | undefined
  const refusals = new Refusals(clock)
  try {
    const { cert, key } = certificate
    const server = (relay = await startRelayServer({
      domain, ledger, clock, ids, random, rules, userAgent, log: log.child({ part: 'relay' }),
      refused: (user, from) => refusals.note(user, from),
      files: { at: { host, ports: filesPorts, tls: { cert, key } }, folder: files, rules: ownComputerFileRules },
      msrp: { host, ports: msrpPorts, tls: { cert, key } },
    }))
    listener = await listenOnFirst(parts, (flow) => server.accept(flow))
    const list = new GuestList({ relay: server, ledger, clock, ids })
    const tidying = tidyHourly(ledger, () => server.tidy(), { clock, log })
    const { listener: open, port } = listener
    const [filesPort, msrpPort] = [server.files!.port, server.msrp!.port]
    log.info({ host, port, filesPort, msrpPort, domain }, 'shared')
    return {
      port, filesPort, msrpPort,
      connect: () => server.connect(),
      people: () => list.people(),
      refused: () => refusals.all((user) => list.has(user, domain)),
      add: (address) => list.add(address),
      renew: (address) => list.renew(address),
      remove: (address) => list.remove(address),
      async stop() {
        tidying.cancel()
        await open.close()
        await server.stop(1_000)
        await ledger.close()
      },
    }
  } catch (thrown) {
    await listener?.listener.close()
    await relay?.stop(0)
    await ledger.close()
    throw thrown
  }
}

function listenOnFirst(parts: ShareParts, accept: (flow: Flow) => void): Promise<{ listener: Listener; port: number }> {
  const { host, ports, certificate: { cert, key }, clock, log } = parts
  return atFirstPort(ports, async (asked) => {
    const listener = await listenTls({ host, port: asked, cert, key, clock, log }, accept)
    return { listener, port: Number(/:(\d+);/.exec(listener.uri)![1]) }
  })
}

interface ListParts {
  relay: RelayServer
  ledger: ClientLedger
  clock: Clock
  ids: Ids
}

/** The accounts of the relay, as whoever shares it manages them. */
class GuestList {
  readonly #parts: ListParts

  constructor(parts: ListParts) {
    this.#parts = parts
  }

  has(user: string, domain: string): boolean {
    return this.#parts.relay.accounts.find(user.includes('@') ? `sip:${user.replace(/^sips?:/, '')}` : `sip:${user}@${domain}`) !== undefined
  }

  people(): SharePerson[] {
    return [...this.#parts.relay.accounts.all()]
      .map(({ address, devices }): SharePerson => ({
        address, hasJoined: devices.size > 0,
        devices: [...devices.values()].map(({ agent, seenAt, binding }) => ({
          agent, seenAt, ...(binding && { host: binding.peer.flow.remote.host }),
        })),
      }))
      .sort((a, b) => (a.address < b.address ? -1 : 1))
  }

  async add(address: string): Promise<string> {
    const { ledger, clock, ids } = this.#parts
    const code = makeJoinCode(ids)
    const { added } = await ledger.commit('accounts.add', { address, ...ha1sOf(address, passwordOf(code)), createdAt: clock.now() })
    if (!added) throw new Fault('bad-argument', { text: `${address} is on the list already`, detail: { field: 'known' } })
    await this.#look()
    return code
  }

  async renew(address: string): Promise<string> {
    const { ledger, ids } = this.#parts
    const code = makeJoinCode(ids)
    this.#found(await ledger.commit('accounts.password', { address, ...ha1sOf(address, passwordOf(code)) }), address)
    await this.#look()
    return code
  }

  async remove(address: string): Promise<void> {
    this.#found(await this.#parts.ledger.commit('accounts.remove', { address }), address)
    await this.#look()
  }

  #found({ known }: { known: boolean }, address: string): void {
    if (!known) throw new Fault('bad-argument', { text: `${address} is not on the list`, detail: { field: 'address' } })
  }

  /** A look that has begun already may have read what was there before. */
  async #look(): Promise<void> {
    await this.#parts.relay.accounts.look()
    await this.#parts.relay.accounts.look()
  }
}
