import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Timer } from '../../src-main/base/clock'
import { useConversations } from './conversations'
import { useParts } from './parts'

/** How long after the last key a draft is saved, in ms. */
export const DRAFT_DELAY = 500

/** What stands unsent in the composer of a conversation: kept by main, also through a crash. */
export function useDraft(conversation: MaybeRefOrGetter<string | undefined>) {
  const { bridge, clock, front } = useParts()
  const { byId } = useConversations()
  const text = ref('')
  const id = computed(() => toValue(conversation))
  let open: string | undefined
  let isLoaded = false
  let saved = ''
  let timer: Timer | undefined

  async function flush(): Promise<void> {
    timer?.cancel()
    timer = undefined
    if (!open || !isLoaded || text.value === saved) return
    const before = saved
    const now = (saved = text.value)
    const place = open
    try {
      await bridge.commands.saveDraft(place, now)
    } catch {
      // The next key or leaving tries again.
      if (open === place && saved === now) saved = before
    }
  }

  watch([id, () => byId(id.value)?.draft, () => byId(id.value) !== undefined], ([next, draft = '', isKnown]) => {
    if (next !== open) {
      void flush()
      open = next
      isLoaded = false
      text.value = saved = ''
    }
    if (!next || !isKnown) return
    // Later changes come from our own saves, or from another window while this one is not being typed in.
    const isOurs = isLoaded && (front.focused.value || text.value !== saved)
    if (isOurs) return
    // What was typed before the conversation was known stays.
    if (!isLoaded && text.value !== '') return void (isLoaded = true)
    isLoaded = true
    text.value = saved = draft
  }, { immediate: true, flush: 'sync' })

  watch(text, () => {
    timer?.cancel()
    timer = undefined
    if (open && text.value !== saved) timer = clock.after(DRAFT_DELAY, () => void flush())
  }, { flush: 'sync' })

  const off = front.onHide(() => void flush())
  onScopeDispose(() => {
    off()
    void flush()
  })

  return {
    text,
    /** Saves now what is not saved. */
    flush,
    /** It was sent: main has cleared its draft with the message. */
    clear(): void {
      saved = ''
      text.value = ''
    },
  }
}
