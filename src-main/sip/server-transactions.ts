import type { Flow } from './flow'
import type { SipRequest, SipResponse } from './message'
import type { TopVia } from './received'

/** Non-INVITE and INVITE server transactions over reliable transports, RFC 3261 17.2: proceeding --final answer--> answered. */
export interface ServerTransaction {
  readonly flow: Flow
  readonly request: SipRequest
  answer?: SipResponse
}

/**
 * The requests that an endpoint is answering, and the last answers that it gave. Over reliable transports RFC 3261 forgets
 * those at once (timer J is 0); a bounded number is kept for a peer that repeats a request nevertheless. They are kept in two
 * generations, the older of which is dropped whole: nothing is ever taken out of a Map, see `ClientTransactions`.
 */
export class ServerTransactions {
  readonly #generation: number
  #young = new Map<string, ServerTransaction>()
  #old = new Map<string, ServerTransaction>()
  /** How many may still begin before the young are the old. */
  #room: number

  /** @param generation how many answers are remembered at least; at most it is twice as many. @default 128 */
  constructor(generation = 128) {
    this.#generation = this.#room = generation
  }

  /** RFC 3261 17.2.3: by branch, sent-by and method; a request of RFC 2543 by what identified it there. */
  static key(flow: Flow, { via, branch }: TopVia, request: SipRequest, method = request.method): string {
    if (branch !== '') return `${flow.id} ${branch} ${via.host}:${via.port ?? ''} ${method}`
    const { headers } = request
    return `${flow.id} ${request.uri} ${headers.get('From')} ${headers.get('Call-ID')} ${parseInt(headers.get('CSeq')!, 10)} ${method} ${headers.get('Via')}`
  }

  get(key: string): ServerTransaction | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  begin(key: string, transaction: ServerTransaction): void {
    if (--this.#room < 0) this.#age()
    this.#young.set(key, transaction)
  }

  /** What a lost flow had asked needs no answer any more. */
  lost(flow: Flow): void {
    for (const transactions of [this.#young, this.#old]) {
      for (const [key, transaction] of transactions) if (transaction.flow === flow) transactions.delete(key)
    }
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** What is not answered yet stays, however old it is. */
  #age(): void {
    const kept = new Map<string, ServerTransaction>()
    for (const [key, transaction] of this.#old) if (!transaction.answer) kept.set(key, transaction)
    this.#old = this.#young
    this.#young = kept
    this.#room = Math.max(this.#generation, kept.size)
  }
}
