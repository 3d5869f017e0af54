import { backoff, type BackoffRange } from '../base/backoff'
import type { Clock, Timer } from '../base/clock'
import type { Ahead } from './ahead'
import { BySeq } from './by-seq'
import type { Carrier, Outcome } from './carrier'
import type { LaneName } from './envelope'
import { flag } from './envelope'
import type { Final, Retry } from './policy'
import { mayBeMore, MOST_READ, type QueueRow } from './queue/row'

/** What a lane needs of its relay. */
export interface LaneHost {
  readonly clock: Clock
  readonly random: () => number
  readonly retry: BackoffRange
  readonly overdue: Pick<Clock, 'now'>
  readonly ahead: Ahead
  /** Rows of the lane after `after`, of one conversation or of all. */
  next(lane: LaneName, after: number, limit: number, conversation?: string): Promise<QueueRow[]>
  /** Commits what became of a row; `gone` hears that it is out of the queue. */
  settle(row: QueueRow, outcome: Final, gone: () => void): void
  expire(row: QueueRow, gone: () => void): void
  retrying(row: QueueRow, outcome: Retry, again: number): void
  /** An envelope left for the carrier, or its outcome came. */
  flying(change: number): void
  /** The lane sleeps and remembers nothing. */
  emptied(lane: Lane): void
}

/** How many rows are read at once, and kept of one conversation whatever else there is. */
const AHEAD = 256
/** And how many bytes of bodies of one conversation. */
const AHEAD_BYTES = 4 * 1024 * 1024
/** Fewer rows than this that could leave, and the next are read. */
const LOW = 128
/** So many conversations are remembered although nothing waits for them. */
const FEW = 8
/** How many are in flight towards a receiver that takes one a conversation. */
const AT_ONCE = 32

// waiting --deliver--> flying --taken, failed--> settling --committed--> (gone)
//    ^-----retry, lost----'
interface Entry {
  row: QueueRow
  at: 'waiting' | 'flying' | 'settling'
  thread: Thread
  /** Bytes of `Ahead` that it has while it waits. */
  ahead: number
}

/** One conversation's share of a lane. */
interface Thread {
  readonly key: string
  readonly waiting: BySeq<Entry>
  /** Of the bodies that wait. */
  bytes: number
  flying: number
  attempt: number
  /** The next hop asked to wait. */
  held: Timer | undefined
  /** It stands in the lane's row of those that may send. */
  isReady: boolean
  /** Rows after this one were not kept in memory. */
  overflow: number | undefined
}

// asleep --attach--> awake --lost, detach--> asleep
/** One destination's work: order holds for each conversation; what the carrier cannot take waits here and in the queue. */
export class Lane {
  readonly #host: LaneHost
  #carrier: Carrier | undefined
  /** Counts attachments, so that an answer is known to be of an older one. */
  #epoch = 0
  readonly #entries = new BySeq<Entry>()
  /** By conversation. Those at rest are forgotten several at a time, for the reason that `BySeq` gives. */
  #threads = new Map<string, Thread>()
  #threadsRoom = FEW
  /** Threads that may send, in turn. */
  #ready: Thread[] = []
  #flying = 0
  #sendable = 0
  /** Everything up to here has been read from the queue. */
  #readUpTo = 0
  /** Everything in the queue is in memory: what is put from now on need not be read. */
  #complete = false
  #reading = false
  #missed = false
  #pumping = false
  #paused = false

  constructor(readonly name: LaneName, host: LaneHost) {
    this.#host = host
  }

  get awake(): boolean {
    return this.#carrier !== undefined
  }

  /** Nothing is remembered here that the queue does not know. */
  get empty(): boolean {
    return !this.#carrier && this.#entries.size === 0
  }

