import { SECOND, type Clock, type Timer } from '../base/clock'
import type { Flow } from '../sip/flow'

/** RFC 5626 4.4.1: how long a pong may take, in ms. */
const pongTime = 10 * SECOND

export interface KeepAliveParts {
  flow: Flow
  clock: Clock
  random: () => number
  /** The server's Flow-Timer, in ms. */
  flowTimer: number
  /** Sends OPTIONS to the server; any answer is a sign of life. */
  ask(): Promise<unknown>
  /** Called once, when the flow gave no sign of life. */
  dead(): void
}

/**
 * Keeps one flow alive (RFC 5626 4.4.1): CRLFCRLF between 80 and 100 % of the flow timer, and a pong within 10 s.
 * COMPAT(servers without RFC 5626): a flow on which no pong ever came is asked with OPTIONS instead.
 */
export class KeepAlive {
  readonly #parts: KeepAliveParts
  readonly #forget: () => void
  #next: Timer | undefined
  #late: Timer | undefined
  #ponged = false
  #stopped = false

  constructor(parts: KeepAliveParts) {
    this.#parts = parts
    const heard = () => {
      this.#ponged = true
      this.#alive()
    }
    const forgets = [parts.flow.events.on('pong', heard), parts.flow.events.on('ping', heard)]
    this.#forget = () => forgets.forEach((forget) => forget())
    this.#plan()
  }

  /** Asks for a sign of life now. */
  probe(): void {
    if (this.#stopped || this.#late) return
    this.#next?.cancel()
    this.#late = this.#parts.clock.after(pongTime, () => {
      this.#late = undefined
      if (this.#ponged) this.#die()
      else this.#parts.ask().then(() => this.#alive(), () => this.#die())
    })
    this.#parts.flow.ping()
  }

  stop(): void {
    this.#stopped = true
    this.#next?.cancel()
    this.#late?.cancel()
    this.#forget()
  }

  #plan(): void {
    const { clock, random, flowTimer } = this.#parts
    this.#next = clock.after(flowTimer * (0.8 + 0.2 * random()), () => this.probe())
  }

  #alive(): void {
    if (this.#stopped) return
    this.#late?.cancel()
    this.#late = undefined
    this.#next?.cancel()
    this.#plan()
  }

  #die(): void {
    if (this.#stopped) return
    this.stop()
    this.#parts.dead()
  }
}
