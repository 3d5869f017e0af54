import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import { randomIds } from '../base/ids'
import type { Log } from '../base/log'
import { lockFolderSoon } from '../folder-lock'
import { openDatabase, openKeeper } from '../ledger-thread'
import { IdleCheck } from '../operation/idle-check'
import { tidyHourly } from '../operation/tidy'
import { startRelayServer, type RelayServer } from '../relay-server'
import type { Flow, Listener } from '../sip/flow'
import { listenTcp } from '../sip/tcp'
import { listenTls } from '../sip/tls'
import { listenWebSocket } from '../sip/websocket'
import type { Command, ListenAt } from './flags'
import { listenHealth, type HealthListener } from './health'
import { Metrics } from './metrics'
import { Watch } from './watch'

export const databaseFile = (data: string): string => join(data, 'relay.sqlite')

/** Of the content server: what it keeps, what is on its way, the key of its links. */
const filesFolder = (data: string): string => join(data, 'files')

export interface Serving {
  /** Where it listens, with the ports that were really taken. */
  uris: string[]
  /** Refuses what is new, ends what is in flight, closes everything. */
  stop(): Promise<void>
}

/** Starts a relay on a data folder; when any of it cannot be had, nothing stays open. @throws Fault */
export async function serve(command: Extract<Command, { command: 'serve' }>, { clock, log }: { clock: Clock; log: Log }): Promise<Serving> {
  const { domain, data, sip, http, rules, files, msrp, checkEvery, origins } = command
  const file = databaseFile(data)
  const tls = command.tls && { cert: readPem(command.tls.cert, '--tls-cert'), key: readPem(command.tls.key, '--tls-key') }
  // What is to be undone, last first.
  const undo: (() => unknown)[] = []
  const undoAll = async (): Promise<void> => {
    for (const step of undo.reverse().splice(0)) await step()
  }
  try {
    const lock = await lockFolderSoon(data, `the relay for ${domain}`, clock)
    undo.push(() => lock.release())
    const ledger = await openDatabase({ file, log, clock })
    undo.push(() => ledger.close())
    // Undone after the relay has stopped: until then it says that it is stopping.
    let health: HealthListener | undefined
    undo.push(() => health?.close())
    const relay = await startRelayServer({
      domain, ledger, clock, ids: randomIds, rules, log, gateway: {},
      ...(files && { files: {
        ...files, at: { host: files.host, ports: [files.port], ...(files.isSecret && { tls: tls! }) }, folder: filesFolder(data),
      } }),
      ...(msrp && { msrp: { host: msrp.host, ports: [msrp.port], ...(msrp.isSecret && { tls: tls! }) } }),
    }).catch((thrown: unknown) => {
      const { code, detail } = Fault.from(thrown)
      if (msrp && detail.port === msrp.port && (code === 'port-taken' || code === 'cannot-connect')) return named(`msrp ${msrp.host}:${msrp.port}`)(thrown)
      if (files && (code === 'port-taken' || code === 'cannot-connect')) return named(`files ${files.host}:${files.port}`)(thrown)
      throw thrown
    })
    undo.push(() => relay.stop())
    const tidying = tidyHourly(ledger, () => relay.tidy(), { clock, log })
    undo.push(() => tidying.cancel())
    const idle = new IdleCheck({
      folder: data, every: checkEvery, clock, log, openKeeper: () => openKeeper({ file, log, clock }),
      work: () => {
        const { messagesTaken, receiptsTaken, delivered } = relay.counts()
        return messagesTaken + receiptsTaken + delivered
      },
    })
    idle.start()
    undo.push(() => idle.stop())
    const watch = new Watch({ folder: data, file, relay, ledger, idle, clock })
    const uris: string[] = []
    for (const at of sip) {
      const listener = await listen(at, { tls, origins }, relay, { clock, log })
      undo.push(() => listener.close())
      uris.push(listener.uri)
    }
    if (relay.files) uris.push(relay.files.url)
    if (relay.msrp) uris.push(relay.msrp.uri)
    if (http) {
      const metrics = new Metrics({ watch, keep: rules.keep, clock })
      health = await listenHealth(http, {
        async health() {
          const { ok, ...why } = await watch.readiness()
          return { ok, body: { status: ok ? 'ok' : 'unavailable', ...why, ...relay.health(), ...(idle.last && { lastCheck: new Date(idle.last.at).toISOString() }) } }
        },
        metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
      }, log, relay.gateway).catch(named(`http ${http.host}:${http.port}`))
      uris.push(health.uri)
    }
    return {
      uris,
      stop() {
        watch.stop()
        return undoAll()
      },
    }
  } catch (thrown) {
    await undoAll()
    throw namedFile(thrown, data)
  }
}

/** SQLite's own words say neither which file nor what to do. */
export function namedFile(thrown: unknown, data: string): Fault {
  const fault = Fault.from(thrown)
  if (!['disk-full', 'disk-broken', 'newer-version'].includes(fault.code)) return fault
  const help = fault.code === 'disk-broken' ? ' Put a copy of it back, or move it away to begin with an empty one.' : ''
  return new Fault(fault.code, { text: `The relay's file ${databaseFile(data)} cannot be used: ${fault.message}.${help}`, cause: thrown })
}

interface ListenParts {
  tls: { cert: string; key: string } | undefined
  origins: readonly string[] | undefined
}

function listen(at: ListenAt, { tls, origins }: ListenParts, relay: RelayServer, given: { clock: Clock; log: Log }): Promise<Listener> {
  const options = { host: at.host, port: at.port, ...given }
  const accept = (flow: Flow): void => relay.accept(flow)
  const listening =
    at.transport === 'tcp' ? listenTcp(options, accept)
    : at.transport === 'tls' ? listenTls({ ...options, ...tls! }, accept)
    : listenWebSocket({ ...options, ...(at.transport === 'wss' && tls), ...(origins && { origins }) }, accept)
  return listening.catch(named(`${at.transport}:${at.host}:${at.port}`))
}

/** A listener that fails says which one it was, in a sentence. */
const named = (where: string) => (thrown: unknown): never => {
  const fault = Fault.from(thrown, 'cannot-connect')
  const text = fault.code === 'port-taken' ? `The port of ${where} is taken by another program.` : `Cannot listen on ${where}: ${fault.message}.`
  throw new Fault(fault.code, { text, cause: thrown, detail: fault.detail })
}

function readPem(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new Fault('bad-argument', { text: `${flag} ${file} cannot be read: ${(thrown as Error).message}.`, cause: thrown })
  }
}
