import { statuses, type Conversation, type Message, type Status } from '../../../src-main/contract/message'
import type { Line } from '../play/program'
import { groupOf, labelIn, numberOf } from './book'

const rank = (status: Status): number => statuses.indexOf(status)
const textOf = ({ content }: Message): string => (content.kind === 'text' ? content.text : `(${content.kind})`)

/**
 * One person's journal as it was told over the lines of all the programs that held it: what was told once must never be
 * taken back, whatever died between.
 */
export class JournalView {
  readonly messages = new Map<string, Message>()
  readonly conversations = new Map<string, Conversation>()
  /** Where each label stands; more than one place is a message that is there twice. */
  readonly places = new Map<string, Set<string>>()
  readonly wrongs: string[] = []
  #after = 0
  #reading: Promise<void> | undefined

  constructor(readonly owner: string) {}

  find(label: string): Message | undefined {
    const [place] = this.places.get(label) ?? []
    return place === undefined ? undefined : this.messages.get(place)
  }

  /** Reads what is new; one that fails (the program died) has read what it could. */
  async read(line: Line): Promise<void> {
    await this.#reading
    this.#reading = this.#follow(line).catch((thrown: { code?: string }) => {
      if (thrown.code !== 'closed' && thrown.code !== 'signed-out') throw thrown as Error
    })
    await this.#reading
  }

  async #follow(line: Line): Promise<void> {
    for (;;) {
      const { changes, more, upTo, newest } = await line.call('changes', this.#after, 1_000)
      if (newest < this.#after) this.wrongs.push(`${this.owner}'s journal went back from ${this.#after} to ${newest}`)
      for (const change of changes) {
        if (change.kind === 'message') this.#message(change.message)
        else this.conversations.set(change.conversation.id, change.conversation)
      }
      this.#after = upTo
      if (!more) return
    }
  }

  #message(message: Message): void {
    const key = `${message.conversation} ${message.place}`
    const before = this.messages.get(key)
    if (before && (before.id !== message.id || before.from !== message.from)) {
      this.wrongs.push(`${this.owner}: place ${key} was ${textOf(before)} and became ${textOf(message)}`)
    }
    if (before && rank(message.status) < rank(before.status)) {
      this.wrongs.push(`${this.owner}: ${textOf(message)} fell from ${before.status} to ${message.status}`)
    }
    this.messages.set(key, message)
    const label = labelIn(textOf(message))
    if (label === undefined) return void this.wrongs.push(`${this.owner}: nobody said ${JSON.stringify(message)}`)
    const places = this.places.get(label)
    if (places) places.add(key)
    else this.places.set(label, new Set([key]))
  }

  /** The messages of a conversation by their places. */
  thread(conversation: string): Message[] {
    return [...this.messages.values()].filter((message) => message.conversation === conversation).sort((a, b) => a.place - b.place)
  }

  /** What is wrong with it as it stands: gaps, messages that are there twice, an order that was not kept, false counts. */
  check(): string[] {
    const wrongs = [...this.wrongs]
    for (const [label, places] of this.places) if (places.size > 1) wrongs.push(`${this.owner}: ${label} is there ${places.size} times`)
    for (const { id, count, readPlace, unread } of this.conversations.values()) {
      const thread = this.thread(id)
      if (thread.length !== count) wrongs.push(`${this.owner}: ${id} counts ${count} and holds ${thread.length}`)
      const last = new Map<string, number>()
      thread.forEach((message, place) => {
        if (message.place !== place) wrongs.push(`${this.owner}: ${id} has a gap at ${place}`)
        const label = labelIn(textOf(message))
        if (label === undefined) return
        if (numberOf(label) <= (last.get(groupOf(label)) ?? 0)) wrongs.push(`${this.owner}: ${label} stands after #${last.get(groupOf(label))}`)
        last.set(groupOf(label), numberOf(label))
      })
      const waiting = thread.filter(({ outgoing, place }) => !outgoing && place >= readPlace)
      if (waiting.length !== unread) wrongs.push(`${this.owner}: ${id} says ${unread} unread, ${waiting.length} are`)
      const early = thread.find(({ outgoing, place, status }) => !outgoing && place < readPlace && status !== 'displayed')
      if (early) wrongs.push(`${this.owner}: ${textOf(early)} lies below what was read and is ${early.status}`)
    }
    return wrongs
  }
}

export const isArrived = (message: Message | undefined): boolean =>
  message !== undefined && message.status !== 'failed' && rank(message.status) >= rank('delivered')
