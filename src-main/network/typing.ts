import { SECOND, type Clock, type Timer } from '../base/clock'
import type { Typing } from '../contract/calls'
import { writeComposing } from '../rcs/content'
import { standaloneHeaders } from './requests'
import type { Session } from './session'

/** RFC 3994 3.2: how long `active` holds, in s, and how often it is said again at most. */
const refresh = 60
/** RFC 3994 3.2: a pause of this length is idleness, in ms. */
const idleAfter = 15 * SECOND

export interface TypingParts {
  session: Pick<Session, 'request'>
  account: string
  clock: Clock
}

interface Writing {
  saidAt: number
  idle: Timer
}

/** Tells the other side that something is being written: at the first key, again after `refresh`, and when it stops. */
export class TypingSender {
  readonly #parts: TypingParts
  readonly #writing = new Map<string, Writing>()

  constructor(parts: TypingParts) {
    this.#parts = parts
  }

  /** A key was pressed in the conversation's composer, or it was emptied or left. */
  typed(conversation: string, isTyping: boolean): void {
    const { clock } = this.#parts
    const writing = this.#writing.get(conversation)
    writing?.idle.cancel()
    if (!isTyping) {
      if (this.#writing.delete(conversation)) this.#say(conversation, 'idle')
      return
    }
    const now = clock.steady()
    const due = !writing || now - writing.saidAt >= refresh * SECOND
    const idle = clock.after(idleAfter, () => this.typed(conversation, false))
    this.#writing.set(conversation, { saidAt: due ? now : writing.saidAt, idle })
    if (due) this.#say(conversation, 'active')
  }

  /** A message went out: it says by itself that the writing is over (RFC 3994 3.3). */
  sent(conversation: string): void {
    this.#writing.get(conversation)?.idle.cancel()
    this.#writing.delete(conversation)
  }

  stop(): void {
    for (const { idle } of this.#writing.values()) idle.cancel()
    this.#writing.clear()
  }

  /** Never kept and never repeated: whoever is away has no use for it. */
  #say(to: string, state: 'active' | 'idle'): void {
    const { session, account, clock } = this.#parts
    const now = clock.now()
    const { contentType, body } = writeComposing({
      from: account, to, sentAt: now,
      composing: { state, contentType: 'text/plain', lastActive: now, ...(state === 'active' && { refresh }) },
    })
    void session.request({
      method: 'MESSAGE', to, body,
      headers: [...standaloneHeaders(account), ['Expires', '0'], ['Priority', 'non-urgent'], ['Content-Type', contentType]],
    }).catch(() => undefined)
  }
}

/** Who is writing to us, so that a message or the end of its time takes it away. */
export class TypingHeard {
  readonly #clock: Clock
  readonly #tell: (typing: Typing) => void
  readonly #until = new Map<string, Timer>()

  constructor(clock: Clock, tell: (typing: Typing) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** @param until ms; 0 when it has stopped */
  heard(from: string, conversation: string, until: number): void {
    const key = `${conversation} ${from}`
    const was = this.#until.get(key)
    was?.cancel()
    this.#until.delete(key)
    const left = until - this.#clock.now()
    if (left > 0) {
      // RFC 3994 3.3: it goes out by itself when it is not said again.
      this.#until.set(key, this.#clock.after(left, () => this.heard(from, conversation, 0)))
      this.#tell({ conversation, from, until })
    } else if (was) {
      this.#tell({ conversation, from, until: 0 })
    }
  }

  stop(): void {
    for (const timer of this.#until.values()) timer.cancel()
    this.#until.clear()
  }
}
