import { backoff } from '../../base/backoff'
import type { Clock, Timer } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Log } from '../../base/log'
import type { Ledger, Verbs } from './ledger'
import { Packer, packingOf, transferOf, Unpacker, type Packings } from './packing'
import type { Call, FromThread, Port, ToThread } from './port'

export interface LedgerParts {
  /** Starts the thread that serves the file; called again after it died. */
  spawn: () => Port
  log: Log
  clock: Clock
  /** As the thread has them. */
  packings?: Packings
}

interface Pending {
  call: Call
  resolve: (value: never) => void
  reject: (fault: Fault) => void
}

/** The most that share one commit: bounds how long the first of them waits. */
const LARGEST_BATCH = 1_000
/** With so many, a commit waits for no more. */
const ENOUGH = 256
/** Turns of the event loop for which a burst is waited for at most. */
const LONGEST_BURST = 8
/** How long what is patient waits for another to share its commit, ms. */
const PATIENCE = 10
/** Deaths in a row, without one answer between, after which what is waiting is given up. */
const DEATHS = 5
const RESPAWN = { first: 50, longest: 2_000 }

/**
 * A ledger on the far side of a port.
 * @throws Fault `newer-version`, `disk-full`, `disk-broken`, when the file cannot be opened
 */
export async function openLedger<V extends Verbs>(parts: LedgerParts): Promise<Ledger<V>> {
  const ledger = new PortLedger<V>(parts)
  await ledger.opened
  return ledger
}

// starting --opened--> open --(died)--> waiting --timer--> starting     open --close()--> closing --> closed
//        `--refused--> down --commit or read--> starting
type State = 'starting' | 'open' | 'waiting' | 'down' | 'closing' | 'closed'

