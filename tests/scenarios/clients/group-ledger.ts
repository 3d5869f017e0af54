import type { GroupMember, GroupView } from '../../../src-main/contract/group'
import type { Message } from '../../../src-main/contract/message'
import { until, type Person } from './cast'

/** What somebody has of a group: every line of its thread by identity, and its roster. */
export interface Copy {
  /** `sender id` of what was said, `v12` of a change, in order. */
  lines: string[]
  version: number
  subject: string
  /** Each member with role and state, sorted. */
  roster: string[]
}

const lineOf = ({ content, from, id }: Message): string => (content.kind === 'group' ? id : `${from} ${id}`)
const rosterOf = (members: readonly GroupMember[]): string[] => members.map(({ address, role, state }) => `${address} ${role} ${state}`).sort()

/** Keeps what was said in a group and that it was taken, to be held against what everybody has in the end. */
export class GroupLedger {
  readonly #said = new Set<string>()
  #next = 0

  constructor(readonly group: string) {}

  /** Says something under a new id; it counts from the moment when its author's journal has it. */
  async says(person: Person): Promise<void> {
    const id = `${person.name}-${this.#next++}`
    await person.client.send(this.group, id, `words of ${id}`)
    this.#said.add(`${person.address} ${id}`)
  }

  get size(): number {
    return this.#said.size
  }

  async copyOf(person: Person): Promise<Copy & { view: GroupView }> {
    const lines = (await person.messages({ address: this.group })).map(lineOf)
    const { group, members } = await person.client.groups.view(this.group)
    return { lines, version: group.version, subject: group.subject, roster: rosterOf(members), view: group }
  }

  /** Resolves with everybody's copy when each has all that was said, at the same version. */
  async converges(people: readonly Person[], within = 90_000): Promise<Copy[]> {
    let copies: Copy[] = []
    const lacks = (): number[] => copies.map(({ lines }) => [...this.#said].filter((line) => !lines.includes(line)).length)
    await until('everybody to have everything', async () => {
      copies = await Promise.all(people.map((person) => this.copyOf(person)))
      return lacks().every((count) => count === 0) && new Set(copies.map(({ version }) => version)).size === 1
    }, within).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}; missing: ${lacks().join(' ')}, versions: ${copies.map(({ version }) => version).join(' ')}`, { cause: thrown })
    })
    return copies
  }
}
