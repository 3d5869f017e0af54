import type { Clock } from '../../base/clock'
import { SECOND } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import { readPayload } from '../../rcs/content'
import { cpimType, makeCpim } from '../../rcs/cpim'
import { inflateBounded } from '../../rcs/deflate'
import { flag, type Envelope } from '../../relay/envelope'
import type { SipRequest } from '../../sip/message'
import type { Account, Accounts } from '../accounts'
import type { Deliverer } from '../deliver'
import type { Domain } from '../domain'
import { readIncoming, type IncomingMessage } from '../incoming-message'
import { Flood, type FloodLimit } from './flood'
import type { GroupStore } from './store'
import { groupHeader } from './verbs'

export interface PostsParts {
  store: GroupStore
  domain: Domain
  accounts: Accounts
  deliverer: Deliverer
  /** How long a message waits, ms. */
  keep: number
  flood: FloodLimit
  clock: Clock
  log: Log
}

/** What is of one hop or of one dialog: the focus writes its own towards each member. */
const ofSender: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Reply-To', 'P-Asserted-Service'])

const anonymous = 'sip:anonymous@anonymous.invalid'

/** What members say to their group: kept for everybody before it is answered. */
export class Posts {
  readonly #parts: PostsParts
  readonly #flood: Flood

  constructor(parts: PostsParts) {
    this.#parts = parts
    this.#flood = new Flood(parts.clock, parts.flood)
  }

  /**
   * A MESSAGE of a member, or what came over MSRP as one; resolves when it is kept.
   * @param most the largest body, bytes. @default what a MESSAGE carries
   * @throws Fault `not-member`, `admins-only`, `group-gone`, `busy`, and as `readIncoming`
   */
  async take(request: SipRequest, sender: Account, group: string, most?: number): Promise<void> {
    const { domain, keep, clock } = this.#parts
    const read = readIncoming(request, { from: sender.address, to: group, now: clock.now(), domain, keep, ...(most !== undefined && { most }) })
    const { store, log } = this.#parts
    if (read.isTransient) await this.#now(read.envelope, group)
    else {
      const wait = this.#flood.take(`${group} ${sender.address}`)
      if (wait) throw new Fault('busy', { text: 'too many messages at once', detail: { retryAfter: Math.ceil(wait / SECOND) } })
      if (read.envelope.flags & flag.receipt) await this.#receipt(read, group)
      else await store.post(inGroup(read))
    }
    log.debug({ id: read.envelope.id, from: sender.address, group }, 'taken for a group')
  }

  /** Whoever is there hears that somebody writes. */
  async #now(envelope: Envelope, group: string): Promise<void> {
    const { store, accounts, deliverer } = this.#parts
    const said = forGroup(envelope)
    // Who is told does not need to know more of the group for that.
    const told: Envelope = { ...said, headers: [...said.headers, [groupHeader, '0']] }
    for (const address of await store.audience(group, envelope.from)) {
      const member = accounts.find(address)
      if (member) deliverer.now(told, member)
    }
  }

  /** RFC 5438 8: to whose message it is about. COMPAT(linphone): it names the group there, so the message is looked for. */
  async #receipt({ envelope }: IncomingMessage, group: string): Promise<void> {
    const { store, domain } = this.#parts
    const encoding = envelope.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
    const { parts, cpim } = readPayload({ contentType: envelope.contentType, contentEncoding: encoding, body: envelope.body })
    const about = parts.flatMap((part) => (part.kind === 'imdn' ? [part.imdn.messageId] : []))
    const to = cpim && domain.local(cpim.to)
    await store.receipt(forGroup(envelope), about, to === group ? undefined : to)
  }
}

const forGroup = (envelope: Envelope): Envelope => ({
  ...envelope, conversation: envelope.to, flags: envelope.flags | flag.group, headers: envelope.headers.filter(([name]) => !ofSender.has(name)),
})

/** A message as it goes round: in CPIM, as its author must be known. @throws Fault `not-acceptable` for one that names nobody */
function inGroup({ envelope, peek }: IncomingMessage): Envelope {
  if (peek?.from === anonymous) throw new Fault('not-acceptable', { text: 'in a group the CPIM From is the member' })
  const said = forGroup(envelope)
  if (peek) return said
  const { id, from, to, sentAt, contentType, body, headers } = said
  const encoding = headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
  return {
    ...said, contentType: cpimType, headers: headers.filter(([name]) => name.toLowerCase() !== 'content-encoding'),
    body: makeCpim({ from, to, dateTime: sentAt, messageId: id, contentType, body: encoding?.toLowerCase() === 'deflate' ? inflateBounded(body) : body }),
  }
}
