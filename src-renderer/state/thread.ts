import { computed, onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Message } from '../../src-main/contract/message'
import { PAGE, pageOf } from '../../src-main/store/database'
import type { PageMessages } from '../../src-main/store/read'
import { useConversations } from './conversations'
import { useOutbox } from './outbox'
import { LivePages } from './pages'
import { useProjection } from './projection'
import { useReadMarker } from './read'
import { lastTurn } from './turn'

/**
 * How many messages a thread shows: what its last page holds, where that has been read, else what the conversation says.
 * The two are read apart, and a place whose message is not there yet would flash empty.
 */
export function keptCount(count: number, read: ReadonlyMap<number, PageMessages | null>): number {
  const last = pageOf(count)
  for (const page of [last, last - 1]) {
    const messages = read.get(page)
    if (messages?.length) return page * PAGE + messages.length
  }
  return count
}

/** A message in a thread. `isKeeping`: main has not said yet that it is kept, so *queued* would promise too much (guarantee 1). */
export type ThreadMessage = Message & { isKeeping?: boolean }

/** One conversation as a list of places, read live around what is on screen. */
export function useThread(conversation: MaybeRefOrGetter<string | undefined>) {
  const projection = useProjection()
  const conversations = useConversations()
  const outbox = useOutbox()
  const pages = shallowRef<LivePages>()
  /** The first place that was unread when the thread was opened; undefined when all was read. */
  const firstUnread = ref<number>()
  const unreadCount = ref(0)
  /** The opening whose end has been read. */
  const settled = shallowRef<LivePages>()

  const id = computed(() => toValue(conversation))
  const row = computed(() => conversations.byId(id.value))
  const kept = computed(() => keptCount(row.value?.count ?? 0, pages.value?.read ?? new Map()))
  const pending = computed(() => {
    if (!id.value) return false
    if (!conversations.ready.value) return true
    return (row.value?.count ?? 0) > 0 && pages.value !== settled.value
  })

  watch([id, () => projection.reader], ([next, reader], _, onCleanup) => {
    firstUnread.value = undefined
    unreadCount.value = 0
    if (!next || !reader) return void (pages.value = undefined)
    const opened = new LivePages(reader, next)
    pages.value = opened
    onCleanup(() => opened.close())
  }, { immediate: true, flush: 'sync' })

  watch([pages, () => row.value?.count], ([opened, count]) => {
    if (opened && count !== undefined) opened.follow(count)
  }, { immediate: true, flush: 'sync' })

  watch(() => pages.value?.hasEnd(), (hasEnd) => {
    if (hasEnd) settled.value = pages.value
  }, { immediate: true, flush: 'sync' })

  // Captured once for each opening, as soon as the conversation is known.
  let captured: LivePages | undefined
  watch([pages, row], ([opened, known]) => {
    if (!opened || !known || captured === opened) return
    captured = opened
    unreadCount.value = known.unread
    firstUnread.value = known.unread > 0 ? known.readPlace : undefined
  }, { immediate: true, flush: 'sync' })

  /** Own messages of this conversation whose rows have not been read here. */
  const waiting = computed<ThreadMessage[]>(() => {
    const mine = outbox.outgoing.filter(({ message }) => message.conversation === id.value)
    if (mine.length === 0) return []
    const seen = new Set<string>()
    for (const messages of pages.value?.read.values() ?? []) {
      for (const message of messages ?? []) if (message?.outgoing) seen.add(message.id)
    }
    return mine
      .filter(({ message }) => !seen.has(message.id))
      .map(({ message, at }, index) => ({ ...message, place: kept.value + index, ...((at === 'going' || at === 'held') && { isKeeping: true }) }))
  })
  const count = computed(() => kept.value + waiting.value.length)

  function at(place: number): ThreadMessage | undefined {
    if (place >= kept.value) return waiting.value[place - kept.value]
    return pages.value?.read.get(pageOf(place))?.[place % PAGE]
  }

  const marker = useReadMarker(row)
  onScopeDispose(() => pages.value?.close())
  return {
    conversation: row,
    /** Kept messages, then own ones on their way into the journal. */
    count,
    /** The message at a place; undefined while its page is being read. */
    at,
    /** From this place on is what the other side said last. */
    turn: computed(() => lastTurn(count.value, at)),
    /** The message with an id, looked for upwards from a place in what is read. */
    find(id: string, below: number): ThreadMessage | undefined {
      for (let place = below - 1; place >= Math.max(0, below - PAGE); place--) {
        const message = at(place)
        if (message?.id === id) return message
      }
      return undefined
    },
    /** Reads what these places need, first and last of the viewport. */
    show: (first: number, last: number) => pages.value?.show(first, last),
    /** What these places need has been read. */
    isRead: (first: number, last: number) => pages.value?.hasRead(first, last) === true,
    /** Nothing is known yet. */
    pending,
    firstUnread,
    /** How many were unread when the thread was opened. */
    unreadCount,
    /** Takes the *unread* line away. */
    dismissUnread: () => void (firstUnread.value = undefined),
    /** This place, the lowest on screen, and all above it were really seen. */
    seen: (place: number) => marker.seen(Math.min(place, kept.value - 1)),
  }
}
