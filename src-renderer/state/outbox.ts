import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef, watch } from 'vue'
import { SECOND } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import type { OutgoingFile } from '../../src-main/contract/calls'
import type { Content, FileView, LocationView, Message } from '../../src-main/contract/message'
import type { DeviceFacts, Suggestion } from '../../src-main/contract/suggestion'
import { pageOf, PAGE } from '../../src-main/store/database'
import { useApp } from './app'
import { useConversations } from './conversations'
import { useKeeping } from './keeping'
import { rememberPicture } from './own-pictures'
import { useParts } from './parts'
import { useProjection } from './projection'

// going --kept--> kept --row seen--> (gone)
//   '--main not reached--> held --connected--> going
//   '--refused--> refused --again--> going
/** An own message between the press of Enter and its row in the store. */
export interface Outgoing {
  message: Omit<Message, 'place'>
  /** What its files are made of, in their order. */
  files?: readonly FileToSend[]
  /** What was tapped, and in which message. */
  tapped?: Tapped
  at: 'going' | 'held' | 'kept' | 'refused'
  /** Stops looking for its row. */
  stop(): void
}

/** A suggestion that a person tapped. */
export interface Tapped {
  /** The id of the message that offered it. */
  to: string
  chip: Suggestion
}

/** A file that a person sends, from the moment on in which it is shown as sent. */
export interface FileToSend {
  /** As the person chose it. */
  file: File
  /** As it is shown at once; its hash is ''. */
  view: FileView
  /** The URL of what it looks like, where it is a picture; the outbox revokes it. */
  picture?: string | undefined
  /** Its bytes as they go out. @throws Fault `unreadable` */
  make(): Promise<MadeFile>
}

export interface MadeFile {
  blob: Blob
  about: Omit<OutgoingFile, 'hash' | 'size' | 'thumbnail'>
  /** A JPEG of at most 320 by 320 pixels. */
  thumbnail?: Blob | undefined
}

/** How long a sent message stays after its row was seen here, in ms: a thread that reads the same page must show it first. */
const LINGER = SECOND

// Main cannot be reached: the message waits here and is sent again under its id.
const unreached = new Set(['closed', 'connection-lost', 'no-answer', 'busy'])

/** Own messages that are not yet in the store. */
export const useOutbox = defineStore('outbox', () => {
  const { bridge, clock, ids } = useParts()
  const app = useApp()
  const keeping = useKeeping()
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

  /** Keeps its files and tells main of them. */
  async function sendFiles({ message: { conversation, id, content }, files = [] }: Outgoing): Promise<void> {
    const kept = await keeping.keepFiles(files)
    const { text, mentions } = content.kind === 'files' ? content : {}
    await bridge.commands.sendFiles(conversation, id, { ...(text && { text }), ...(mentions && { mentions }), files: kept })
  }

  function tell(entry: Outgoing): Promise<void> {
    const { conversation, id, content } = entry.message
    switch (content.kind) {
      case 'text': return bridge.commands.send(conversation, id, content.text, ...(content.mentions ? [content.mentions] : []))
      case 'location': return bridge.commands.sendLocation(conversation, id, content.location)
      case 'answer': return entry.tapped ? bridge.commands.answer(conversation, id, entry.tapped) : Promise.resolve()
      case 'shared': return bridge.commands.shareDevice(conversation, id, content.facts)
      default: return sendFiles(entry)
    }
  }

  async function go(entry: Outgoing): Promise<void> {
    const { id } = entry.message
    const { fault: _, ...message } = entry.message
    change(entry, { at: 'going', message: { ...message, status: 'queued' } })
    try {
      await tell(entry)
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
  const send = (conversation: string, text: string, mentions: string[] = []): string =>
    put(conversation, { kind: 'text', text, ...(mentions.length > 0 && { mentions }) })

  const sendLocation = (conversation: string, location: LocationView): string => put(conversation, { kind: 'location', location })

  /** What was tapped is shown as said, and the bot is told. */
  function answer(conversation: string, tapped: Tapped): string {
    const { to, chip: { text, data, action } } = tapped
    return put(conversation, { kind: 'answer', text, to, is: action ? 'action' : 'reply', ...(data !== undefined && { data }) }, { tapped })
  }

  const shareDevice = (conversation: string, facts: DeviceFacts): string => put(conversation, { kind: 'shared', facts })

  /** The same with files, whose bytes main has to keep first. A text that is sent meanwhile does not wait for them. */
  function sendWithFiles(conversation: string, files: readonly FileToSend[], text?: string, mentions: string[] = []): string {
    for (const { view, picture } of files) if (picture) rememberPicture(view, picture)
    return put(conversation, { kind: 'files', ...(text && { text, ...(mentions.length > 0 && { mentions }) }), files: files.map(({ view }) => view) }, { files })
  }

  function put(conversation: string, content: Content, more: Pick<Outgoing, 'files' | 'tapped'> = {}): string {
    const id = ids.token()
    const now = clock.now()
    const message: Outgoing['message'] = {
      conversation, id, from: app.account?.address ?? '', outgoing: true, at: Math.max(now, byId(conversation)?.lastAt ?? 0),
      sentAt: now, content, status: 'queued',
    }
    const entry: Outgoing = { message, at: 'going', stop: watchFor(conversation, id), ...more }
    outgoing.value = [...outgoing.value, entry]
    void go(entry)
    return id
  }

  /** Whether a message is still here and not yet with main. */
  const holds = (id: string): boolean => find(id) !== undefined

  /** A refused one goes again under its id. @returns false when it is not here */
  function again(id: string): boolean {
    const entry = find(id)
    if (entry?.at === 'refused') void go(entry)
    return entry !== undefined
  }

  /** Takes a refused one back. @returns its text and what its files are made of */
  function discard(id: string): { text: string; files: readonly FileToSend[] } | undefined {
    const entry = find(id)
    if (entry?.at !== 'refused') return undefined
    const { content } = entry.message
    if (content.kind !== 'text' && content.kind !== 'files') return undefined
    remove(id)
    return { text: content.text ?? '', files: entry.files ?? [] }
  }

  const goOn = () => {
    for (const entry of outgoing.value) if (entry.at === 'held') void go(entry)
  }
  const off = bridge.events.on('connection', ({ at }) => at === 'open' && goOn())
  // Another main keeps files elsewhere: what was held because of that goes on.
  watch(() => app.state?.content, goOn, { flush: 'sync' })
  onScopeDispose(() => {
    off()
    for (const entry of outgoing.value) entry.stop()
  })
  return { outgoing, send, sendLocation, answer, shareDevice, sendWithFiles, holds, again, discard }
})
