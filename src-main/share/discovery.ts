import type { NearbyRelay } from '../contract/share'

/** A relay as it is announced: whoever hears it believes nothing of it before its certificate was compared. */
export interface Announced {
  name: string
  domain: string
  /** The one address on which it listens. */
  host: string
  port: number
  fingerprint: string
}

/** How relays of one network are found: DNS-SD over multicast DNS (RFC 6762, 6763), or whatever a test puts in its place. */
export interface Discovery {
  /** Makes a relay known on the network of its address, until it is stopped. */
  announce(relay: Announced): { stop(): Promise<void> }
  /** Listens for relays; `heard` is told all that are there whenever that has changed. */
  browse(heard: (relays: NearbyRelay[]) => void): { stop(): Promise<void> }
}

/** How much of the fingerprint is announced: enough to find a relay again that has moved, never a reason to trust. */
export const PREFIX = 16
