import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { InviteSession } from '../sip/invite-session'
import type { SipResponse } from '../sip/message'
import type { MsrpEndpoint } from './endpoint'
import { readMsrpSdp, roleOf, writeMsrpSdp, type Direction, type MsrpMedia, type Role } from './sdp'
import type { Session, SessionOptions } from './session'

export const sdpType = 'application/sdp'

/** Who may connect to whom, and how. */
export interface Way {
  endpoint: MsrpEndpoint
  /** Over TLS. */
  secure: boolean
  /** Who of us connects: `active` is us. */
  role: Role
  /** Where the other side connects to, when it is not what the endpoint says of itself. */
  host?: string | undefined
  clock: Clock
}

/** An MSRP session of ours that waits for the other side, and the SDP that says so (RFC 3264). */
export interface Media {
  msrp: Session
  /** @param version one more with each change. @default 1 */
  sdp(direction: Direction, version?: number): Uint8Array
}

/** Media to offer or to answer with. */
export function mediaOf({ endpoint, secure, role, host, clock }: Way, options: Omit<SessionOptions, 'secure'>): Media {
  const msrp = endpoint.session({ ...options, secure })
  const sessionId = clock.now()
  return {
    msrp,
    sdp: (direction, version = 1) => Buffer.from(writeMsrpSdp({ ...msrp.media(role), ...(host !== undefined && { host }), direction }, { sessionId, version })),
  }
}

/**
 * Answers the offer of an INVITE; from then on the two sessions end together.
 * @param accept answers it with SDP
 * @throws as `accept`
 */
export function answerOffer(msrp: Session, offer: MsrpMedia, role: Role, accept: () => InviteSession): InviteSession {
  let session: InviteSession
  try {
    session = accept()
  } catch (thrown) {
    msrp.close()
    throw thrown
  }
  msrp.events.on('closed', () => void session.bye())
  msrp.open(offer, role).catch(() => {})
  return session
}

/**
 * What the 2xx to an offer of ours says of the other side, and who connects.
 * @throws Fault `not-acceptable` when there is no MSRP in it, or both would wait; `malformed`
 */
export function readAnswer(role: Role, { body }: SipResponse): { theirs: MsrpMedia; role: Role } {
  const theirs = readMsrpSdp(body)
  if (!theirs) throw new Fault('not-acceptable', { text: 'an answer without MSRP' })
  // RFC 4145 4.1: who has said that it waits is not made to connect, wherever the answer would have it go.
  if (role === 'passive' && theirs.setup === 'passive') throw new Fault('not-acceptable', { text: 'both sides would wait' })
  return { theirs, role: roleOf(role, theirs.setup, true) }
}
