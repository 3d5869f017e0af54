import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { Fault } from '../../src-main/base/faults'
import type { Timer } from '../../src-main/base/clock'
import type { FaultView } from '../../src-main/contract/faults'
import type { SearchHit } from '../../src-main/contract/message'
import { useParts } from './parts'

/** How long after the last key is searched, in ms. */
export const SEARCH_DELAY = 120
/** Hits asked for at once. */
const HITS = 50

const keyOf = ({ conversation, place }: SearchHit) => `${place} ${conversation}`

/** Search in one conversation or, without one, in all: newest first, a page at a time; an answer to an older text is dropped. */
export function useSearch(conversation?: MaybeRefOrGetter<string | undefined>) {
  const { bridge, clock } = useParts()
  const text = ref('')
  const hits = shallowRef<readonly SearchHit[]>([])
  const more = ref(false)
  const busy = ref(false)
  const fault = shallowRef<FaultView>()
  let round = 0
  let timer: Timer | undefined

  async function ask(before: readonly SearchHit[]): Promise<void> {
    const mine = ++round
    const where = toValue(conversation)
    const oldest = before.at(-1)
    busy.value = true
    fault.value = undefined
    try {
      const found = await bridge.commands.search({
        text: text.value.trim(), limit: HITS, ...(where && { conversation: where }), ...(oldest && { before: { at: oldest.message.at } }),
      })
      if (mine !== round) return
      const known = new Set(before.map(keyOf))
      hits.value = [...before, ...found.hits.filter((hit) => !known.has(keyOf(hit)))]
      more.value = found.more
    } catch (thrown) {
      if (mine === round) fault.value = Fault.from(thrown).view()
    } finally {
      if (mine === round) busy.value = false
    }
  }

  function stop(): void {
    round++
    timer?.cancel()
    busy.value = false
  }

  watch([text, () => toValue(conversation)], () => {
    stop()
    if (text.value.trim() === '') {
      hits.value = []
      more.value = false
      fault.value = undefined
      return
    }
    busy.value = true
    timer = clock.after(SEARCH_DELAY, () => void ask([]))
  }, { flush: 'sync' })
  onScopeDispose(stop)

  return {
    text,
    hits,
    /** Older hits are there to ask for. */
    more,
    busy,
    fault,
    /** The next page of older hits. */
    older: async (): Promise<void> => {
      if (more.value && !busy.value) await ask(hits.value)
    },
    clear: () => void (text.value = ''),
  }
}
