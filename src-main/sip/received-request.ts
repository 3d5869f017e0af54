import type { Ids } from '../base/ids'
import type { Flow } from './flow'
import { makeResponse } from './incoming'
import type { Incoming, ReplyOptions } from './incoming'
import type { SipRequest, SipResponse } from './message'
import type { ServerTransaction } from './server-transactions'
import type { TopVia } from './via'

/** A request that came, and its transaction. */
export class Received implements Incoming, ServerTransaction {
  answer: SipResponse | undefined
  next: ServerTransaction | undefined

  constructor(
    readonly options: { readonly ids: Ids; readonly userAgent: string }, readonly flow: Flow, readonly request: SipRequest, readonly via: TopVia,
  ) {}

  get answered(): boolean {
    return this.answer !== undefined
  }

  readonly reply = (status: number, reason?: string, options?: ReplyOptions): void => {
    const { flow, request } = this
    if (this.answer || flow.closed) return
    const response = makeResponse(request, status, reason, () => this.tag(), options)
    if (!response.headers.has('Server')) response.headers.append('Server', this.options.userAgent)
    if (status >= 200) this.answer = response
    flow.send(response)
  }

  /** For the To of an answer. */
  protected tag(): string {
    return this.options.ids.token(10)
  }
}

/** An INVITE that came, RFC 3261 17.2.1: proceeding --final answer, or CANCEL: 487--> answered. */
export class ReceivedInvite extends Received {
  #tag: string | undefined
  #abort: AbortController | undefined

  get cancelled(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      if (this.flow.closed || this.answer?.status === 487) this.#abort.abort()
    }
    return this.#abort.signal
  }

  /** RFC 3261 9.2 */
  cancel(): void {
    if (this.answered) return
    this.reply(487)
    this.#abort?.abort()
  }

  lost(): void {
    if (!this.answered) this.#abort?.abort()
  }

  // RFC 3261 12.1.1: what is provisional and the 2xx speak of one dialog.
  protected override tag(): string {
    return (this.#tag ??= super.tag())
  }
}
