import multicast, { type Answer, type Multicast, type Packet } from 'multicast-dns'
import { isIPv4 } from 'node:net'
import { SECOND, type Clock, type Timer } from '../base/clock'
import type { Log } from '../base/log'
import type { NearbyRelay } from '../contract/share'
import { PREFIX, type Announced, type Discovery } from './discovery'

/** RFC 6763 4: the kind of service, and where all kinds are listed (9). */
const SERVICE = '_yanxin._tcp.local'
const KINDS = '_services._dns-sd._udp.local'
/** RFC 6762 10: of records that name a host, s. */
const TTL = 120
/** RFC 6762 8.3 and 5.2: announcements and questions are repeated at rising intervals, ms after the start. */
const repeats = [0, 1 * SECOND, 3 * SECOND, 7 * SECOND]
const again = 20 * SECOND
/** More relays than this in one network are somebody's joke. */
const MOST = 50

export interface MulticastParts {
  /** The addresses of this computer, in whose networks is listened. */
  addresses(): string[]
  platform: string
  clock: Clock
  log: Log
}

/** Discovery in the real network; where multicast is not possible nobody is found, and the log says so. */
export function multicastDiscovery(parts: MulticastParts): Discovery {
  return {
    announce: (relay) => announce(relay, parts),
    browse: (heard) => browse(heard, parts),
  }
}

/** A socket for multicast DNS on the network of one address. On Windows nothing can be bound to the group's own address. */
function join(host: string, { platform, log }: MulticastParts): Multicast {
  const socket = multicast({ interface: host, bind: platform === 'win32' ? '0.0.0.0' : '224.0.0.251' })
  for (const event of ['error', 'warning'] as const) socket.on(event, (error) => log.info({ host, text: error.message }, 'multicast DNS'))
  return socket
}

function repeat(clock: Clock, run: () => void): Timer {
  const timers = [...repeats.map((ms) => clock.after(ms, run)), clock.every(again, run)]
  return { cancel: () => timers.forEach((timer) => timer.cancel()) }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function announce(relay: Announced, parts: MulticastParts): { stop(): Promise<void> } {
  if (!isIPv4(relay.host)) {
    parts.log.info({ host: relay.host }, 'not announced: multicast DNS is spoken over IPv4 here')
    return { stop: async () => undefined }
  }
  const socket = join(relay.host, parts)
  const records = recordsOf(relay)
  // Names are of the certificate, so that no two relays have the same: nothing needs to be probed (RFC 6762 8.1).
  const names = new Set([...records.map(({ name }) => name.toLowerCase())])
  socket.on('query', ({ questions }) => {
    if (questions.some(({ name }) => names.has(name.toLowerCase()))) socket.respond(records)
  })
  const saying = repeat(parts.clock, () => socket.respond(records))
  return {
    stop() {
      saying.cancel()
      const { promise, resolve } = Promise.withResolvers<void>()
      // RFC 6762 10.1: with no time left to live they are gone everywhere.
      const end = (): void => socket.destroy(resolve)
      const limit = parts.clock.after(SECOND, end)
      socket.respond(records.map((record) => ({ ...record, ttl: 0 })), () => {
        limit.cancel()
        end()
      })
      return promise
    },
  }
}

/** RFC 6763 4 to 6. */
export function recordsOf({ name, domain, host, port, fingerprint }: Announced): Answer[] {
  const prefix = fingerprint.slice(0, PREFIX)
  const instance = `yanxin-${prefix}.${SERVICE}`
  const target = `yanxin-${prefix}.local`
  return [
    { name: SERVICE, type: 'PTR', ttl: TTL, data: instance },
    { name: KINDS, type: 'PTR', ttl: TTL, data: SERVICE },
    { name: instance, type: 'SRV', ttl: TTL, data: { port, target } },
    { name: instance, type: 'TXT', ttl: TTL, data: [`v=1`, `name=${name}`, `domain=${domain}`, `prefix=${prefix}`] },
    { name: target, type: 'A', ttl: TTL, data: host },
  ]
}

function browse(heard: (relays: NearbyRelay[]) => void, parts: MulticastParts): { stop(): Promise<void> } {
  const { clock } = parts
  const known = new Map<string, { relay: NearbyRelay; until: number }>()
  const tell = (): void => heard([...known.values()].map(({ relay }) => relay))
  const sockets = parts.addresses().filter(isIPv4).map((host) => join(host, parts))
  for (const socket of sockets) {
    socket.on('response', (packet) => {
      let changed = false
      for (const { instance, relay, ttl } of readRelays(packet)) {
        const before = known.get(instance)
        if (ttl === 0 || !relay) changed = known.delete(instance) || changed
        else if (before || known.size < MOST) {
          changed ||= !before || JSON.stringify(before.relay) !== JSON.stringify(relay)
          known.set(instance, { relay, until: clock.steady() + ttl * SECOND })
        }
      }
      if (changed) tell()
    })
  }
  const asking = repeat(clock, () => {
    for (const [instance, { until }] of known) if (until < clock.steady() && known.delete(instance)) tell()
    for (const socket of sockets) socket.query(SERVICE, 'PTR')
  })
  return {
    async stop() {
      asking.cancel()
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.destroy(resolve))))
    },
  }
}

const control = /[\p{C}\p{Zl}\p{Zp}]/gu
const domainName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

/** The relays that a packet speaks of; one of which something is missing or wrong is none. */
export function readRelays({ answers, additionals }: Pick<Packet, 'answers' | 'additionals'>): { instance: string; ttl: number; relay: NearbyRelay | undefined }[] {
  const records = [...answers, ...additionals]
  return records.flatMap((pointer) => {
    if (pointer.type !== 'PTR' || !sameName(pointer.name, SERVICE)) return []
    return [{ instance: pointer.data.toLowerCase(), ttl: Math.min(pointer.ttl, 3_600), relay: readRelay(pointer.data, records) }]
  })
}

function readRelay(instance: string, records: readonly Answer[]): NearbyRelay | undefined {
  let at: { port: number; target: string } | undefined
  let text: Map<string, string> | undefined
  for (const record of records) {
    if (!sameName(record.name, instance)) continue
    if (record.type === 'SRV') at = record.data
    else if (record.type === 'TXT') text = readText(record.data)
  }
  const address = records.find((record) => record.type === 'A' && at !== undefined && sameName(record.name, at.target))
  const host = address?.type === 'A' ? address.data : ''
  const [domain, prefix] = [text?.get('domain')?.toLowerCase() ?? '', text?.get('prefix')?.toLowerCase() ?? '']
  const name = (text?.get('name') ?? '').replace(control, '').trim().slice(0, 60) || domain
  if (!at || !isIPv4(host) || !(at.port > 0) || !domainName.test(domain) || !new RegExp(`^[0-9a-f]{${PREFIX}}$`).test(prefix)) return undefined
  return { name, domain, host, port: at.port, prefix }
}

function readText(data: readonly (string | Uint8Array)[] | Uint8Array | string): Map<string, string> {
  const all = Array.isArray(data) ? (data as readonly (string | Uint8Array)[]) : [data as string | Uint8Array]
  return new Map(all.map((each): [string, string] => {
    const [, name = '', value = ''] = /^([^=]*)=?([^]*)$/.exec(typeof each === 'string' ? each : Buffer.from(each).toString('utf8')) ?? []
    return [name.toLowerCase(), value]
  }))
}
