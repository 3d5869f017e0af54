import { onScopeDispose, ref, type Ref } from 'vue'
import { SECOND } from '../../src-main/base/clock'
import { useParts } from './parts'

/** The time, ms, kept fresh for words like *just now*. @param every in ms; @default 30_000 */
export function useNow(every = 30 * SECOND): Readonly<Ref<number>> {
  const { clock } = useParts()
  const now = ref(clock.now())
  const timer = clock.every(every, () => void (now.value = clock.now()))
  onScopeDispose(() => timer.cancel())
  return now
}
