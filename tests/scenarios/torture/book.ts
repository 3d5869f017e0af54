import type { Chance } from './chance'

/** One message as its sender's window knows it. */
export interface Entry {
  /** What its text begins with: `mei>lan#17`. */
  label: string
  from: string
  to: string
  /** Counts the messages of this sender to this person, from 1. */
  number: number
  text: string
  round: number
  id?: string
  /** The window was told that it is kept: from here on it may not be lost (guarantee 1). */
  isKept: boolean
}

const said = ['好的，明天见', '收到', 'the train leaves at eight', '晚上一起吃饭吗？', 'on my way', '哈哈', 'where are you?', '天津见 🙂', '这是一条比较长的消息，'.repeat(6), 'a longer line of words '.repeat(8)]

/** The label at the beginning of a text; undefined for what nobody of this play said. */
export const labelIn = (text: string): string | undefined => /^\w+>\w+#\d+/.exec(text)?.[0]
export const groupOf = (label: string): string => label.slice(0, label.indexOf('#'))
export const numberOf = (label: string): number => Number(label.slice(label.indexOf('#') + 1))

/** The ledger of the play: what each sender tried to say, and what each was told is kept. It is beside everything that dies. */
export class Book {
  readonly entries = new Map<string, Entry>()
  readonly #numbers = new Map<string, number>()
  /** Kept, and not yet known to have arrived. */
  readonly open = new Set<Entry>()

  attempt(from: string, to: string, round: number, chance: Chance): Entry {
    const group = `${from}>${to}`
    const number = (this.#numbers.get(group) ?? 0) + 1
    this.#numbers.set(group, number)
    const label = `${group}#${number}`
    const entry: Entry = { label, from, to, number, text: `${label} ${chance.one(said)}`, round, isKept: false }
    this.entries.set(label, entry)
    return entry
  }

  kept(label: string): void {
    const entry = this.entries.get(label)
    if (!entry || entry.isKept) return
    entry.isKept = true
    this.open.add(entry)
  }

  get keptCount(): number {
    let count = 0
    for (const { isKept } of this.entries.values()) if (isKept) count++
    return count
  }
}
