import { MINUTE, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { InvitationAnswer } from '../sip/invitation'
import type { InviteSession, SessionUser } from '../sip/invite-session'
import type { Incoming as SipIncoming } from '../sip/incoming'
import type { SipResponse } from '../sip/message'
import { answerOffer, mediaOf, readAnswer, type Way } from './offer-answer'
import type { OutgoingMessage } from './outgoing'
import type { Incoming } from './receiver'
import { readMsrpSdp, type MsrpMedia } from './sdp'

/** How long a session for one message lasts at most, ms. */
const longest = 15 * MINUTE

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
export async function giveMessage(way: Way, invite: (sdp: Uint8Array, user: SessionUser) => Promise<InvitationAnswer>, message: OutgoingMessage): Promise<Given> {
  const { msrp, sdp } = mediaOf(way, {
    maxSize: 0, acceptTypes: ['message/cpim'], receive: () => { throw new Fault('refused') },
  })
  let session: InviteSession | undefined
  let limit: Timer | undefined
  try {
    const answer = await invite(sdp('sendonly'), {
      request: (incoming) => incoming.reply(405),
      ended: () => msrp.close(),
      flowLost: () => msrp.close(new Fault('connection-lost')),
    })
    if (answer.kind === 'refused') return answer
    session = answer.session
    const { theirs, role } = readAnswer(way.role, answer.response)
    limit = way.clock.after(longest, () => msrp.close(new Fault('no-answer')))
    await msrp.open(theirs, role)
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
  way: Way, offer: MsrpMedia,
  { maxSize, accept, receive, ended }: {
    /** Bytes. */
    maxSize: number
    accept(sdp: Uint8Array, user: SessionUser): InviteSession
    receive(message: Incoming): Promise<void>
    ended?(): void
  },
): void {
  let isTaken = false
  const { msrp, sdp } = mediaOf(way, {
    maxSize, acceptTypes: ['message/cpim'],
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
  answerOffer(msrp, offer, way.role, () => accept(sdp('recvonly'), {
    request: (incoming) => incoming.reply(incoming.request.method === 'INVITE' ? 488 : 405),
    ended: () => msrp.close(),
    flowLost: () => msrp.close(),
  }))
  const limit = way.clock.after(longest, () => msrp.close())
  msrp.events.on('closed', () => {
    limit.cancel()
    ended?.()
  })
}

/** What an INVITE for one message offers; nothing for another INVITE. @throws Fault `malformed` */
export function offerIn({ request: { headers, body } }: SipIncoming): MsrpMedia | undefined {
  if (!/^application\/sdp\s*(?:;|$)/i.test(headers.get('Content-Type') ?? '')) return undefined
  const offer = readMsrpSdp(body)
  return offer?.direction === 'sendonly' ? offer : undefined
}