class PortLedger<V extends Verbs> implements Ledger<V> {
  readonly opened: Promise<void>
  readonly #parts: LedgerParts
  readonly #first = Promise.withResolvers<void>()
  readonly #respawnListeners = new Set<() => void>()
  #state: State = 'starting'
  #port!: Port
  /** What the next commit takes along. */
  #waiting: Pending[] = []
  /** What the thread is committing now. */
  #inFlight: Pending[] = []
  readonly #reads = new Map<number, Pending>()
  #lastRead = 0
  #deaths = 0
  #hasOpened = false
  #flushing = false
  /** Of what waits, something must not wait longer. */
  #hurried = false
  /** Begins a commit for what only waits for company. */
  #patience: Timer | undefined
  #closing: PromiseWithResolvers<void> | undefined

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.opened = this.#first.promise
    this.opened.catch(() => {})
    this.#spawn()
  }

  commit<K extends keyof V & string>(verb: K, args: Parameters<V[K]>[1], { patient = false } = {}): Promise<ReturnType<V[K]>> {
    return new Promise((resolve, reject) => {
      if (this.#isShut(reject)) return
      this.#waiting.push({ call: [verb, args], resolve: resolve as never, reject })
      if (patient) this.#flushLater()
      else this.#hurry()
    })
  }

  read<K extends keyof V & string>(verb: K, args: Parameters<V[K]>[1]): Promise<ReturnType<V[K]>> {
    return new Promise((resolve, reject) => {
      if (this.#isShut(reject)) return
      const id = ++this.#lastRead
      const pending: Pending = { call: [verb, args], resolve: resolve as never, reject }
      this.#reads.set(id, pending)
      if (this.#state === 'open') this.#post({ kind: 'read', id, item: pending.call })
    })
  }

  onRespawn(heard: () => void): () => void {
    this.#respawnListeners.add(heard)
    return () => void this.#respawnListeners.delete(heard)
  }

  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = Promise.withResolvers()
      if (this.#waiting.length) this.#hurry()
      this.#closeWhenDone()
    }
    return this.#closing.promise
  }

  #isShut(reject: (fault: Fault) => void): boolean {
    if (this.#closing) {
      reject(new Fault('closed', { text: 'the database is closed' }))
      return true
    }
    if (this.#state === 'down') this.#spawn()
    return false
  }

  #post(message: ToThread, transfer?: ArrayBuffer[]): void {
    this.#port.post(message, transfer)
  }

  #postBatch(): void {
    const { packings = {} } = this.#parts
    const packer = new Packer()
    const calls = this.#inFlight.map(({ call: [verb, args] }) => {
      packingOf(packings, verb).writeArgs(packer, args)
      return verb
    })
    const args = packer.pack()
    this.#post({ kind: 'commit', calls, args }, transferOf(args))
  }

  /**
   * Every message that shares a commit makes it cheaper for all, and what comes comes in bursts: the next one leaves after the
   * first turn of the event loop that brings nothing more.
   */
  #flushSoon(): void {
    if (this.#flushing || this.#inFlight.length || this.#state !== 'open') return
    this.#flushing = true
    let seen = -1
    let turns = 0
    const turn = (): void => {
      const { length } = this.#waiting
      if (length > seen && length < ENOUGH && ++turns < LONGEST_BURST) {
        seen = length
        setImmediate(turn)
        return
      }
      this.#flushing = false
      this.#flush()
    }
    setImmediate(turn)
  }

  #hurry(): void {
    this.#hurried = true
    this.#flushSoon()
  }

  #flushLater(): void {
    this.#patience ??= this.#parts.clock.after(PATIENCE, () => {
      this.#patience = undefined
      if (this.#waiting.length) this.#hurry()
    })
  }

  #flush(): void {
    if (this.#inFlight.length || !this.#waiting.length || this.#state !== 'open') return
    this.#inFlight = this.#waiting.length > LARGEST_BATCH ? this.#waiting.splice(0, LARGEST_BATCH) : this.#waiting
    if (this.#inFlight === this.#waiting) this.#waiting = []
    this.#hurried = this.#waiting.length > 0
    if (!this.#hurried) {
      this.#patience?.cancel()
      this.#patience = undefined
    }
    this.#postBatch()
  }

  #spawn(): void {
    this.#state = 'starting'
    const port = this.#parts.spawn()
    this.#port = port
    port.onMessage((message: FromThread) => {
      if (this.#port === port) this.#hear(message)
    })
    port.onClosed((reason) => {
      if (this.#port === port) this.#died(reason)
    })
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'migrating':
        this.#parts.log.info({ ...message.progress }, 'the database is brought to a newer version')
        return
      case 'opened':
        this.#open()
        return
      case 'refused':
        this.#refuse(Fault.of(message.fault))
        return
      case 'committed': {
        this.#deaths = 0
        const done = this.#inFlight
        this.#inFlight = []
        this.#answer(done, message)
        if (this.#hurried) this.#flushSoon()
        this.#closeWhenDone()
        return
      }
      case 'answer': {
        this.#deaths = 0
        const pending = this.#reads.get(message.id)
        this.#reads.delete(message.id)
        if (!pending) return
        const { fault, result } = message
        if (result) {
          const unpacker = new Unpacker(result)
          pending.resolve(packingOf(this.#parts.packings ?? {}, pending.call[0]).readResult(unpacker) as never)
        } else pending.reject(fault ? Fault.of(fault) : new Fault('internal'))
        this.#closeWhenDone()
        return
      }
      case 'closed':
        this.#end()
    }
  }

  #answer(done: readonly Pending[], { faults, results }: Extract<FromThread, { kind: 'committed' }>): void {
    const unpacker = new Unpacker(results)
    const failed = faults.length ? new Map(faults) : undefined
    done.forEach(({ call: [verb], resolve, reject }, i) => {
      const fault = failed?.get(i)
      if (fault) reject(Fault.of(fault))
      else resolve(packingOf(this.#parts.packings ?? {}, verb).readResult(unpacker) as never)
    })
  }

  #open(): void {
    this.#state = 'open'
    // What was being committed when the thread died is repeated as it was; verbs are idempotent.
    if (this.#inFlight.length) this.#postBatch()
    for (const [id, { call }] of this.#reads) this.#post({ kind: 'read', id, item: call })
    this.#flush()
    if (this.#hasOpened) for (const heard of this.#respawnListeners) heard()
    this.#hasOpened = true
    this.#first.resolve()
    this.#closeWhenDone()
  }

  /** The file cannot be opened: whoever waits is told; the next call tries again. */
  #refuse(fault: Fault): void {
    this.#state = 'down'
    const port = this.#port
    this.#port = nobody
    port.end()
    this.#giveUp(fault)
    this.#first.reject(fault)
    this.#closeWhenDone()
  }

  #giveUp(fault: Fault): void {
    const everyone = [...this.#inFlight, ...this.#waiting, ...this.#reads.values()]
    this.#inFlight = []
    this.#waiting = []
    this.#reads.clear()
    for (const pending of everyone) pending.reject(fault)
  }

  #died(reason: string | undefined): void {
    if (this.#state === 'closing') return this.#end()
    if (this.#state === 'closed') return
    this.#deaths++
    this.#parts.log.error({ reason, deaths: this.#deaths }, 'the database thread died')
    if (this.#deaths >= DEATHS) {
      this.#refuse(new Fault('disk-broken', { text: `the database thread died ${this.#deaths} times: ${reason ?? 'no reason given'}` }))
      return
    }
    this.#state = 'waiting'
    this.#parts.clock.after(this.#deaths === 1 ? 0 : backoff(this.#deaths - 1, 0, RESPAWN), () => {
      if (this.#state === 'waiting') this.#spawn()
    })
  }

  #closeWhenDone(): void {
    if (!this.#closing || this.#inFlight.length || this.#waiting.length || this.#reads.size) return
    if (this.#state === 'down') return this.#end()
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#post({ kind: 'close' })
  }

  #end(): void {
    this.#state = 'closed'
    const port = this.#port
    this.#port = nobody
    port.end()
    this.#giveUp(new Fault('closed'))
    this.#closing?.resolve()
  }
}

const nobody: Port = { post() {}, onMessage() {}, onClosed() {}, end() {} }
