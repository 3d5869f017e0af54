import { computed, onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { Fault } from '../../src-main/base/faults'
import type { SearchCoverage } from '../../src-main/contract/calls'
import type { FaultView } from '../../src-main/contract/faults'
import type { JobView } from '../../src-main/contract/jobs'
import type { SearchHit } from '../../src-main/contract/message'
import { useParts } from './parts'

/** Hits that fill a list, and those that come with each look further down. */
export const FIRST_HITS = 20
export const MORE_HITS = 50

/** What is asked now. Answers may bring less than is missing: it is asked on until they are here, or there are no more. */
interface Question {
  text: string
  conversation: string | undefined
  missing: number
  /** Where to go on; -1 at the end. */
  next: number | undefined
}
const END = -1

/** How much of the history is found while its index is being built. */
export interface Coverage extends SearchCoverage {
  /** It goes on now; else at the next start. */
  isGrowing: boolean
}

/**
 * Search in one conversation or, without one, in all: newest first. It is asked at the first key; while an answer is
 * underway, only the newest text waits. An answer to an older text is dropped.
 */
export function useSearch(conversation?: MaybeRefOrGetter<string | undefined>) {
  const { bridge } = useParts()
  const text = ref('')
  const hits = shallowRef<readonly SearchHit[]>([])
  const more = ref(false)
  const busy = ref(false)
  const fault = shallowRef<FaultView>()
  const covered = shallowRef<SearchCoverage>()
  const isGrowing = ref(true)
  let question: Question | undefined
  let isAsking = false
  let isBuilt = false

  async function ask(): Promise<void> {
    if (isAsking) return
    isAsking = true
    while (question && question.missing > 0 && question.next !== END) await askFor(question)
    isAsking = false
    busy.value = false
  }

  async function askFor(mine: Question): Promise<void> {
    const { text, conversation, missing, next } = mine
    busy.value = true
    fault.value = undefined
    try {
      const page = await bridge.commands.search({
        text, limit: missing, ...(conversation && { conversation }), ...(next !== undefined && { before: next }),
      })
      if (mine !== question) return
      hits.value = next === undefined ? page.hits : [...hits.value, ...page.hits]
      covered.value = isBuilt ? undefined : page.coverage
      mine.missing -= page.hits.length
      mine.next = page.next ?? END
      // The index became whole while this was on its way.
      if (isBuilt && page.coverage) mine.next = page.next ?? page.coverage.next
      more.value = mine.next !== END
    } catch (thrown) {
      if (mine !== question) return
      fault.value = Fault.from(thrown).view()
      mine.missing = 0
    }
  }

  /** The index reaches further back: what is found there comes after what is here. */
  function grew(job: JobView): void {
    if (job.kind !== 'index') return
    const { at, done, total = 0, detail } = job
    isGrowing.value = at === 'running'
    isBuilt = at === 'done'
    if (!covered.value) return
    if (question?.next === END) {
      question.next = covered.value.next
      question.missing = Math.max(0, FIRST_HITS - hits.value.length)
      more.value = question.missing === 0
      void ask()
    }
    if (at === 'done') covered.value = undefined
    else covered.value = { ...covered.value, done, total, ...(typeof detail?.['from'] === 'number' && { from: detail['from'] }) }
  }

  watch([text, () => toValue(conversation)], ([wanted, where]) => {
    const trimmed = wanted.trim()
    question = trimmed === '' ? undefined : { text: trimmed, conversation: where, missing: FIRST_HITS, next: undefined }
    if (question) return void ask()
    hits.value = []
    more.value = false
    busy.value = false
    fault.value = undefined
    covered.value = undefined
  }, { flush: 'sync' })

  const off = bridge.notices.on('job', grew)
  onScopeDispose(() => {
    off()
    question = undefined
  })

  return {
    text,
    hits,
    /** Older hits are there to ask for. */
    more,
    busy,
    fault,
    /** Absent when everything is found. */
    coverage: computed<Coverage | undefined>(() => covered.value && { ...covered.value, isGrowing: isGrowing.value }),
    /** The next older hits. */
    older: async (): Promise<void> => {
      if (!question || !more.value || busy.value) return
      question.missing = MORE_HITS
      await ask()
    },
    clear: () => void (text.value = ''),
  }
}
