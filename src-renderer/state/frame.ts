/** Has values told at the next frame, the last of each read once: a window draws at most once a frame. */
export class Frame {
  readonly #next: (run: () => void) => void
  readonly #waiting = new Map<object, () => void>()
  #isAsked = false

  /** @param next runs what it is given when the window is about to be drawn */
  constructor(next: (run: () => void) => void) {
    this.#next = next
  }

  tell(read: object, run: () => void): void {
    this.#waiting.set(read, run)
    this.#ask()
  }

  /** Tells at once, unless this frame has had its values: a page that a new message begins is read because of them. */
  tellFirst(read: object, run: () => void): void {
    if (this.#isAsked) this.tell(read, run)
    else run()
  }

  forget(read: object): void {
    this.#waiting.delete(read)
  }

  #ask(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    this.#next(() => this.#flush())
  }

  #flush(): void {
    const runs = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#isAsked = false
    // What these bring about waits for the frame after.
    if (runs.length > 0) this.#ask()
    for (const run of runs) run()
  }
}
