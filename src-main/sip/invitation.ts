import { MINUTE } from '../base/clock'
import { Fault } from '../base/faults'
import { readCSeq } from './cseq'
import { stateOfAnswer } from './dialog'
import type { Dialogs } from './dialogs'
import type { OutgoingRequest } from './endpoint'
import type { Flow } from './flow'
import { Headers } from './headers'
import type { HeaderList, Incoming } from './incoming'
import { InviteSession } from './invite-session'
import type { SessionUser } from './invite-session'
import type { SipResponse } from './message'
import { tagOf } from './name-address'
import { establish, opening } from './new-dialog'
import type { DialogAnswer, NewDialogRequest } from './new-dialog'

export type InvitationAnswer =
  | { kind: 'accepted'; session: InviteSession; response: SipResponse }
  /** With 3xx to 6xx: 302 says where to ask (RFC 3261 8.1.3.4), 487 that it was cancelled. */
  | { kind: 'refused'; response: SipResponse }

/** An INVITE of ours that is to begin a session. */
export interface Invitation {
  /** Rejects with a Fault `no-answer`, `connection-lost` or `cancelled`. */
  readonly answer: Promise<InvitationAnswer>
  /** RFC 3261 9.1. When the other side has accepted meanwhile, the session is ended at once and `answer` rejects with `cancelled`. */
  cancel(headers?: HeaderList): void
}

export interface InviteOptions {
  /** Hears what is provisional but 100. */
  progress?: (response: SipResponse) => void
  /** How long it may ring before it is cancelled, ms. @default 180_000 (timer C of RFC 3261 16.6) */
  ring?: number
}

/** Nobody's. */
const nobody: SessionUser = { request: (incoming) => incoming.reply(481), ended() {} }

/** Invites (RFC 3261 13.2). The session is `user`'s from its first moment on: a request in it may follow the 2xx at once. */
export function invite(dialogs: Dialogs, flow: Flow, request: NewDialogRequest, user: SessionUser, options: InviteOptions = {}): Invitation {
  const { promise: answer, resolve, reject } = Promise.withResolvers<InvitationAnswer>()
  // Who cancels does not always wait for what comes of it.
  answer.catch(() => {})
  const { make } = opening(request, dialogs.ids)
  /** By their tags: an INVITE that was forked may be accepted more than once (RFC 3261 13.2.2.4). */
  const sessions = new Map<string, InviteSession>()
  let cancelled = false
  const limit = dialogs.deadlines.after(options.ring ?? 3 * MINUTE, () => cancel())

  const accepted = (response: SipResponse, sent: OutgoingRequest): void => {
    const tag = tagOf(response.headers.get('To')!)
    const known = sessions.get(tag)
    // Our ACK was lost on its way.
    if (known) return dialogs.acknowledge(known.dialog, sent)
    const isWanted = sessions.size === 0 && !cancelled
    const dialog = dialogs.add(flow, stateOfAnswer(sent, response, request.contact))
    const session = new InviteSession(dialogs, dialog, isWanted ? user : nobody, undefined)
    sessions.set(tag, session)
    dialogs.acknowledge(dialog, sent)
    if (isWanted) return resolve({ kind: 'accepted', session, response })
    void session.bye()
    reject(new Fault('cancelled', { text: 'it was accepted after it was cancelled' }))
  }

  const asked = dialogs.invite(flow, () => make('INVITE'), (heard, sent) => {
    if (!(heard instanceof Fault) && heard.status < 200) return options.progress?.(heard)
    limit.cancel()
    if (heard instanceof Fault) return reject(heard)
    if (heard.status >= 300) return resolve({ kind: 'refused', response: heard })
    try {
      accepted(heard, sent)
    } catch (thrown) {
      reject(Fault.from(thrown))
    }
  })
  const cancel = (headers: HeaderList = []): void => {
    if (sessions.size > 0) return
    cancelled = true
    asked.cancel(new Headers(headers))
  }
  return { answer, cancel }
}

/**
 * Accepts an INVITE that stands in no dialog (RFC 3261 13.3.1.4). When no ACK comes the session ends by itself.
 * @throws Fault `cancelled` when its sender has given it up, `connection-lost`, `malformed`
 */
export function accept(dialogs: Dialogs, incoming: Incoming, answer: DialogAnswer, user: SessionUser): InviteSession {
  const dialog = establish(dialogs, incoming, 200, answer)
  return new InviteSession(dialogs, dialog, user, readCSeq(incoming.request.headers.get('CSeq')!).number)
}
