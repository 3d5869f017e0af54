/** What somebody has told so far, and a way to wait for what is still to come: never for a time, always for a thing. */
export class Told<Thing> {
  readonly all: Thing[] = []
  readonly #waiting = new Set<() => void>()
  readonly #who: string
  readonly #patience: number
  #ended: string | undefined

  /** @param patience how long a thing may take before it counts as missing, in ms. @default 20_000 */
  constructor(who: string, patience = 20_000) {
    this.#who = who
    this.#patience = patience
  }

  add(thing: Thing): void {
    this.all.push(thing)
    this.#look()
  }

  /** Nothing more will come; who waits is told so, with `words`. */
  end(words: string): void {
    this.#ended = words
    this.#look()
  }

  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** The first thing, from place `since` on, that `fits`; rejects with all that was told when it does not come. */
  first<Fitting extends Thing>(
    what: string, fits: ((thing: Thing) => thing is Fitting) | ((thing: Thing) => boolean), since = 0,
  ): Promise<Fitting> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        finish(() => reject(new Error(`${this.#who}: no ${what} ${why}; told so far:\n${this.#words()}`)))
      const finish = (run: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        run()
      }
      const timer = setTimeout(() => fail(`within ${this.#patience} ms`), this.#patience)
      const look = () => {
        const found = this.all.slice(since).find((thing) => fits(thing))
        if (found !== undefined) finish(() => resolve(found as Fitting))
        else if (this.ended) fail('before the end')
      }
      this.#waiting.add(look)
      look()
    })
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }

  #words(): string {
    return [...this.all.map((thing) => JSON.stringify(thing)), this.#ended ?? ''].join('\n')
  }
}
