import { expect } from 'vitest'
import type { ChangePage, Conversation, FillPage, Message } from '../../../src-main/contract/message'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'

export type Journal = Ledger<DatabaseVerbs>

/** What the store does with a journal, in plain maps. */
export class Reader {
  readonly conversations = new Map<string, Conversation>()
  readonly messages = new Map<string, Message>()
  n = 0
  epoch: string | undefined

  constructor(readonly journal: Journal) {}

  /** One answer of a filling; undefined at the end. The numbers to follow from are the first answer's. */
  async fill(cursor: string | null, pages: number): Promise<FillPage> {
    const page = await this.journal.read('journal.filling', { cursor, pages })
    if (cursor === null) {
      this.n = page.newest
      this.epoch = page.epoch
    }
    for (const each of page.conversations) this.conversations.set(each.id, each)
    for (const { conversation, page: number, messages } of page.pages) {
      expect(messages.length).toBeLessThanOrEqual(50)
      messages.forEach((message, i) => {
        const place = number * 50 + i
        if (message) this.messages.set(`${conversation} ${place}`, { ...message, conversation, place })
      })
    }
    return page
  }

  /** One page of changes; begins anew when the journal was replaced. */
  async follow(limit: number): Promise<ChangePage> {
    const page = await this.journal.read('journal.changes', { after: this.n, limit, ...(this.epoch !== undefined && { epoch: this.epoch }) })
    if (page.isReplaced) {
      this.conversations.clear()
      this.messages.clear()
    }
    for (const change of page.changes) {
      if (change.kind === 'conversation') this.conversations.set(change.conversation.id, change.conversation)
      else this.messages.set(`${change.message.conversation} ${change.message.place}`, change.message)
    }
    this.n = page.upTo
    this.epoch = page.epoch
    return page
  }

  async followAll(limit = 1_000): Promise<void> {
    while ((await this.follow(limit)).more);
  }

  /** Holds what is here against the whole journal. */
  async expectWhole(): Promise<void> {
    const conversations = await this.journal.read('journal.conversations', null)
    const byId = <T extends { id: string }>(items: Iterable<T>) => [...items].sort((a, b) => (a.id < b.id ? -1 : 1))
    expect(byId(this.conversations.values())).toEqual(byId(conversations))
    const messages: Record<string, Message> = {}
    for (const { id, count } of conversations) {
      const all = await this.journal.read('journal.page', { conversation: id, fromPlace: 0, limit: 1_000_000 })
      expect(all.length).toBe(count)
      for (const message of all) messages[`${id} ${message.place}`] = message
    }
    expect(Object.fromEntries(this.messages)).toEqual(messages)
  }
}
