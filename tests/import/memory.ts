import { createHash } from 'node:crypto'
import type { ImportJournal, Staged } from '../../src-main/import/journal'
import type { NewFile } from '../../src-main/content/new-file'

/** A journal in memory that keeps a message once by its id. */
export class MemoryJournal implements ImportJournal {
  readonly kept = new Map<string, Staged>()
  readonly staged = new Map<string, { messages: Staged[]; offset: number }>()
  /** Called before each batch; may throw. */
  beforeStage: () => void = () => {}

  async list() { return [...this.staged.keys()] }
  async state(id: string) {
    const known = this.staged.get(id)
    return known && { offset: known.offset }
  }
  async stage(id: string, messages: readonly Staged[], offset: number) {
    this.beforeStage()
    const known = this.staged.get(id) ?? { messages: [], offset: 0 }
    this.staged.set(id, { messages: [...known.messages, ...messages], offset })
  }
  async merge(id: string) {
    const { messages } = this.staged.get(id) ?? { messages: [] }
    const fresh = messages.filter((one) => !this.kept.has(one.id))
    for (const one of fresh) this.kept.set(one.id, one)
    return { left: 0, added: fresh.length, known: messages.length - fresh.length, conversations: new Set(messages.map((one) => one.conversation)).size }
  }
  async drop(id: string) { this.staged.delete(id) }
}

/** Files that are hashed and forgotten. */
export function memoryFile(): NewFile {
  const hash = createHash('sha256')
  const file = {
    size: 0,
    write: async (bytes: Uint8Array) => {
      hash.update(bytes)
      file.size += bytes.length
    },
    finish: async () => ({ hash: hash.digest('hex'), size: file.size }),
    discard: async () => {},
  }
  return file as unknown as NewFile
}
