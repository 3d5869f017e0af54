import type { FileUsage } from './verbs'

/** What the files of every account take, those on their way among them: in memory, as it is asked with every piece that comes. */
export class Usage {
  readonly #accounts = new Map<string, { files: number; bytes: number }>()
  files = 0
  bytes = 0
  /** Bytes that came since the start. */
  received = 0

  /** As it is when the relay starts. */
  load(all: readonly FileUsage[]): void {
    for (const { address, files, bytes } of all) this.add(address, bytes, files)
  }

  of(address: string): number {
    return this.#accounts.get(address)?.bytes ?? 0
  }

  /** More, or with numbers below 0 less. */
  add(address: string, bytes: number, files = 0): void {
    const account = this.#accounts.get(address) ?? { files: 0, bytes: 0 }
    account.bytes += bytes
    account.files += files
    this.bytes += bytes
    this.files += files
    if (account.bytes > 0 || account.files > 0) this.#accounts.set(address, account)
    else this.#accounts.delete(address)
  }
}
