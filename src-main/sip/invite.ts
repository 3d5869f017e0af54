import type { Clock, Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { T1 } from './client-transactions'
import { Deadlines } from './deadlines'
import type { Flow } from './flow'
import { Headers } from './headers'
import { noBody } from './message'
import type { SipRequest, SipResponse } from './message'

/**
 * Hears every answer to an INVITE but 100: what is provisional, then the final one or a Fault `no-answer`, `connection-lost`
 * or `cancelled`. After a 2xx it hears each further one, be it the same again or that of another branch (RFC 6026 7.2).
 */
export type InviteHearer = (answer: SipResponse | Fault) => void

/**
 * An INVITE client transaction over a reliable transport, RFC 3261 17.1.1 and RFC 6026 7.2:
 *
 *     calling --1xx--> proceeding --2xx--> accepted --timer M--> terminated
 *     calling, proceeding --3xx to 6xx, answered with an ACK--> terminated (timer D is 0)
 *     calling --timer B--> terminated;   calling, proceeding --flow lost, or 64*T1 after a CANCEL--> terminated
 */
type State =
  // RFC 3261 9.1: no CANCEL before a provisional answer.
  | { at: 'calling'; timer: Timer; cancel?: Headers }
  | { at: 'proceeding'; timer?: Timer }
  | { at: 'accepted'; timer: Timer }
  | { at: 'terminated' }

/** The INVITEs of an endpoint that wait for their answers. */
export class ClientInvites {
  readonly #deadlines: Deadlines
  readonly #byBranch = new Map<string, ClientInvite>()

  constructor(clock: Clock, log: Log) {
    this.#deadlines = new Deadlines(clock, log)
  }

  /** @param request as it was sent */
  add(flow: Flow, branch: string, request: SipRequest, hear: InviteHearer): ClientInvite {
    const invite = new ClientInvite(flow, request, hear, this.#deadlines, () => this.#byBranch.delete(branch))
    this.#byBranch.set(branch, invite)
    return invite
  }

  /** RFC 3261 17.1.3. False when no INVITE waits for it. */
  answer(flow: Flow, branch: string, method: string, response: SipResponse): boolean {
    const invite = this.#byBranch.get(branch)
    if (!invite || invite.flow !== flow) return false
    // The answer to a CANCEL changes nothing: the INVITE gets its own (RFC 3261 9.1).
    if (method === 'INVITE') invite.heard(response)
    return true
  }

  lost(flow: Flow): void {
    for (const invite of [...this.#byBranch.values()]) if (invite.flow === flow) invite.lost()
  }

  get size(): number {
    return this.#byBranch.size
  }
}

/** An INVITE that was sent. */
export class ClientInvite {
  readonly flow: Flow
  readonly #request: SipRequest
  readonly #hear: InviteHearer
  readonly #deadlines: Deadlines
  readonly #done: () => void
  #state: State

  constructor(flow: Flow, request: SipRequest, hear: InviteHearer, deadlines: Deadlines, done: () => void) {
    this.flow = flow
    this.#request = request
    this.#hear = hear
    this.#deadlines = deadlines
    this.#done = done
    // RFC 3261 17.1.1.2: timer B
    this.#state = { at: 'calling', timer: deadlines.after(64 * T1, () => this.#fail('no-answer')) }
  }

  /** RFC 3261 9.1: asks the other side to give up; its answer is heard all the same. Nothing once there is a final answer. */
  cancel(headers = new Headers()): void {
    const state = this.#state
    if (state.at === 'calling') state.cancel ??= headers
    else if (state.at === 'proceeding' && !state.timer) this.#sendCancel(headers)
  }

  /** An answer came. */
  heard(response: SipResponse): void {
    const state = this.#state
    const { status } = response
    if (status < 200) {
      if (state.at === 'calling') {
        state.timer.cancel()
        this.#state = { at: 'proceeding' }
        if (state.cancel) this.#sendCancel(state.cancel)
      }
      if (status > 100 && state.at !== 'accepted') this.#hear(response)
    } else if (status < 300) {
      if (state.at !== 'accepted') {
        // RFC 6026 7.2: timer M
        this.#enter({ at: 'accepted', timer: this.#deadlines.after(64 * T1, () => this.#enter({ at: 'terminated' })) })
      }
      this.#hear(response)
    } else if (state.at !== 'accepted') {
      this.#acknowledge(response)
      this.#enter({ at: 'terminated' })
      this.#hear(response)
    }
  }

  lost(): void {
    if (this.#state.at === 'accepted') this.#enter({ at: 'terminated' })
    else this.#fail('connection-lost')
  }

  #enter(next: State): void {
    if ('timer' in this.#state) this.#state.timer?.cancel()
    this.#state = next
    if (next.at === 'terminated') this.#done()
  }

  #fail(code: 'no-answer' | 'connection-lost' | 'cancelled'): void {
    this.#enter({ at: 'terminated' })
    this.#hear(new Fault(code, { text: `INVITE to ${this.flow.remote.host}: ${code}` }))
  }

  #sendCancel(more: Headers): void {
    this.#state = { at: 'proceeding', timer: this.#deadlines.after(64 * T1, () => this.#fail('cancelled')) }
    const headers = this.#repeated('CANCEL', this.#request.headers.get('To')!)
    more.each((name, value) => void headers.append(name, value))
    this.flow.send({ kind: 'request', method: 'CANCEL', uri: this.#request.uri, headers, body: noBody })
  }

  // RFC 3261 17.1.1.3
  #acknowledge(response: SipResponse): void {
    const headers = this.#repeated('ACK', response.headers.get('To')!)
    this.flow.send({ kind: 'request', method: 'ACK', uri: this.#request.uri, headers, body: noBody })
  }

  /** RFC 3261 9.1 and 17.1.1.3: a CANCEL and the ACK of a refusal go the way of their INVITE, under its branch. */
  #repeated(method: 'ACK' | 'CANCEL', to: string): Headers {
    const of = this.#request.headers
    const headers = new Headers()
    headers.append('Via', of.get('Via')!)
    for (const route of of.all('Route')) headers.append('Route', route)
    headers.append('Max-Forwards', '70')
    headers.append('From', of.get('From')!)
    headers.append('To', to)
    headers.append('Call-ID', of.get('Call-ID')!)
    headers.append('CSeq', `${parseInt(of.get('CSeq')!, 10)} ${method}`)
    return headers
  }
}
