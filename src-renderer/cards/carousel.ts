import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { isCalm } from '../ui/media'

/** Where an arrow key takes the focus in a row of `count`; undefined when the key is not one of the row's. */
export function roveRow(key: string, at: number, count: number): number | undefined {
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: count - 1 }[key]
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, to))
}

/** `3 / 12`, or `3–5 / 12` where several are on show. @param first from 0 */
export const positionWords = (first: number, last: number, count: number): string =>
  `${first === last ? first + 1 : `${first + 1}–${last + 1}`} / ${count}`

/** Nearly whole: rounding and outlines take a pixel. */
const WHOLE = 0.95

/** Which cards of a row are whole on show, told by the browser without measuring anything while it scrolls; and how to go to one. */
export function useShown(row: Readonly<Ref<HTMLElement | null>>, count: () => number) {
  const shown = shallowRef<ReadonlySet<number>>(new Set([0]))
  const first = computed(() => Math.min(...shown.value))
  const last = computed(() => Math.max(...shown.value))
  /** The card in the tab order. */
  const at = ref(0)
  let observer: IntersectionObserver | undefined

  watch(row, (element) => {
    observer?.disconnect()
    if (!element) return
    const whole = new Set<number>()
    observer = new IntersectionObserver((entries) => {
      for (const { target, intersectionRatio } of entries) {
        const n = Number((target as HTMLElement).dataset['n'])
        if (intersectionRatio >= WHOLE) whole.add(n)
        else whole.delete(n)
      }
      // Between two cards none is whole: then what was before still holds.
      if (whole.size === 0) return
      shown.value = new Set(whole)
      // Where the focus is not, the one in the tab order is one that can be seen.
      if (!whole.has(at.value) && !element.contains(document.activeElement)) at.value = first.value
    }, { root: element, threshold: [0, WHOLE, 1] })
    for (const card of element.children) observer.observe(card)
  }, { flush: 'post', immediate: true })
  onScopeDispose(() => observer?.disconnect())

  // What can be done on the other cards is reached through them, not by Tab through all.
  watch([row, at, count], () => {
    for (const card of row.value?.children ?? []) {
      const isOut = Number((card as HTMLElement).dataset['n']) !== at.value
      for (const one of card.querySelectorAll('button, a')) {
        if (isOut) one.setAttribute('tabindex', '-1')
        else one.removeAttribute('tabindex')
      }
    }
  }, { flush: 'post', immediate: true })

  /** Brings a card to the row's beginning, and the focus to it where the keyboard asked. */
  function go(to: number, isFocused = false): void {
    const element = row.value
    const n = Math.max(0, Math.min(count() - 1, to))
    const card = element?.children[n] as HTMLElement | undefined
    if (!element || !card) return
    at.value = n
    const padding = (element.firstElementChild as HTMLElement).offsetLeft
    element.scrollTo({ left: card.offsetLeft - padding, behavior: isCalm() ? 'auto' : 'smooth' })
    if (isFocused) card.focus({ preventScroll: true })
  }
  return { isShown: (n: number) => shown.value.has(n), first, last, at, go }
}
