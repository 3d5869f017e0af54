type Listener = (...args: never[]) => void

/** Named events with typed arguments. A listener that throws does not keep the others from hearing. */
export class Events<Table extends { [Name in keyof Table]: unknown[] }> {
  // Thousands of connections have one each, and some of them thousands of events a second: lists, replaced when they change,
  // so that whoever is being told does not notice.
  #listeners: { [Name in keyof Table]?: readonly Listener[] } = {}
  readonly #onThrow: (thrown: unknown) => void

  /** @param onThrow where a listener's error goes; @default rethrown in a task of its own, so that it is never lost */
  constructor(onThrow: (thrown: unknown) => void = (thrown) => queueMicrotask(() => { throw thrown })) {
    this.#onThrow = onThrow
  }

  /** Hears every `name` until the returned function is called. */
  on<Name extends keyof Table>(name: Name, listener: (...args: Table[Name]) => void): () => void {
    const one = [listener as unknown as Listener]
    // A spread would leave room for sixteen more.
    this.#listeners[name] = this.#listeners[name]?.concat(one) ?? one
    return () => {
      this.#listeners[name] = this.#listeners[name]?.filter((each) => each !== (listener as unknown)) ?? []
    }
  }

  emit<Name extends keyof Table>(name: Name, ...args: Table[Name]): void {
    const listeners = this.#listeners[name]
    if (!listeners) return
    for (let i = 0; i < listeners.length; i++) {
      try {
        ;(listeners[i] as unknown as (...args: Table[Name]) => void)(...args)
      } catch (thrown) {
        this.#onThrow(thrown)
      }
    }
  }
}
