import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef } from 'vue'
import { SECOND } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import type { Message } from '../../src-main/contract/message'
import { pageOf, PAGE } from '../../src-main/store/database'
import { useApp } from './app'
import { useConversations } from './conversations'
import { useParts } from './parts'
import { useProjection } from './projection'

// going --kept--> kept --row seen--> (gone)
//   '--main not reached--> held --connected--> going
//   '--refused--> refused --again--> going
/** An own message between the press of Enter and its row in the store. */
export interface Outgoing {
  message: Omit<Message, 'place'>
  at: 'going' | 'held' | 'kept' | 'refused'
  /** Stops looking for its row. */
  stop(): void
}

/** How long a sent message stays after its row was seen here, in ms: a thread that reads the same page must show it first. */
const LINGER = SECOND

// Main cannot be reached: the message waits here and is sent again under its id.
const unreached = new Set(['closed', 'connection-lost', 'no-answer', 'busy'])

/** Own messages that are not yet in the store. */
export const useOutbox = defineStore('outbox', () => {
  const { bridge, clock, ids } = useParts()
  const app = useApp()
  const projection = useProjection()
  const { byId } = useConversations()
  const outgoing = shallowRef<readonly Outgoing[]>([])

  const change = (entry: Outgoing, next: Partial<Outgoing>): Outgoing => {
    const changed = { ...entry, ...next }
    outgoing.value = outgoing.value.map((one) => (one.message.id === entry.message.id ? changed : one))
    return changed
  }
  const find = (id: string) => outgoing.value.find((one) => one.message.id === id)
  const remove = (id: string) => {
    find(id)?.stop()
    outgoing.value = outgoing.value.filter((one) => one.message.id !== id)
  }

  /** Follows the conversation's pages from where it ended until the row is there. */
  function watchFor(conversation: string, id: string): () => void {
    let stop = () => {}
    const follow = (number: number) => {
      const reader = projection.reader
      if (!reader) return
      const end = reader.page(conversation, number, (messages) => {
        if (messages?.some((message) => message?.id === id)) {
          const timer = clock.after(LINGER, () => remove(id))
          stop()
          stop = () => timer.cancel()
        } else if (messages?.length === PAGE && !messages.includes(undefined)) {
          stop()
          follow(number + 1)
        }
      })
      stop = end
    }
    follow(pageOf(byId(conversation)?.count ?? 0))
    return () => stop()
  }

  async function go(entry: Outgoing): Promise<void> {
    const { conversation, id, content } = entry.message
    const { fault: _, ...message } = entry.message
    change(entry, { at: 'going', message: { ...message, status: 'queued' } })
    try {
      await bridge.commands.send(conversation, id, content.kind === 'text' ? content.text : '')
      const current = find(id)
      if (current) change(current, { at: 'kept' })
    } catch (thrown) {
      const current = find(id)
      const fault = Fault.from(thrown)
      if (!current) return
      if (unreached.has(fault.code)) change(current, { at: 'held' })
      else change(current, { at: 'refused', message: { ...current.message, status: 'failed', fault: fault.view() } })
    }
  }

  /** Shows a text as sent and sends it; resolves nothing: what becomes of it is seen at the message. */
  function send(conversation: string, text: string): string {
    const id = ids.token()
    const now = clock.now()
    const message: Outgoing['message'] = {
      conversation, id, from: app.account?.address ?? '', outgoing: true, at: Math.max(now, byId(conversation)?.lastAt ?? 0),
      sentAt: now, content: { kind: 'text', text }, status: 'queued',
    }
    const entry: Outgoing = { message, at: 'going', stop: watchFor(conversation, id) }
    outgoing.value = [...outgoing.value, entry]
    void go(entry)
    return id
  }

  /** A refused one goes again under its id. @returns false when it is not here */
  function again(id: string): boolean {
    const entry = find(id)
    if (entry?.at === 'refused') void go(entry)
    return entry !== undefined
  }

  /** Takes a refused one back. @returns its text */
  function discard(id: string): string | undefined {
    const entry = find(id)
    if (entry?.at !== 'refused' || entry.message.content.kind !== 'text') return undefined
    remove(id)
    return entry.message.content.text
  }

  const off = bridge.events.on('connection', ({ at }) => {
    if (at !== 'open') return
    for (const entry of outgoing.value) if (entry.at === 'held') void go(entry)
  })
  onScopeDispose(() => {
    off()
    for (const entry of outgoing.value) entry.stop()
  })
  return { outgoing, send, again, discard }
})
