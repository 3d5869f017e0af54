import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether a media query holds, followed live. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query)
  const holds = ref(list.matches)
  const look = () => (holds.value = list.matches)
  list.addEventListener('change', look)
  onScopeDispose(() => list.removeEventListener('change', look))
  return readonly(holds)
}

// In em, so that larger text folds the window as a smaller one would.
/** One column at a time: under 720 px of ordinary text. */
export const useNarrow = () => useMedia('(max-width: 44.99em)')
/** Room for the fourth column: from 1100 px of ordinary text. */
export const useWide = () => useMedia('(min-width: 68.75em)')
/** Movement is not wanted. */
export const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
