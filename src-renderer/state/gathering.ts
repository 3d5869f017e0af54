import type { Addressee } from '../../src-main/contract/campaign'

/** A column of what was pasted: a field of everybody. */
export interface Column {
  /** As `fieldKey` makes it. */
  key: string
  /** As it was written. */
  title: string
}

/** A row of what was pasted, before its address was read. */
export interface TypedRow {
  /** From 1. */
  line: number
  typed: string
  fields: Record<string, string>
}

/** A row that nobody can be reached by: nothing is left out without a word. */
export interface WrongRow {
  line: number
  text: string
  why: 'no-address' | 'spoiled' | 'too-long'
}

/** Those who shall get a message, each once. */
export interface Gathered {
  people: readonly Addressee[]
  columns: readonly Column[]
  /** How often somebody came again, and was joined with who was there. */
  joined: number
}

export const nobody: Gathered = { people: [], columns: [], joined: 0 }

/** Adds people; who is there already keeps what is known of them and learns what is not. */
export function gather({ people, columns, joined }: Gathered, arriving: readonly Addressee[], more: readonly Column[]): Gathered {
  const all = new Map(people.map((one) => [one.address, one]))
  let again = joined
  for (const { address, fields } of arriving) {
    const known = all.get(address)
    if (known) again++
    const filled = Object.entries(fields).filter(([key, value]) => value !== '' && !known?.fields[key])
    all.set(address, { address, fields: { ...known?.fields, ...Object.fromEntries(filled) } })
  }
  const titles = new Map([...columns, ...more].reverse().map((column) => [column.key, column]))
  const inOrder = [...new Set([...columns, ...more].map(({ key }) => key))].map((key) => titles.get(key)!)
  return { people: [...all.values()], columns: inOrder, joined: again }
}

/** With an empty text for every field that is not known of them, so that the words know it for a field. */
export const whole = ({ address, fields }: Addressee, columns: readonly Column[]): Addressee =>
  ({ address, fields: { ...Object.fromEntries(columns.map(({ key }) => [key, ''])), ...fields } })

/** The columns of people of whom only the fields are kept: a list, an earlier message. */
export function columnsOf(people: readonly Addressee[], nameTitle: string): Column[] {
  const keys = new Set<string>()
  for (const { fields } of people) for (const key of Object.keys(fields)) keys.add(key)
  return [...keys].map((key) => ({ key, title: key === 'name' ? nameTitle : key }))
}
