import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Ids } from '../../base/ids'
import type { Log } from '../../base/log'
import { makeIdentity } from '../../msrp/certificate'
import { MsrpEndpoint } from '../../msrp/endpoint'
import { sdpType } from '../../msrp/offer-answer'
import { giveMessage, offerIn, takeMessage } from '../../msrp/one-message'
import { answerSetup } from '../../msrp/sdp'
import type { Incoming as MsrpMessage } from '../../msrp/receiver'
import type { Outcome } from '../../relay/carrier'
import type { Envelope } from '../../relay/envelope'
import { Headers } from '../../sip/headers'
import type { Incoming } from '../../sip/incoming'
import type { SipRequest } from '../../sip/message'
import { faultOf, isPassing, outcomeOf } from '../answers'
import { refusal } from '../receive'
import { largeHeaders, threadHeaders } from '../requests'
import type { Session } from '../session'

/** What a relay of ours says of large messages: how large in bytes, and whether over TLS. */
export interface LargeAt {
  limit: number
  secure: boolean
}

/** What CPIM may wrap round a text, bytes. */
const cpimRoom = 4 * 1024
/** The largest that is taken from others, bytes. */
const largest = 2 * 1024 * 1024

export interface LargeMessagesParts {
  session: Pick<Session, 'invite' | 'open' | 'accept'>
  /** Address of record. */
  account: string
  clock: Clock
  ids: Ids
  log: Log
}

/** Messages that a MESSAGE cannot carry, both ways (large message mode, rcs.md 1.7). It is always this side that connects. */
export class LargeMessages {
  readonly #parts: LargeMessagesParts
  #at: LargeAt | undefined
  #endpoint: Promise<MsrpEndpoint> | undefined

  constructor(parts: LargeMessagesParts) {
    this.#parts = parts
  }

  /** @param at as the registrar said; nothing when it does not take them */
  online(at: LargeAt | undefined): void {
    this.#at = at
  }

  /** Takes one to the relay, which keeps it; as a carrier delivers. */
  async send({ to, contentType, body, headers }: Envelope): Promise<Outcome> {
    const { session, account, ids, clock } = this.#parts
    const at = this.#at
    if (!at || body.length > at.limit + cpimRoom) return { kind: 'failed', fault: { code: 'too-large', ...(at && { detail: { limit: at.limit } }) } }
    const thread = headers.some(([name]) => name === 'Conversation-ID') ? [] : threadHeaders(account, to, ids)
    const given = await giveMessage(
      { endpoint: await this.#msrp(), secure: at.secure, role: 'active', clock },
      (sdp, user) => session.open({ uri: to, to, headers: [...largeHeaders(account), ...thread, ...headers, ['Content-Type', sdpType]], body: sdp }, user),
      { contentType, body },
    )
    switch (given.kind) {
      case 'taken': return { kind: 'taken', answer: 'MSRP 200 OK' }
      case 'refused': return outcomeOf(given.response)
      case 'failed': return failure(given.fault)
    }
  }

  /**
   * Answers an INVITE for one large message.
   * @param keep keeps it, as the MESSAGE that could not carry it; its fault is the answer
   */
  answer(incoming: Incoming, keep: (request: SipRequest) => Promise<void>): void {
    void this.#answer(incoming, keep).catch((thrown: unknown) => {
      const fault = Fault.from(thrown)
      this.#parts.log.info({ fault: fault.view() }, 'an INVITE was refused')
      incoming.reply(fault.code === 'malformed' ? 400 : 488)
    })
  }

  async #answer(incoming: Incoming, keep: (request: SipRequest) => Promise<void>): Promise<void> {
    const { session, clock } = this.#parts
    const offer = offerIn(incoming)
    if (!offer || answerSetup(offer.setup, false) !== 'active') throw new Fault('not-acceptable', { text: 'not a large message whose sender waits to be connected to' })
    takeMessage({ endpoint: await this.#msrp(), secure: offer.secure, role: 'active', clock }, offer, {
      maxSize: largest,
      accept: (sdp, user) => session.accept(incoming, { headers: [['Content-Type', sdpType]], body: sdp }, user),
      receive: (message) => keep(asMessage(incoming.request, message)).catch((thrown: unknown) => {
        const fault = Fault.from(thrown)
        throw new Fault(fault.code, { text: fault.message, cause: thrown, detail: { ...fault.detail, status: refusal(fault).status } })
      }),
    })
  }

  async stop(): Promise<void> {
    await (await this.#endpoint)?.close()
  }

  /** With a certificate of its own, which its fingerprint proves: another one in each run. */
  #msrp(): Promise<MsrpEndpoint> {
    const { clock, ids, log } = this.#parts
    return (this.#endpoint ??= makeIdentity({ name: 'yanxin.invalid', now: clock.now() }).then((identity) => new MsrpEndpoint({ clock, ids, log, identity })))
  }
}

function failure(fault: Fault): Outcome {
  const { status } = fault.detail
  if (fault.code === 'connection-lost' || fault.code === 'closed' || fault.code === 'no-answer' || fault.code === 'cannot-connect') {
    return { kind: 'retry', fault: fault.view() }
  }
  if (typeof status !== 'number') return { kind: 'failed', fault: fault.view() }
  const said = faultOf({ status, reason: fault.message, headers: new Headers() })
  return { kind: isPassing(status) ? 'retry' : 'failed', fault: said.view() }
}

/** The MESSAGE that it would have been: who says it stands in the INVITE. */
function asMessage({ uri, headers: said }: SipRequest, { contentType, body }: MsrpMessage): SipRequest {
  const headers = said.clone().remove('Content-Type').remove('Content-Length').remove('Content-Encoding').add('Content-Type', contentType)
  return { kind: 'request', method: 'MESSAGE', uri, headers, body }
}
