/**
 * The one small interface to SQLite, which runs in a thread (Node) or a process (Electron) of its own. A verb is a
 * function over the database; a commit runs one verb in a transaction that every commit of the same moment shares.
 */
export type Verb = (db: never, args: never) => unknown
export type Verbs = Readonly<Record<string, Verb>>
type Args<V extends Verb> = Parameters<V>[1]

/** A verb with its arguments, as data. Bodies are Uint8Array; everything can be cloned. */
export type Submission<V extends Verbs> = { [K in keyof V]: { verb: K; args: Args<V[K]> } }[keyof V]

export interface Ledger<V extends Verbs> {
  /**
   * Resolves after fsync. Everything submitted while a commit runs shares the next one, in order. Verbs that commit are
   * idempotent: they are repeated after the thread behind this interface died.
   * @param options.patient it begins no commit of its own for some ms, in the hope of another to share: for what nobody waits for
   * @throws Fault `disk-full`, `disk-broken`, `closed`
   */
  commit<K extends keyof V & string>(verb: K, args: Args<V[K]>, options?: { patient?: boolean }): Promise<ReturnType<V[K]>>
  /** Runs a verb that only reads; sees every commit that resolved before. */
  read<K extends keyof V & string>(verb: K, args: Args<V[K]>): Promise<ReturnType<V[K]>>
  /** Hears that the thread behind this interface died and is back; what it was committing has been repeated. */
  onRespawn(heard: () => void): () => void
  /** Waits for what was submitted, closes the database, ends the thread. */
  close(): Promise<void>
}
