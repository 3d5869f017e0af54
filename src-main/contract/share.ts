import type { AppState } from './calls'
import type { FaultView } from './faults'

/** An address of this computer on which a relay could be shared. */
export interface OwnAddress {
  host: string
  /** The name of its interface, e.g. `eth0`. */
  network: string
  /** Who could reach it, as far as the address tells. */
  reach: 'near' | 'public' | 'this-computer'
}

/** The relay that this computer shares, or would share again. */
export interface SharedRelayView {
  name: string
  domain: string
  host: string
  /** SIP over TLS. */
  port: number
  /** The content server, https. */
  filesPort: number
  /** Of texts that a MESSAGE cannot carry, msrps. */
  msrpPort: number
  /** SHA-256 of the certificate, lower-case hex. */
  fingerprint: string
  /** The same in sixteen digits, to be compared by voice. */
  code: string
}

export interface SharePerson {
  /** Address of record. */
  address: string
  /** Whether anybody has ever signed in with it. */
  hasJoined: boolean
  devices: { agent: string; /** Where it is connected from; absent while it is not. */ host?: string; seenAt: number }[]
}

/** Somebody who gave a number that is not on the list, or a wrong code. */
export interface ShareRefusal {
  /** What they said they are; text of a stranger. */
  user: string
  host: string
  at: number
  times: number
  /** The number is on the list: it was the code that was wrong. */
  isListed: boolean
}

/** *Share my relay on this network*, as a window shows it. */
export interface ShareView {
  at: 'off' | 'on' | 'waiting'
  /** Why it waits; it is tried again by itself. */
  fault?: FaultView
  /** Absent until it was shared for the first time. */
  relay?: SharedRelayView
  addresses: OwnAddress[]
  people: SharePerson[]
  /** Newest first. */
  refused: ShareRefusal[]
  /** The account here that is on this relay. */
  own?: string
}

/** What a person chooses before sharing. */
export interface ShareWish {
  /** As colleagues find it. */
  name: string
  host: string
  /** What follows the @ in addresses; it stays as it was first given. */
  domain?: string | undefined
  port?: number | undefined
}

/** A relay that was heard on this network. Nothing of it is to be believed before its certificate was compared. */
export interface NearbyRelay {
  name: string
  domain: string
  host: string
  port: number
  /** The first digits of its fingerprint, hex. */
  prefix: string
}

/** What a relay shows to who knocks. */
export interface RelayLook {
  /** Relay URI. */
  relay: string
  /** What its certificate says; '' when it names nothing. */
  domain: string
  fingerprint: string
  code: string
}

/** Joining a relay that a colleague shares, after its certificate was compared. */
export interface Join {
  /** Relay URI. */
  relay: string
  /** Of the certificate that was compared, hex. */
  fingerprint: string
  domain: string
  /** The number or name that the colleague put on the list. */
  who: string
  /** The join code, as it was typed. */
  code: string
}

/** What a window may ask about relays that are shared, here or by others. */
export interface ShareCommands {
  /** *Share my relay on this network*, as it stands. */
  share(): Promise<ShareView>
  /** Begins to share, or shares on another address. @throws Fault `port-taken`, `address-gone`, `cannot-connect` */
  shareOn(wish: ShareWish): Promise<ShareView>
  shareOff(): Promise<ShareView>
  /** Puts a number or name on the list; its join code is told this once. @throws Fault `bad-argument`, `not-sharing` */
  shareAdd(who: string): Promise<{ address: string; code: string }>
  /** A new join code in the place of the old one. */
  shareRenew(address: string): Promise<{ address: string; code: string }>
  /** Takes somebody off the list and cuts them off. */
  shareRemove(address: string): Promise<void>
  /** Signs in here to the relay that this computer shares, under this number or name; with `wish` it is shared first, or nothing happens. */
  shareOwn(who: string, wish?: ShareWish): Promise<AppState>
  /** The relays of this network; what has not been heard yet is there at one of the next calls. */
  nearby(): Promise<NearbyRelay[]>
  /** The certificate of the relay at `host` or `host:port`, to be compared. Nothing is sent to it. @throws Fault `cannot-connect` */
  lookAtRelay(at: string): Promise<RelayLook>
  /** Joins it; from then on no other certificate is taken. @throws Fault `changed-certificate`, `wrong-password` */
  join(details: Join): Promise<AppState>
}
