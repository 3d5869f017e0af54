import type { Conversation, Message, Status } from '../../../src-main/contract/message'

/** What a page tells the play while it lives. */
export type Told =
  /** The window was told that its message is kept. */
  | { kind: 'kept'; id: string; text: string }
  /** The window shows that its message was refused. */
  | { kind: 'refused'; id: string; text: string; code: string }
  /** Something stood on the screen that must not. */
  | { kind: 'wrong'; what: string }
  | { kind: 'ready' }

interface Outgoing { message: { id: string; content: { text: string }; fault?: { code: string } }; at: 'going' | 'held' | 'kept' | 'refused' }
interface Reader {
  conversations(on: (list: Conversation[]) => void): () => void
  page(conversation: string, number: number, on: (messages: (Message | undefined)[] | undefined) => void): () => void
}
interface Stores {
  outbox: { outgoing: readonly Outgoing[]; send(conversation: string, text: string): string }
  projection: { reader?: Reader }
}

/** What the play asks of a page. */
export interface Hands {
  /** Sends as the composer does; answers each id. Nothing when the window is not ready. */
  say(conversation: string, texts: readonly string[]): string[] | undefined
  /** What the store holds. */
  stored(): Promise<{ conversations: Conversation[]; messages: Message[] }>
  /** Scrolls through the open thread and reads it: label, status, and which place each is drawn at. */
  readThread(last: number): Promise<{ place: number; label: string; status: string }[]>
  /** How often the screen was looked at. */
  looks: number
}

declare global {
  interface Window {
    tortureTells(told: Told): void
    tortureHands: Hands
  }
}

/** Runs inside the page, before anything of the app: it sees what a person would, and knows nothing of how it came about. */
export function watchFromInside(): void {
  const tell = (told: Told): void => {
    if (typeof window.tortureTells === 'function') window.tortureTells(told)
  }
  const store = <Name extends keyof Stores>(name: Name): Stores[Name] | undefined => {
    const mounted = document.querySelector('#app') as { __vue_app__?: { config: { globalProperties: { $pinia?: { _s: Map<string, unknown> } } } } } | null
    return mounted?.__vue_app__?.config.globalProperties.$pinia?._s.get(name) as Stores[Name] | undefined
  }
  const labelOf = (text: string): string => /^\w+>\w+#\d+/.exec(text)?.[0] ?? ''

  // -- the outbox -------------------------------------------------------------------------------------------------
  const known = new Map<string, { text: string; at: Outgoing['at'] }>()
  let isReady = false
  setInterval(() => {
    const outbox = store('outbox')
    if (!outbox) return
    if (!isReady && document.querySelector('.app .app-title, [role=list]') && store('projection')?.reader) {
      isReady = true
      tell({ kind: 'ready' })
    }
    const here = new Set<string>()
    for (const { message, at } of outbox.outgoing) {
      const { id, content: { text } } = message
      here.add(id)
      if (known.get(id)?.at === at) continue
      known.set(id, { text, at })
      if (at === 'kept') tell({ kind: 'kept', id, text })
      if (at === 'refused') tell({ kind: 'refused', id, text, code: message.fault?.code ?? '' })
    }
    for (const [id, { text, at }] of known) {
      if (here.has(id)) continue
      known.delete(id)
      // Its row was seen in the store: it is kept, whether or not the answer was seen first.
      if (at !== 'kept') tell({ kind: 'kept', id, text })
    }
  }, 15)

  // -- the screen -------------------------------------------------------------------------------------------------
  const ranks: Record<string, number> = { keeping: -1, queued: 0, sent: 1, failed: 2, delivered: 3, displayed: 4 }
  const highest = new Map<string, string>()
  const seenRows = (): { place: number; label: string; status: string }[] =>
    [...document.querySelectorAll<HTMLElement>('.messages-rows .row')]
      .map((row) => {
        const mark = row.querySelector('.status')
        const status = /status-(\w+)/.exec(mark?.getAttribute('class') ?? '')?.[1] ?? ''
        return {
          place: Number(row.dataset['index']),
          label: labelOf(row.querySelector('.bubble .text')?.textContent ?? ''),
          status: mark?.querySelector('[stroke-dasharray]') ? 'keeping' : status,
        }
      })
      .filter(({ label }) => label !== '')
      .sort((a, b) => a.place - b.place)

  const look = (): void => {
    window.tortureHands.looks++
    const labels = new Set<string>()
    const last = new Map<string, number>()
    for (const { label, status } of seenRows()) {
      if (labels.has(label)) tell({ kind: 'wrong', what: `${label} is on the screen twice` })
      labels.add(label)
      const [group, number] = label.split('#') as [string, string]
      if (Number(number) <= (last.get(group) ?? 0)) tell({ kind: 'wrong', what: `${label} is on the screen below #${last.get(group)}` })
      last.set(group, Number(number))
      if (status === '') continue
      const before = highest.get(label)
      if (before !== undefined && ranks[status]! < ranks[before]!) {
        tell({ kind: 'wrong', what: `${label} was seen ${before}, and then ${status}` })
      }
      highest.set(label, status)
    }
  }
  let isPlanned = false
  const observer = new MutationObserver(() => {
    if (isPlanned) return
    isPlanned = true
    requestAnimationFrame(() => {
      isPlanned = false
      look()
    })
  })
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['class', 'data-index'] })

  const frames = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  const once = <Value>(read: (on: (value: Value) => void) => () => void): Promise<Value> => new Promise((resolve) => {
    const stop = read((value) => {
      resolve(value)
      // It may tell before it has answered how to stop it.
      queueMicrotask(() => stop())
    })
  })

  window.tortureHands = {
    looks: 0,
    say: (conversation, texts) => {
      const outbox = store('outbox')
      return outbox && isReady ? texts.map((text) => outbox.send(conversation, text)) : undefined
    },
    stored: async () => {
      const reader = store('projection')!.reader!
      const conversations = await once<Conversation[]>((on) => reader.conversations(on))
      const messages: Message[] = []
      for (const { id, count } of conversations) {
        for (let page = 0; page * 50 < count; page++) {
          const read = await once<(Message | undefined)[] | undefined>((on) => reader.page(id, page, on))
          for (const message of read ?? []) if (message) messages.push(message)
        }
      }
      return { conversations, messages }
    },
    readThread: async (last) => {
      const scroller = document.querySelector<HTMLElement>('.messages-scroller')!
      const count = Number(document.querySelector('.messages-rows .row')?.getAttribute('aria-setsize') ?? 0)
      const from = Math.max(0, count - last)
      const found = new Map<number, { place: number; label: string; status: string }>()
      const lowest = (): number => Math.min(...found.keys(), count)
      const note = (): void => {
        for (const row of seenRows()) found.set(row.place, row)
      }
      for (let tries = 0; tries < 120 && !found.has(count - 1); tries++) {
        scroller.scrollTop = scroller.scrollHeight
        await frames(2)
        note()
      }
      // From the end upwards, as a person reads back; what is seen on the way is noted.
      for (let still = 0; still < 60 && lowest() > from;) {
        await frames(2)
        const before = found.size
        note()
        still = found.size === before ? still + 1 : 0
        scroller.scrollTop = Math.max(0, scroller.scrollTop - scroller.clientHeight * 0.7)
      }
      scroller.scrollTop = scroller.scrollHeight
      return [...found.values()].filter(({ place }) => place >= from).sort((a, b) => a.place - b.place)
    },
  }
}

export type { Status }
