import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { Flow } from '../sip/flow'
import { connectTcp } from '../sip/tcp'
import { connectTls } from '../sip/tls'

/** Where a relay listens, read from its URI. */
export interface RelayAddress {
  host: string
  port: number
  transport: 'tcp' | 'tls'
  /** The canonical form, e.g. `sip:127.0.0.1:5060;transport=tcp`. */
  uri: string
}

// host [":" port]: a name, an IPv4 address, or an IPv6 reference in brackets (RFC 3261 25.1, hostport).
const hostPort = /^(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$/i

/**
 * Reads `sip:host:port;transport=tcp|tls`. `sips:` means TLS (RFC 3261 19.1.2), no transport means TCP, and no port the
 * well-known one (5060, TLS 5061); the scheme may be left out.
 * @throws Fault `bad-argument`
 */
export function readRelayUri(text: string): RelayAddress {
  const wrong = () => new Fault('bad-argument', { text: `not a relay URI: ${text.slice(0, 200)}`, detail: { field: 'relay' } })
  const [head = '', ...params] = text.trim().split(';')
  const scheme = /^(sips?):/i.exec(head)?.[1]?.toLowerCase()
  const found = hostPort.exec(scheme ? head.slice(scheme.length + 1) : head)
  if (!found) throw wrong()
  let transport: 'tcp' | 'tls' = scheme === 'sips' ? 'tls' : 'tcp'
  for (const param of params) {
    const [name, value] = param.split('=').map((part) => part.trim().toLowerCase())
    if (name !== 'transport') continue
    if ((value !== 'tcp' && value !== 'tls') || (scheme === 'sips' && value === 'tcp')) throw wrong()
    transport = value
  }
  const port = Number(found[2] ?? (transport === 'tls' ? 5061 : 5060))
  if (port < 1 || port > 65_535) throw wrong()
  const host = found[1]!.toLowerCase()
  return { host: host.replace(/^\[|\]$/g, ''), port, transport, uri: `sip:${host}:${port};transport=${transport}` }
}

export interface RelayTrust {
  /** PEM of a private authority. */
  ca?: string
  /** The one certificate that is taken (`sip/pin.ts`): then it is TLS or nothing. */
  pin?: string
}

/** @throws Fault `cannot-connect`, `bad-certificate`, `changed-certificate` */
export async function connectRelay({ host, port, transport }: RelayAddress, parts: RelayTrust & { clock: Clock; log: Log; timeout?: number }): Promise<Flow> {
  if (transport === 'tls') return connectTls({ host, port, ...parts })
  if (parts.pin !== undefined) throw new Fault('bad-certificate', { text: 'a relay whose certificate is pinned is reached over TLS only' })
  return connectTcp({ host, port, ...parts })
}
