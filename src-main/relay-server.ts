import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './base/clock'
import { SECOND } from './base/clock'
import { atFirstPort } from './base/first-port'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import { KeptFiles } from './content/kept-files'
import { PartialFiles } from './content/partial-files'
import { safeType } from './content/sniff'
import { MsrpEndpoint } from './msrp/endpoint'
import { passed } from './network/transfer/passed'
import type { Ledger } from './relay/ledger/ledger'
import { failedReceipt, tombstone } from './relay/receipts'
import type { QueueVerbs } from './relay/queue/verbs'
import type { RelayCounts } from './relay/counts'
import { OverdueTime } from './relay/overdue'
import { Relay } from './relay/relay'
import { Accounts } from './server/accounts'
import { Authentication } from './server/authentication'
import type { ServerCounts } from './server/counts'
import { Domain } from './server/domain'
import { startFiles, type Files } from './server/files/files'
import type { FilesAt } from './server/files/listen'
import type { FileRules } from './server/files/rules'
import type { FileVerbs } from './server/files/verbs'
import type { BotMessageVerbs } from './server/gateway/message-verbs'
import { BotPolicy } from './server/gateway/policy'
import { BotRegistry } from './server/gateway/registry'
import type { RegistryVerbs } from './server/gateway/registry-verbs'
import { startGateway, type RunningGateway } from './server/gateway/start'
import type { Lookup } from './server/gateway/targets'
import type { LargeLine } from './server/large/limits'
import { extensions } from './server/options'
import { serverPolicy } from './server/receipts'
import { defaultRules, type Rules } from './server/rules'
import { Server } from './server/server'
import type { GroupVerbs } from './server/groups/verbs'
import type { ServerVerbs } from './server/verbs'
import { Endpoint } from './sip/endpoint'
import type { Flow } from './sip/flow'
import { pairFlows } from './sip/pair'

export interface RelayServerParts {
  domain: string
  ledger: Ledger<ServerVerbs & QueueVerbs & FileVerbs & GroupVerbs & RegistryVerbs & BotMessageVerbs>
  clock: Clock
  ids: Ids
  log: Log
  /** From 0 up to 1. @default Math.random */
  random?: () => number
  /** @default defaultRules */
  rules?: Rules
  /** Goes out as User-Agent and Server. @default Yanxin */
  userAgent?: string
  /** Told of every wrong name or password, with the host that it came from. */
  refused?: (username: string, host: string) => void
  /** The content server; without it this relay keeps no files. */
  files?: FilesOffer
  /** Where it listens for messages that a MESSAGE cannot carry; without it there are none. */
  msrp?: MsrpAt
  /** Chatbots come in by HTTP; without it there are none. */
  gateway?: GatewayOffer
}

/** A listener for MSRP; `tls` in PEM. */
export interface MsrpAt {
  host: string
  /** Several are tried in their order; 0 takes any that is free. */
  ports: readonly number[]
  tls?: { cert: string; key: string }
}

/** How the names of webhooks are resolved. @default the system's way */
export interface GatewayOffer {
  lookup?: Lookup
}

/** A content server to be offered. */
export interface FilesOffer {
  at: FilesAt
  /** How clients reach it, where a proxy stands in front. */
  url?: string
  /** Where the files are kept. */
  folder: string
  rules: FileRules
}

/** A relay with accounts, whoever starts it: the headless process, or the app for *Try it on this computer*. */
export interface RelayServer {
  readonly accounts: Accounts
  readonly files: Files | undefined
  /** `uri` as e.g. `msrps://192.0.2.1:2855`. */
  readonly msrp: { uri: string; port: number } | undefined
  readonly gateway: RunningGateway | undefined
  /** Serves a connection until it closes. */
  accept(flow: Flow): void
  /** A connection from this process, in memory. */
  connect(): Promise<Flow>
  /** Forgets what nobody asks for any more: notes of changed accounts, files whose time has passed. */
  tidy(): Promise<void>
  health(): ReturnType<Server['health']>
  counts(): RelayCounts & ServerCounts & { failedReceipts: number }
  /** Refuses what is new, lets what is in flight end within `within` ms, closes the connections. The ledger stays open. @default 5_000 */
  stop(within?: number): Promise<void>
}

