/** Named events with typed arguments. A listener that throws does not keep the others from hearing. */
export class Events<Table extends { [Name in keyof Table]: unknown[] }> {
  readonly #listeners = new Map<keyof Table, Set<(...args: never[]) => void>>()
  readonly #onThrow: (thrown: unknown) => void

  /** @param onThrow where a listener's error goes; @default rethrown in a task of its own, so that it is never lost */
  constructor(onThrow: (thrown: unknown) => void = (thrown) => queueMicrotask(() => { throw thrown })) {
    this.#onThrow = onThrow
  }

  /** Hears every `name` until the returned function is called. */
  on<Name extends keyof Table>(name: Name, listener: (...args: Table[Name]) => void): () => void {
    let set = this.#listeners.get(name)
    if (!set) this.#listeners.set(name, (set = new Set()))
    set.add(listener as never)
    return () => void set.delete(listener as never)
  }

  emit<Name extends keyof Table>(name: Name, ...args: Table[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as unknown as (...args: Table[Name]) => void)(...args)
      } catch (thrown) {
        this.#onThrow(thrown)
      }
    }
  }
}
