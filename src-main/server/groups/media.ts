import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Ids } from '../../base/ids'
import type { Log } from '../../base/log'
import { sdpType } from '../../msrp/offer-answer'
import { readMsrpSdp, type MsrpMedia } from '../../msrp/sdp'
import { flag, type Envelope } from '../../relay/envelope'
import type { Flow } from '../../sip/flow'
import { Headers } from '../../sip/headers'
import type { Incoming } from '../../sip/incoming'
import type { SipRequest } from '../../sip/message'
import type { Account } from '../accounts'
import type { Device } from '../device'
import { mustCome, wayTo, type LargeLine } from '../large/limits'
import { asMessage, sayWhy } from '../large/take'
import { bodyOf } from './asked'
import { takesChanges } from './lanes'
import { Medium } from './medium'

/** How many sessions may be open at once, in all and of one account: each may hold messages in part. */
const most = 2_000
const mostOfOne = 50

export interface GroupMediaParts {
  /** Where devices come to; without it there are no sessions. */
  line: LargeLine | undefined
  clock: Clock
  ids: Ids
  log: Log
}

/** An offer that will be answered. */
export interface Offered {
  media: MsrpMedia
  device: Device
  flow: Flow
}

/** Keeps what a member says in its session, which it gets as the MESSAGE to the group. @throws Fault */
export type Keep = (request: SipRequest) => Promise<void>

const keyOf = (device: Device, group: string): string => `${device.lane} ${group}`

/** The MSRP sessions of groups (RCC.07 3.2.4): one of a device with a group. */
export class GroupMedia {
  readonly #parts: GroupMediaParts
  readonly #open = new Map<string, { medium: Medium; address: string }>()

  constructor(parts: GroupMediaParts) {
    this.#parts = parts
  }

  /** How many are open, or wait for their device to come. */
  get size(): number {
    return this.#open.size
  }

  /**
   * What an INVITE of a member offers; nothing when it wants no session over MSRP.
   * @throws Fault `not-acceptable`, `busy`, `malformed`
   */
  offerIn(incoming: Incoming, account: Account): Offered | undefined {
    const { line } = this.#parts
    const { request, flow } = incoming
    const sdp = bodyOf(request, sdpType)
    if (!sdp) return undefined
    if (!line) throw new Fault('not-acceptable', { text: 'this relay holds no sessions over MSRP: messages go by MESSAGE' })
    const media = readMsrpSdp(sdp)
    if (!media) throw new Fault('not-acceptable', { text: 'groups speak MSRP only' })
    mustCome(media, line)
    const device = deviceOf(account, incoming)
    if (!device) throw new Fault('not-acceptable', { text: 'a session is for a device that is registered over this connection' })
    if (!this.#hasRoom(account.address)) throw new Fault('busy', { text: 'too many sessions at once' })
    return { media, device, flow }
  }

  /** Media for the answer to an offer; the device's session before, if there is one, ends. */
  answering({ device, flow }: Offered, group: string, keep: Keep): Medium {
    return this.#make(this.#parts.line!, device, flow, group, keep)
  }

  /** Media to be offered to a device which says that it takes it; nothing where there can be none. */
  offering(device: Device, flow: Flow, group: string, keep: Keep): Medium | undefined {
    const { line } = this.#parts
    return line && device.takesSessions && this.#hasRoom(device.address) ? this.#make(line, device, flow, group, keep) : undefined
  }

  /** The session in which a device can be given what goes round in a group now. */
  for(device: Device, envelope: Envelope): Medium | undefined {
    // One that takes several at once keeps their order over one way only.
    if (this.#open.size === 0 || !(envelope.flags & flag.group) || takesChanges(device.features) || device.window !== undefined) return undefined
    const found = this.#open.get(keyOf(device, envelope.to))?.medium
    return found?.takes(envelope) ? found : undefined
  }

  /** Ends all of them. */
  stop(): void {
    for (const { medium } of [...this.#open.values()]) medium.close()
  }

  #make(line: LargeLine, device: Device, flow: Flow, group: string, keep: Keep): Medium {
    const { clock, ids, log } = this.#parts
    const key = keyOf(device, group)
    const session = ids.token()
    const medium: Medium = new Medium({
      way: wayTo(line, flow, clock),
      // The identity of what has no CPIM Message-ID.
      keep: (message) => sayWhy(keep(asMessage(group, new Headers([['Call-ID', `${session}.${message.id}`]]), message)), group, log),
      ended: () => {
        if (this.#open.get(key)?.medium === medium) this.#open.delete(key)
      },
    })
    const before = this.#open.get(key)
    this.#open.set(key, { medium, address: device.address })
    before?.medium.close()
    return medium
  }

  #hasRoom(address: string): boolean {
    let own = 0
    for (const each of this.#open.values()) if (each.address === address) own++
    return this.#open.size < most && own < mostOfOne
  }
}

/** The device whose INVITE it is: it came over the connection on which that is registered. */
function deviceOf({ devices }: Account, { flow, request: { headers } }: Incoming): Device | undefined {
  const here = [...devices.values()].filter(({ binding }) => binding?.peer.flow === flow)
  const contact = headers.get('Contact') ?? ''
  return here.find(({ instance, binding }) => contact.includes(instance) || contact.includes(`<${binding!.contact}>`)) ?? here[0]
}