/** Joins the relay and what a server offers over one ledger. */
export async function startRelayServer(parts: RelayServerParts): Promise<RelayServer> {
  const { ledger, clock, ids, log, random, userAgent = 'Yanxin', rules = defaultRules } = parts
  const accounts = new Accounts({ ledger, clock, log })
  const domain = new Domain(parts.domain.toLowerCase())
  const authentication = new Authentication({ accounts, domain, clock, log, refused: parts.refused })
  const { keep } = rules
  const registry = parts.gateway && new BotRegistry({ ledger, clock, log: log.child({ part: 'gateway' }) })
  let failedReceipts = 0
  const policy = serverPolicy({
    accounts,
    bots: registry && new BotPolicy({ registry, accounts, clock, ids, keep }),
    makers: {
      failedReceipt: (row, fault) => {
        failedReceipts++
        return failedReceipt(row, fault, { now: clock.now(), ids, keep })
      },
      tombstone: (row, fault) => tombstone(row, { now: clock.now(), ids, keep, reason: fault.code }),
    },
  })
  const limit = { messages: rules.queueMessages, bytes: rules.queueBytes }
  const relay = new Relay({ ledger, clock, log, policy, limit, ...(random && { random }) })
  const endpoint = new Endpoint({ clock, ids, log, userAgent, extensions, forwards: true })
  await accounts.start()
  const files = parts.files && await offerFiles(parts.files, parts, domain, authentication)
  let large: Listening | undefined
  let server: Server
  let gateway: RunningGateway | undefined
  try {
    large = parts.msrp && await listenMsrp(parts.msrp, parts)
    server = new Server({ domain, accounts, authentication, ledger, relay, endpoint, ids, rules, contentServer: files, large, clock, log })
    await server.start()
    await relay.start()
    gateway = registry && await startGateway({
      ...parts.gateway, domain, accounts, registry, ledger, relay, deliverer: server.deliverer, shelf: () => files?.shelf, limit, keep, clock, ids,
      log: log.child({ part: 'gateway' }),
    })
  } catch (thrown) {
    await files?.stop()
    await large?.endpoint.close()
    throw thrown
  }
  return {
    accounts, files, msrp: large?.at, gateway,
    accept: (flow) => server.accept(flow),
    async connect() {
      const [ours, theirs] = pairFlows({ clock, log })
      server.accept(theirs)
      return ours
    },
    async tidy() {
      await Promise.all([accounts.tidy(), files?.tidy(), gateway?.tidy()])
    },
    health: () => server.health(),
    counts: () => ({ ...relay.counts, ...server.counts(), failedReceipts }),
    async stop(within = 5 * SECOND) {
      gateway?.stop()
      await Promise.all([server.drain(within), files?.stop()])
      accounts.stop()
      await relay.stop({ within })
      await large?.endpoint.close()
      server.stop()
    },
  }
}

interface Listening extends LargeLine {
  at: { uri: string; port: number }
}

const isEvery = (host: string): boolean => host === '' || host === '0.0.0.0' || host === '::'

/** @throws Fault `port-taken`, `cannot-connect`, `bad-certificate` */
async function listenMsrp({ host, ports, tls }: MsrpAt, { domain, clock, ids, log }: RelayServerParts): Promise<Listening> {
  const endpoint = new MsrpEndpoint({ clock, ids, log: log.child({ part: 'msrp' }), ...(tls && { identity: tls }) })
  const isEverywhere = isEvery(host)
  const secure = tls !== undefined
  // The path in SDP names one host whatever c= says (RFC 6714).
  const { port } = await atFirstPort(ports, (asked) => endpoint.listen({ host, port: asked, secure, ...(isEverywhere && { advertise: domain.toLowerCase() }) }))
  return { endpoint, secure, isEverywhere, at: { port, uri: `msrp${secure ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}` } }
}

function offerFiles(offer: FilesOffer, parts: RelayServerParts, { name: domain }: Domain, authentication: Authentication): Promise<Files> {
  const { folder } = offer
  const { ledger, clock, ids, log } = parts
  const kept = new KeptFiles({ folder, ids })
  return startFiles({
    ...offer, domain, kept, partials: new PartialFiles({ folder: join(folder, 'partial'), kept }), typeOf: safeType, ledger, authentication, clock, ids,
    log: log.child({ part: 'files' }),
    free: () => {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    overdue: new OverdueTime(clock),
    passed,
  })
}
