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
 * those at once (timer J is 0); a bounded number is kept for a peer that repeats a request nevertheless.
 */
export class ServerTransactions {
  readonly #capacity: number
  readonly #transactions = new Map<string, ServerTransaction>()
  readonly #answered: (string | undefined)[] = []
  #next = 0

  /** @param capacity how many answers are remembered. @default 128 */
  constructor(capacity = 128) {
    this.#capacity = capacity
  }

  /** RFC 3261 17.2.3: by branch, sent-by and method; a request of RFC 2543 by what identified it there. */
  static key(flow: Flow, { via, branch }: TopVia, request: SipRequest, method = request.method): string {
    if (branch !== '') return `${flow.id} ${branch} ${via.host}:${via.port ?? ''} ${method}`
    const { headers } = request
    return `${flow.id} ${request.uri} ${headers.get('From')} ${headers.get('Call-ID')} ${parseInt(headers.get('CSeq')!, 10)} ${method} ${headers.get('Via')}`
  }

  get(key: string): ServerTransaction | undefined {
    return this.#transactions.get(key)
  }

  begin(key: string, transaction: ServerTransaction): void {
    this.#transactions.set(key, transaction)
  }

  answered(key: string, transaction: ServerTransaction, answer: SipResponse): void {
    transaction.answer = answer
    const oldest = this.#answered[this.#next]
    if (oldest !== undefined) this.#transactions.delete(oldest)
    this.#answered[this.#next] = key
    this.#next = (this.#next + 1) % this.#capacity
  }

  /** What a lost flow had asked needs no answer any more. */
  lost(flow: Flow): void {
    for (const [key, transaction] of this.#transactions) if (transaction.flow === flow) this.#transactions.delete(key)
  }

  get size(): number {
    return this.#transactions.size
  }
}
