import type { Clock } from './base/clock'
import { SECOND } from './base/clock'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import type { Ledger } from './relay/ledger/ledger'
import { failedReceipt, tombstone } from './relay/receipts'
import type { QueueVerbs } from './relay/queue/verbs'
import type { RelayCounts } from './relay/counts'
import { Relay } from './relay/relay'
import { Accounts } from './server/accounts'
import type { ServerCounts } from './server/counts'
import { serverPolicy } from './server/receipts'
import { defaultRules, type Rules } from './server/rules'
import { Server } from './server/server'
import type { ServerVerbs } from './server/verbs'
import { Endpoint } from './sip/endpoint'
import type { Flow } from './sip/flow'

export interface RelayServerParts {
  domain: string
  ledger: Ledger<ServerVerbs & QueueVerbs>
  clock: Clock
  ids: Ids
  log: Log
  /** From 0 up to 1. @default Math.random */
  random?: () => number
  /** @default defaultRules */
  rules?: Rules
  /** Goes out as User-Agent and Server. @default Yanxin */
  userAgent?: string
}

/** A relay with accounts, whoever starts it: the headless process, or the app for *Try it on this computer*. */
export interface RelayServer {
  readonly accounts: Accounts
  /** Serves a connection until it closes. */
  accept(flow: Flow): void
  health(): ReturnType<Server['health']>
  counts(): RelayCounts & ServerCounts & { failedReceipts: number }
  /** Refuses what is new, lets what is in flight end within `within` ms, closes the connections. The ledger stays open. @default 5_000 */
  stop(within?: number): Promise<void>
}

/** Joins the relay and what a server offers over one ledger. */
export async function startRelayServer(parts: RelayServerParts): Promise<RelayServer> {
  const { domain, ledger, clock, ids, log, random, userAgent = 'Yanxin', rules = defaultRules } = parts
  const accounts = new Accounts({ ledger, clock, log })
  const { keep } = rules
  let failedReceipts = 0
  const policy = serverPolicy({
    accounts,
    makers: {
      failedReceipt: (row, fault) => {
        failedReceipts++
        return failedReceipt(row, fault, { now: clock.now(), ids, keep })
      },
      tombstone: (row, fault) => tombstone(row, { now: clock.now(), ids, keep, reason: fault.code }),
    },
  })
  const relay = new Relay({ ledger, clock, log, policy, limit: { messages: rules.queueMessages, bytes: rules.queueBytes }, ...(random && { random }) })
  const endpoint = new Endpoint({ clock, ids, log, userAgent, extensions: ['outbound'], forwards: true })
  const server = new Server({ domain, accounts, ledger, relay, endpoint, rules, clock, log })
  await accounts.start()
  await server.start()
  await relay.start()
  return {
    accounts,
    accept: (flow) => server.accept(flow),
    health: () => server.health(),
    counts: () => ({ ...relay.counts, ...server.counts(), failedReceipts }),
    async stop(within = 5 * SECOND) {
      await server.drain(within)
      accounts.stop()
      await relay.stop({ within })
      server.stop()
    },
  }
}
