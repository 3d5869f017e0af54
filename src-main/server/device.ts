import type { LaneName } from '../relay/envelope'
import type { Peer } from './peer'

/** Where a device is reached while it is registered: RFC 3261 10, RFC 5626. */
export interface Binding {
  readonly device: Device
  readonly peer: Peer
  /** The Contact URI as it came: the request URI of what is delivered. */
  readonly contact: string
  /** The Contact's own parameters, written back in the 200. */
  params: string
  callId: string
  cseq: number
  /** ms of the steady clock. */
  expiresAt: number
  /** Stops the lane's delivery over this flow; absent until it has begun. */
  detach: (() => void) | undefined
}

/** A `+sip.instance` of an account, and the lane of what waits for it. */
export class Device {
  agent = ''
  /** Feature parameters of its Contact as they came, e.g. `;+g.yanxin.copies;+g.yanxin.window="32"`. */
  features = ''
  seenAt: number
  /** When its row was last written, so that a refresh does not cost an fsync, ms. */
  writtenAt = 0
  binding: Binding | undefined
  readonly lane: LaneName

  constructor(readonly address: string, readonly instance: string, readonly firstAt: number) {
    this.seenAt = firstAt
    this.lane = deviceLane(address, instance)
  }

  /** It takes copies of what the account's other devices sent, and tombstones. */
  get takesCopies(): boolean {
    return this.features.includes('+g.yanxin.copies')
  }

  /** RFC 5627 3.1.1: its public GRUU. COMPAT(linphone): without one it makes no group, and by it alone it knows its groups again. */
  get gruu(): string | undefined {
    return this.features.includes('groupchat/') && /^urn:uuid:[\w-]+$/.test(this.instance) ? `${this.address};gr=${this.instance}` : undefined
  }

  /** It takes large messages over MSRP (RCC.07 2.6). */
  get takesLarge(): boolean {
    return /\boma\.cpm\.largemsg\b|\+g\.gsma\.rcs\.cpm\.pager-large\b/i.test(this.features)
  }

  /** It holds sessions over MSRP, of groups among them (RCC.07 2.6). */
  get takesSessions(): boolean {
    return holdsSessions(this.features)
  }

  /** How many messages it takes at once, at most 32. */
  get window(): number | undefined {
    const found = /\+g\.yanxin\.window="?(\d{1,3})/.exec(this.features)
    return found ? Math.min(Math.max(Number(found[1]), 1), 32) : undefined
  }
}

/** Whether a Contact says `oma.cpm.session` or `oma.cpm.session.group`. */
export const holdsSessions = (features: string): boolean => /\boma\.cpm\.session\b/i.test(features)

export const deviceLane = (address: string, instance: string): LaneName => `device:${address}|${instance}`

/** Where messages wait until an account's first device comes, which inherits them. */
export const accountLane = (address: string): LaneName => `account:${address}`

/** Whose lane it is. */
export function laneOwner(lane: LaneName): { address: string; instance?: string } | undefined {
  if (lane.startsWith('account:')) return { address: lane.slice(8) }
  if (!lane.startsWith('device:')) return undefined
  const bar = lane.indexOf('|')
  return { address: lane.slice(7, bar), instance: lane.slice(bar + 1) }
}
