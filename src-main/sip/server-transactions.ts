import type { Flow } from './flow'
import { magicCookie } from './via'
import type { TopVia } from './via'
import type { SipRequest, SipResponse } from './message'

/** Non-INVITE and INVITE server transactions over reliable transports, RFC 3261 17.2: proceeding --final answer--> answered. */
export interface ServerTransaction {
  readonly flow: Flow
  readonly request: SipRequest
  readonly via: TopVia
  readonly answer: SipResponse | undefined
  reply(status: number): void
  /** The flow was lost before it was answered, or after. */
  lost?(): void
  /** Another one under the same key. */
  next: ServerTransaction | undefined
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
  find(flow: Flow, request: SipRequest, via: TopVia, method = request.method): ServerTransaction | undefined {
    const key = keyOf(request, via)
    return among(this.#young.get(key), flow, via, method) ?? among(this.#old.get(key), flow, via, method)
  }

  begin(transaction: ServerTransaction): void {
    if (--this.#room < 0) this.#age()
    const key = keyOf(transaction.request, transaction.via)
    const other = this.#young.get(key)
    if (other) transaction.next = other
    this.#young.set(key, transaction)
  }

  /** What a lost flow had asked needs no answer any more. */
  lost(flow: Flow): void {
    for (const transactions of [this.#young, this.#old]) {
      for (const [key, first] of transactions) {
        const left = without(first, flow)
        if (!left) transactions.delete(key)
        else if (left !== first) transactions.set(key, left)
      }
    }
  }

  get size(): number {
    return sizeOf(this.#young) + sizeOf(this.#old)
  }

  /** What is not answered yet stays, however old it is. */
  #age(): void {
    const kept = new Map<string, ServerTransaction>()
    for (const [key, first] of this.#old) {
      const left = unanswered(first)
      if (left) kept.set(key, left)
    }
    this.#old = this.#young
    this.#young = kept
    this.#room = Math.max(this.#generation, kept.size)
  }
}

/** The branch alone, without joining it with what `among` looks at: a joined text is copied and hashed for every message. */
function keyOf({ uri, headers }: SipRequest, { branch }: TopVia): string {
  // RFC 4475 3.2.1: the magic cookie alone is no branch.
  if (branch.length > magicCookie.length && branch.startsWith(magicCookie)) return branch
  return `${uri} ${headers.get('From')} ${headers.get('Call-ID')} ${parseInt(headers.get('CSeq')!, 10)} ${headers.get('Via')}`
}

function among(first: ServerTransaction | undefined, flow: Flow, { sentBy }: TopVia, method: string): ServerTransaction | undefined {
  for (let each = first; each; each = each.next) {
    if (each.flow === flow && each.request.method === method && each.via.sentBy === sentBy) return each
  }
  return undefined
}

function without(first: ServerTransaction | undefined, flow: Flow): ServerTransaction | undefined {
  if (!first) return undefined
  first.next = without(first.next, flow)
  if (first.flow !== flow) return first
  first.lost?.()
  return first.next
}

function unanswered(first: ServerTransaction | undefined): ServerTransaction | undefined {
  if (!first) return undefined
  first.next = unanswered(first.next)
  return first.answer ? first.next : first
}

function sizeOf(transactions: Map<string, ServerTransaction>): number {
  let size = 0
  for (let each of transactions.values()) for (size++; each.next; each = each.next) size++
  return size
}
