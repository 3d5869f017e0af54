import type { Change, ChangePage, Conversation, FillPage, Message } from '../../src-main/contract/message'

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a journal does, told row by row: each row has the number of its last change, as in the real one. */
export class ScriptedJournal {
  readonly #rows = new Map<string, Change>()
  readonly #counts = new Map<string, number>()
  /** The rows in the order of their numbers; made when asked for. */
  #ordered: Change[] | undefined
  readonly #orders: { id: string; page: number; isLast: boolean }[][] = []
  n = 0
  asked = 0
  /** A journal that was put back has another; one that was only opened again keeps what it knows. */
  epoch = 'first'
  readonly epochs = new Set(['first'])
  /** How often a filling was asked for. */
  fillings = 0
  /** A filling is answered when this is. */
  gate: Promise<void> = Promise.resolve()

  get newest(): number {
    return this.n
  }

  say(conversation: string, text: string, change: Partial<Message> = {}): Message {
    const place = this.#counts.get(conversation) ?? 0
    const message: Message = {
      conversation, place, id: `${conversation}#${place}`, from: conversation, outgoing: false, at: 1_000 * this.n, sentAt: 1_000 * this.n,
      content: { kind: 'text', text }, status: 'delivered', ...change,
    }
    this.#counts.set(conversation, place + 1)
    this.#keep({ n: ++this.n, kind: 'message', message })
    const { id, outgoing, status, content, at } = message
    this.touch(conversation, { count: place + 1, lastAt: message.at, last: { id, outgoing, status, content, at } })
    return message
  }

  becomes(conversation: string, place: number, status: Message['status']): void {
    const row = this.#rows.get(`${place} ${conversation}`)
    if (row?.kind === 'message') this.#keep({ n: ++this.n, kind: 'message', message: { ...row.message, status } })
  }

  touch(id: string, change: Partial<Conversation>): void {
    const row = this.#rows.get(id)
    const old: Conversation = row?.kind === 'conversation' ? row.conversation : { id, count: 0, lastAt: 0, readPlace: 0, unread: 0 }
    this.#keep({ n: ++this.n, kind: 'conversation', conversation: { ...old, ...change } })
  }

  count(conversation: string): number {
    return this.#counts.get(conversation) ?? 0
  }

  /** Opened again: numbers go on, under another epoch. */
  reopen(): void {
    this.epoch = `epoch ${this.epochs.size + 1}`
    this.epochs.add(this.epoch)
  }

  /** Another copy of it is put back. */
  becomesCopy(other: ScriptedJournal): void {
    this.#rows.clear()
    this.#counts.clear()
    for (const [key, row] of other.#rows) this.#rows.set(key, row)
    for (const [id, count] of other.#counts) this.#counts.set(id, count)
    this.#ordered = undefined
    this.n = other.n
    this.epochs.clear()
    this.epoch = `copy ${other.n}`
    this.epochs.add(this.epoch)
  }

  changes(after: number, limit: number, epoch?: string): ChangePage {
    this.asked++
    const at = { newest: this.n, epoch: this.epoch }
    if ((epoch !== undefined && !this.epochs.has(epoch)) || after > this.n) return { ...at, changes: [], upTo: after, more: false, isReplaced: true }
    this.#ordered ??= [...this.#rows.values()].sort((a, b) => a.n - b.n)
    let first = 0
    for (let end = this.#ordered.length; first < end;) {
      const middle = (first + end) >> 1
      if (this.#ordered[middle]!.n > after) end = middle
      else first = middle + 1
    }
    const changes = this.#ordered.slice(first, first + limit)
    const more = first + limit < this.#ordered.length
    return { ...at, changes, more, upTo: more ? changes.at(-1)!.n : this.n }
  }

  /** Every conversation with its last page, then the other pages, newest first; the cursor counts. */
  filling(cursor: string | null, pages: number): FillPage {
    this.fillings++
    const { conversations, messages } = this.contents()
    const newestFirst = conversations.sort((a, b) => b.lastAt - a.lastAt)
    const of = Map.groupBy(messages, ({ conversation }) => conversation)
    const pageOf = (conversation: string, page: number) => {
      const packed = (of.get(conversation) ?? []).slice(page * 50, page * 50 + 50).map(({ conversation: _, place: __, ...rest }) => rest)
      return { conversation, page, messages: packed }
    }
    const last = (count: number) => Math.ceil(count / 50) - 1
    const [begun, index] = cursor?.split(' ').map(Number) ?? [this.#orders.length, 0]
    // What comes after the first answer comes as changes.
    const order = (this.#orders[begun!] ??= [
      ...newestFirst.map(({ id, count }) => ({ id, page: last(count), isLast: true })),
      ...newestFirst.flatMap(({ id, count }) => Array.from({ length: Math.max(0, last(count)) }, (_, i) => ({ id, page: last(count) - 1 - i, isLast: false }))),
    ])
    const mine = order.slice(index!, index! + pages)
    const rows = new Map(conversations.map((row) => [row.id, row]))
    return {
      newest: this.n, epoch: this.epoch, total: messages.length,
      conversations: mine.flatMap(({ id, isLast }) => (isLast ? rows.get(id) ?? [] : [])),
      pages: mine.flatMap(({ id, page }) => (page < 0 ? [] : [pageOf(id, page)])),
      ...(index! + pages < order.length && { next: `${begun} ${index! + pages}` }),
    }
  }

  /** What a store that equals this journal holds. */
  contents(): { conversations: Conversation[]; messages: Message[] } {
    const rows = [...this.#rows.values()]
    const byName = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    return {
      conversations: rows.flatMap((row) => (row.kind === 'conversation' ? [row.conversation] : [])).sort(byName),
      messages: rows
        .flatMap((row) => (row.kind === 'message' ? [row.message] : []))
        .sort((a, b) => (a.conversation === b.conversation ? a.place - b.place : a.conversation < b.conversation ? -1 : 1)),
    }
  }

  /** One thing happens, drawn by chance: a message, a receipt, a draft, a reading. */
  happen(random: () => number, people: number): void {
    const who = `sip:p${Math.floor(random() * random() * people)}@test`
    const kind = random()
    const count = this.count(who)
    if (kind < 0.6 || count === 0) this.say(who, `第${this.n}条 message`, random() < 0.5 ? { outgoing: true, status: 'queued' } : {})
    else if (kind < 0.85) this.becomes(who, Math.floor(random() * count), random() < 0.5 ? 'sent' : 'displayed')
    else if (kind < 0.93) this.touch(who, { draft: `draft ${this.n}` })
    else this.touch(who, { readPlace: count, unread: 0 })
  }

  #keep(change: Change): void {
    const key = change.kind === 'message' ? `${change.message.place} ${change.message.conversation}` : change.conversation.id
    this.#rows.set(key, change)
    this.#ordered = undefined
  }
}
