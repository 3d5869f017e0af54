import type { Peer } from './peer'

/**
 * Connections on which nobody has signed in yet, by host. A host that opens too many loses its oldest, so that those who come
 * to sign in always get in, and nobody can fill the relay with connections that say nothing.
 */
export class Strangers {
  readonly #byHost = new Map<string, Set<Peer>>()
  readonly #most: number
  /** How many were closed to make room. */
  closed = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Notes a new connection; answers one that has to go. */
  add(peer: Peer): Peer | undefined {
    const host = hostOf(peer)
    let peers = this.#byHost.get(host)
    if (!peers) this.#byHost.set(host, (peers = new Set()))
    peers.add(peer)
    // In the order in which they came. Those that have signed in meanwhile are strangers no longer.
    for (const oldest of peers) {
      if (peers.size <= this.#most) return undefined
      peers.delete(oldest)
      if (oldest.accounts.size) continue
      this.closed++
      return oldest
    }
    return undefined
  }

  remove(peer: Peer): void {
    const host = hostOf(peer)
    const peers = this.#byHost.get(host)
    if (peers?.delete(peer) && !peers.size) this.#byHost.delete(host)
  }
}

const hostOf = ({ flow }: Peer): string => networkOf(flow.remote.host)

/** IPv6: one subscriber has a /64 of addresses (RFC 6177), so that is what counts as one host. */
export function networkOf(host: string): string {
  if (!host.includes(':')) return host
  const [head = '', tail] = host.split('%')[0]!.split('::')
  const front = head ? head.split(':') : []
  const back = tail ? tail.split(':') : []
  const all = tail === undefined ? front : [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
  return `${all.slice(0, 4).map((part) => part.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`
}
