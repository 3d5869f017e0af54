import { MINUTE, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { InvitationAnswer } from '../sip/invitation'
import type { InviteSession, SessionUser } from '../sip/invite-session'
import type { Incoming as SipIncoming } from '../sip/incoming'
import type { SipResponse } from '../sip/message'
import type { MsrpEndpoint } from './endpoint'
import type { OutgoingMessage } from './outgoing'
import type { Incoming } from './receiver'
import { readMsrpSdp, roleOf, writeMsrpSdp, type MsrpMedia, type Role } from './sdp'

export const sdpType = 'application/sdp'

/** How long a session for one message lasts at most, ms. */
const longest = 15 * MINUTE

/** Who may connect to whom, and how. */
interface Way {
  endpoint: MsrpEndpoint
  /** Over TLS. */
  secure: boolean
  /** Who of us connects: `active` is us. */
  role: Role
  /** Where the other side connects to, when it is not what the endpoint says of itself. */
  host?: string | undefined
  clock: Clock
}

/** What became of a message that was to be given. */
export type Given =
  | { kind: 'taken' }
  /** The INVITE was. */
  | { kind: 'refused'; response: SipResponse }
  /** In the session, with `detail.status` where one came, or on the way. */
  | { kind: 'failed'; fault: Fault }

/**
 * Large message mode (OMA CPM, rcs.md 1.7): invites with `a=sendonly`, sends the one message, and leaves. It has been taken when its REPORT
 * says so. Never rejects.
 */
export async function giveMessage(
  { endpoint, secure, role, host, clock }: Way, invite: (sdp: Uint8Array, user: SessionUser) => Promise<InvitationAnswer>, message: OutgoingMessage,
): Promise<Given> {
  const msrp = endpoint.session({ secure, maxSize: 0, acceptTypes: ['message/cpim'], receive: () => { throw new Fault('refused') } })
  let session: InviteSession | undefined
  let limit: Timer | undefined
  try {
    const offer: MsrpMedia = { ...msrp.media(role), ...(host !== undefined && { host }), direction: 'sendonly' }
    const answer = await invite(write(offer, clock), {
      request: (incoming) => incoming.reply(405),
      ended: () => msrp.close(),
      flowLost: () => msrp.close(new Fault('connection-lost')),
    })
    if (answer.kind === 'refused') return answer
    session = answer.session
    const theirs = readMsrpSdp(answer.response.body)
    if (!theirs) throw new Fault('not-acceptable', { text: 'an answer without MSRP' })
    limit = clock.after(longest, () => msrp.close(new Fault('no-answer')))
    await msrp.open(theirs, roleOf(role, theirs.setup, true))
    const said = await msrp.send({ ...message, successReport: true }).reported
    return said.ok ? { kind: 'taken' } : { kind: 'failed', fault: said.fault }
  } catch (thrown) {
    return { kind: 'failed', fault: Fault.from(thrown) }
  } finally {
    limit?.cancel()
    msrp.close()
    void session?.bye()
  }
}

/**
 * The other side of it: answers an INVITE and takes one message.
 * @param receive keeps it; only then it is reported. What it throws is told by its `detail.status`, else as an MSRP session does
 * @param ended called once, when the session is over
 * @throws Fault `not-acceptable`, and as `accept`
 */
export function takeMessage(
  { endpoint, secure, role, host, clock }: Way, offer: MsrpMedia,
  { maxSize, accept, receive, ended }: {
    /** Bytes. */
    maxSize: number
    accept(sdp: Uint8Array, user: SessionUser): InviteSession
    receive(message: Incoming): Promise<void>
    ended?(): void
  },
): void {
  let isTaken = false
  const msrp = endpoint.session({
    secure, maxSize, acceptTypes: ['message/cpim'],
    receive: async (message) => {
      if (isTaken) throw new Fault('refused', { text: 'one message is taken here' })
      isTaken = true
      try {
        await receive(message)
      } catch (thrown) {
        // What could not be kept may come again.
        isTaken = false
        throw thrown
      }
    },
  })
  const answer: MsrpMedia = { ...msrp.media(role), ...(host !== undefined && { host }), direction: 'recvonly' }
  const limit = clock.after(longest, () => msrp.close())
  let session: InviteSession
  try {
    session = accept(write(answer, clock), {
      request: (incoming) => incoming.reply(incoming.request.method === 'INVITE' ? 488 : 405),
      ended: () => msrp.close(),
      flowLost: () => msrp.close(),
    })
  } catch (thrown) {
    limit.cancel()
    msrp.close()
    throw thrown
  }
  msrp.events.on('closed', () => {
    limit.cancel()
    void session.bye()
    ended?.()
  })
  msrp.open(offer, role).catch(() => {})
}

/** What an INVITE for one message offers; nothing for another INVITE. @throws Fault `malformed` */
export function offerIn({ request: { headers, body } }: SipIncoming): MsrpMedia | undefined {
  if (!/^application\/sdp\s*(?:;|$)/i.test(headers.get('Content-Type') ?? '')) return undefined
  const offer = readMsrpSdp(body)
  return offer?.direction === 'sendonly' ? offer : undefined
}

const write = (media: MsrpMedia, clock: Clock): Uint8Array => Buffer.from(writeMsrpSdp(media, { sessionId: clock.now() }))