  /** Starts or takes over delivery; what an older carrier has not answered is delivered again. */
  attach(carrier: Carrier): () => void {
    this.#sleep()
    const epoch = this.#epoch
    this.#carrier = carrier
    this.reread()
    return () => {
      if (this.#epoch !== epoch) return
      this.#sleep()
      if (this.empty) this.#host.emptied(this)
    }
  }

  /** A row that has just been committed. */
  offer(row: QueueRow): void {
    if (!this.#carrier) return
    if (!this.#complete) {
      this.#missed = true
      return
    }
    if (row.seq <= this.#readUpTo || this.#entries.has(row.seq)) return
    this.#add(row)
    this.#pumpSoon()
  }

  /** Reads the lane from its beginning: rows came by another way than `offer`. */
  reread(): void {
    if (!this.#carrier) return
    this.#readUpTo = 0
    this.#complete = false
    this.#missed = this.#reading
    void this.#read()
  }

  /** Lets go of a row that another has settled or will; false while the carrier or a commit has it. */
  release(seq: number): boolean {
    const entry = this.#entries.get(seq)
    if (!entry) return true
    if (entry.at !== 'waiting') return false
    this.#dropWaiting(entry)
    return true
  }

  /** Sends nothing more; what is in flight may still be answered. */
  pause(): void {
    this.#paused = true
  }

  detach(): void {
    this.#sleep()
  }

  #sleep(): void {
    this.#epoch++
    this.#carrier = undefined
    for (const thread of this.#threads.values()) {
      thread.held?.cancel()
      thread.waiting.each((entry) => this.#giveBack(entry))
    }
    this.#threads = new Map()
    this.#threadsRoom = FEW
    this.#ready = []
    if (this.#entries.size) this.#entries.filter((entry) => entry.at === 'settling')
    this.#flying = 0
    this.#sendable = 0
    this.#complete = false
  }

  async #read(): Promise<void> {
    if (this.#reading || this.#complete || !this.#carrier) return
    this.#reading = true
    const epoch = this.#epoch
    const from = this.#readUpTo
    const rows = await this.#host.next(this.name, from, AHEAD).catch(() => undefined)
    this.#reading = false
    if (epoch !== this.#epoch || from !== this.#readUpTo) return void this.#read()
    if (!rows) {
      this.#host.clock.after(this.#host.retry.first, () => void this.#read())
      return
    }
    for (const row of rows) {
      this.#readUpTo = row.seq
      if (!this.#entries.has(row.seq)) this.#add(row)
    }
    this.#complete = !mayBeMore(rows, AHEAD) && !this.#missed
    this.#missed = false
    this.#pumpSoon()
  }

  #add(row: QueueRow): void {
    const thread = row.flags & flag.unordered ? newThread(`\0${row.seq}`) : this.#threads.get(row.conversation) ?? this.#addThread(row.conversation)
    if (thread.overflow !== undefined) return
    let ahead = 0
    if (thread.waiting.size >= AHEAD || (thread.bytes + row.body.length > AHEAD_BYTES && thread.waiting.size)) {
      // A conversation that is held must not fill the memory, nor keep the rows behind it from being read.
      if (!thread.held) ahead = this.#host.ahead.take(row)
      if (!ahead) {
        thread.overflow = thread.waiting.last!.row.seq
        return
      }
    }
    const entry: Entry = { row, at: 'waiting', thread, ahead }
    this.#entries.set(row.seq, entry)
    this.#enqueue(entry)
  }

  #addThread(key: string): Thread {
    if (this.#threads.size >= this.#threadsRoom) {
      this.#threads = new Map([...this.#threads].filter(([, thread]) => !isAtRest(thread)))
      this.#threadsRoom = this.#threads.size * 2 + FEW
    }
    const thread = newThread(key)
    this.#threads.set(key, thread)
    return thread
  }

  #enqueue(entry: Entry): void {
    entry.thread.waiting.set(entry.row.seq, entry)
    entry.thread.bytes += entry.row.body.length
    if (!entry.thread.held) this.#sendable++
    this.#wake(entry.thread)
  }

  #wake(thread: Thread): void {
    const perThread = this.#carrier?.window ?? 1
    if (!thread.held && thread.waiting.size && thread.flying < perThread) this.#makeReady(thread)
  }

  #makeReady(thread: Thread): void {
    if (thread.isReady) return
    thread.isReady = true
    this.#ready.push(thread)
  }

  #dropWaiting(entry: Entry): void {
    const { thread } = entry
    if (thread.waiting.delete(entry.row.seq)) {
      thread.bytes -= entry.row.body.length
      if (!thread.held) this.#sendable--
    }
    this.#giveBack(entry)
    this.#entries.delete(entry.row.seq)
    this.#rest(thread)
  }

  #giveBack(entry: Entry): void {
    if (entry.ahead) this.#host.ahead.giveBack(entry.ahead)
    entry.ahead = 0
  }

  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    const carrier = this.#carrier
    if (!carrier || this.#paused) return
    const perThread = carrier.window ?? 1
    const atOnce = carrier.window ?? carrier.atOnce ?? AT_ONCE
    const now = this.#host.overdue.now()
    const batch: Entry[] = []
    while (this.#flying < atOnce && this.#ready.length) {
      const thread = this.#ready.shift()!
      thread.isReady = false
      const entry = thread.held ? undefined : thread.waiting.shift()
      if (!entry) continue
      thread.bytes -= entry.row.body.length
      this.#sendable--
      this.#giveBack(entry)
      if (entry.row.expiresAt <= now) {
        entry.at = 'settling'
        this.#host.expire(entry.row, () => this.#gone(entry))
      } else {
        entry.at = 'flying'
        thread.flying++
        this.#flying++
        batch.push(entry)
      }
      if (thread.waiting.size && thread.flying < perThread) this.#makeReady(thread)
      else this.#rest(thread)
    }
    if (!this.#complete && this.#sendable < LOW && !this.#isFull) void this.#read()
    if (batch.length) this.#deliver(carrier, batch)
  }

  /** What could leave is so large that no more is read. */
  get #isFull(): boolean {
    let bytes = 0
    for (const thread of this.#threads.values()) if (!thread.held) bytes += thread.bytes
    return bytes >= MOST_READ
  }

  #deliver(carrier: Carrier, batch: Entry[]): void {
    const epoch = this.#epoch
    const open: (Entry | undefined)[] = batch
    this.#host.flying(open.length)
    const hear = (place: number, outcome: Outcome): void => {
      const entry = open[place]
      if (!entry) return
      open[place] = undefined
      this.#outcome(entry, outcome, epoch)
      this.#host.flying(-1)
    }
    try {
      carrier.deliver(batch.map(({ row }) => row), hear)
    } catch {
      for (let place = 0; place < open.length; place++) hear(place, { kind: 'lost' })
    }
  }

