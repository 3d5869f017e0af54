import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** How large an element is, in CSS pixels; 0 as long as it is not on screen. */
export function useElementSize(element: Readonly<Ref<HTMLElement | null>>): { width: Ref<number>; height: Ref<number> } {
  const [width, height] = [ref(0), ref(0)]
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return
    width.value = entry.contentRect.width
    height.value = entry.contentRect.height
  })
  watch(element, (next, before) => {
    if (before) observer.unobserve(before)
    if (next) observer.observe(next)
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => observer.disconnect())
  return { width, height }
}
