import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { SECOND, type Timer } from '../../src-main/base/clock'
import { useApp } from './app'
import { useConversations } from './conversations'
import { useParts } from './parts'

/** No key for so long is no typing any more, in ms (RFC 3994 3.2). */
const IDLE = 15 * SECOND
/** While keys are pressed main is told at most this often, in ms; it does the refreshing of RFC 3994 itself. */
const REPEAT = 10 * SECOND

/** Who is typing where, until it goes out by itself. */
const useTypingStore = defineStore('typing', () => {
  const { bridge, clock } = useParts()
  const writers = shallowReactive(new Map<string, readonly string[]>())
  const timers = new Map<string, Timer>()

  function stop(conversation: string, from: string): void {
    const key = `${from} ${conversation}`
    timers.get(key)?.cancel()
    timers.delete(key)
    const rest = writers.get(conversation)?.filter((one) => one !== from) ?? []
    if (rest.length > 0) writers.set(conversation, rest)
    else writers.delete(conversation)
  }

  const off = bridge.notices.on('typing', ({ conversation, from, until }) => {
    const left = until - clock.now()
    const others = writers.get(conversation) ?? []
    stop(conversation, from)
    if (left <= 0) return
    writers.set(conversation, others.includes(from) ? others : [...others, from])
    timers.set(`${from} ${conversation}`, clock.after(left, () => stop(conversation, from)))
  })
  onScopeDispose(() => {
    off()
    for (const timer of timers.values()) timer.cancel()
  })
  return { writers, stop }
})

/** Typing in one conversation: theirs to show, ours to tell. */
export function useTyping(conversation: MaybeRefOrGetter<string | undefined>) {
  const { clock } = useParts()
  const app = useApp()
  const store = useTypingStore()
  const { byId } = useConversations()
  const id = computed(() => toValue(conversation))
  const others = computed<readonly string[]>(() => (id.value && store.writers.get(id.value)) || [])
  let told: { conversation: string; at: number } | undefined
  let idle: Timer | undefined

  // RFC 3994 3.3: the message itself says that its sender has stopped typing.
  watch(() => byId(id.value)?.last, (last, before) => {
    if (!id.value || !last || last.outgoing || last.id === before?.id) return
    for (const from of others.value) store.stop(id.value, from)
  })

  const tell = (where: string, isTyping: boolean) => void app.commands.typing(where, isTyping).catch(() => {})

  function left(): void {
    idle?.cancel()
    if (told) tell(told.conversation, false)
    told = undefined
  }
  function pressed(text: string): void {
    const here = id.value
    if (!here || !app.settings.sendTyping || text === '') return left()
    if (told && told.conversation !== here) left()
    if (!told || clock.now() - told.at >= REPEAT) {
      told = { conversation: here, at: clock.now() }
      tell(here, true)
    }
    idle?.cancel()
    idle = clock.after(IDLE, left)
  }
  /** After sending nothing needs to be told: the message tells it. */
  function sent(): void {
    idle?.cancel()
    told = undefined
  }

  watch(id, left, { flush: 'sync' })
  onScopeDispose(left)
  return { others, pressed, left, sent }
}