  #outcome(sent: Entry, outcome: Outcome, epoch: number): void {
    const isFinal = outcome.kind === 'taken' || outcome.kind === 'failed'
    if (isFinal) {
      // It counts whichever attachment it belongs to: the row may wait again by now, or be in flight once more.
      const entry = this.#entries.get(sent.row.seq) ?? sent
      if (entry.at === 'settling') return
      if (entry.at === 'waiting') this.#dropWaiting(entry)
      else if (entry !== sent || epoch === this.#epoch) this.#landed(entry.thread)
      entry.at = 'settling'
      entry.thread.attempt = 0
      this.#entries.set(entry.row.seq, entry)
      this.#host.settle(entry.row, outcome, () => this.#gone(entry))
      this.#pumpSoon()
      return
    }
    if (epoch !== this.#epoch || sent.at !== 'flying') return
    if (outcome.kind === 'lost') {
      this.#sleep()
      if (this.empty) this.#host.emptied(this)
      return
    }
    this.#landed(sent.thread)
    sent.at = 'waiting'
    this.#hold(sent, outcome)
    this.#pumpSoon()
  }

  #landed(thread: Thread): void {
    this.#flying--
    thread.flying--
    this.#wake(thread)
    this.#rest(thread)
  }

  #hold(entry: Entry, outcome: Retry): void {
    const { thread } = entry
    const { clock, random, retry } = this.#host
    if (thread.held) {
      this.#enqueue(entry)
      return
    }
    thread.attempt++
    const wait = outcome.after ?? backoff(thread.attempt, random(), retry)
    this.#sendable -= thread.waiting.size
    thread.held = clock.after(wait, () => {
      thread.held = undefined
      this.#sendable += thread.waiting.size
      this.#wake(thread)
      this.#pumpSoon()
    })
    // One without a conversation is known by its timer only.
    this.#threads.set(thread.key, thread)
    this.#enqueue(entry)
    this.#host.retrying(entry.row, outcome, clock.now() + wait)
  }

  #gone(entry: Entry): void {
    if (this.#entries.get(entry.row.seq) === entry) this.#entries.delete(entry.row.seq)
    if (this.empty) this.#host.emptied(this)
  }

  /** A thread without work reads what did not fit into memory. */
  #rest(thread: Thread): void {
    if (!thread.waiting.size && !thread.flying && !thread.held && thread.overflow !== undefined) void this.#readOn(thread, thread.overflow)
  }

  async #readOn(thread: Thread, after: number): Promise<void> {
    const epoch = this.#epoch
    const rows = await this.#host.next(this.name, after, AHEAD, thread.key).catch(() => undefined)
    if (epoch !== this.#epoch || thread.overflow !== after) return
    if (!rows) {
      this.#host.clock.after(this.#host.retry.first, () => void this.#readOn(thread, after))
      return
    }
    thread.overflow = undefined
    for (const row of rows) if (!this.#entries.has(row.seq)) this.#add(row)
    if (mayBeMore(rows, AHEAD)) thread.overflow ??= rows.at(-1)!.seq
    this.#rest(thread)
    this.#pumpSoon()
  }
}

const newThread = (key: string): Thread =>
  ({ key, waiting: new BySeq(), bytes: 0, flying: 0, attempt: 0, held: undefined, isReady: false, overflow: undefined })

const isAtRest = ({ waiting, flying, held, overflow }: Thread): boolean =>
  !waiting.size && !flying && !held && overflow === undefined
