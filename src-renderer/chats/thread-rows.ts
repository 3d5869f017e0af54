import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import type { useThread } from '../state'

/** Rows drawn beyond each edge of the window, so that the wheel finds them there. */
const OVERSCAN = 6
/** A row's height before it is measured, rem. */
const USUAL = 3.25
/** Space above the first row and under the last, px. */
const [ABOVE, BELOW] = [12, 8]

/**
 * Which rows of a thread are drawn, and where they begin. A row's index is its place, so nothing above can move what is being
 * read: pages that are not loaded yet stand as empty rows of an average height.
 * @param opensAt the place that the thread opens at, as far as it is known
 */
export function useThreadRows(
  thread: ReturnType<typeof useThread>, scroller: Readonly<Ref<HTMLElement | null>>, opensAt: () => number,
) {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  /** The thread stands where it opens: what is drawn may be seen. */
  const isPlaced = ref(false)
  const overscan = ref(0)
  /** The row that the keyboard went to. */
  const focused = ref<number>()

  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(computed(() => ({
    count: thread.count.value,
    getScrollElement: () => scroller.value,
    estimateSize: () => USUAL * rem,
    // Never by looking at the row, which would lay out the window once for each: the observer brings what it measured. Not in
    // whole pixels, as it would be by itself: rows stand one below the other, and halves add up.
    measureElement: (row: HTMLElement, entry, list) =>
      entry?.borderBoxSize[0]?.blockSize ?? list.itemSizeCache.get(list.indexFromElement(row)) ?? USUAL * rem,
    overscan: overscan.value,
    paddingStart: ABOVE,
    paddingEnd: BELOW,
    scrollPaddingStart: 56,
    scrollPaddingEnd: BELOW,
    // Near where it will open, so that no row of another place is drawn before.
    // An offset beyond the end would be tried again and again against what is scrolled later.
    initialOffset: () => Math.max(0, USUAL * rem * opensAt() - innerHeight),
  })))
  // What is read stays where it is: rows that scrolling up brings in above known ones grow upwards, others downwards; a row
  // that changes later moves what is seen only from above the window.
  virtualizer.value.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, list) => {
    if (isSettling) return false
    const offset = list.scrollOffset ?? 0
    if (list.itemSizeCache.has(item.key)) return item.end <= offset
    const last = list.range?.endIndex ?? -1
    const isAboveKnown = list.scrollDirection === 'backward' && item.index < last && list.itemSizeCache.has(last)
    return item.start < offset || isAboveKnown
  }

  const items = computed(() => virtualizer.value.getVirtualItems())
  const total = computed(() => virtualizer.value.getTotalSize())
  // Nobody sees a row that waits before the thread stands in its place.
  const drawn = computed(() => (isPlaced.value ? items.value : items.value.filter(({ index }) => thread.at(index))))
  watch(() => [items.value[0]?.index, items.value.at(-1)?.index] as const, ([first, last]) => {
    if (first !== undefined && last !== undefined) thread.show(first, last)
  })

  /** Where the window stands, and what it was laid out from. */
  const stand = () => [scroller.value?.scrollTop, total.value, items.value[0]?.index, items.value.at(-1)?.index].join(' ')

  /** The heights of the rows as they stand now: the virtualizer by itself waits for the next frame. */
  function measureRows(): void {
    const all = [...scroller.value?.querySelectorAll<HTMLElement>('.row:not(:has(.row-waits))') ?? []]
    const heights = all.map((row) => row.getBoundingClientRect().height)
    all.forEach((row, n) => virtualizer.value.resizeItem(Number(row.dataset['index']), heights[n]!))
  }

  let isSettling = false
  /** Scrolls again until the rows which that brought in, and their heights, change nothing any more; takes no frame. */
  async function settle(scroll: () => void): Promise<void> {
    isSettling = true
    for (let before = '', tries = 0; tries < 12; tries++) {
      scroll()
      // By itself this would come with the next frame.
      scroller.value?.dispatchEvent(new Event('scroll'))
      await nextTick()
      measureRows()
      await nextTick()
      if (stand() === before) break
      before = stand()
    }
    isSettling = false
  }

  return {
    virtualizer,
    /** What the window shows and a few rows around it, those that wait too. */
    items,
    drawn,
    /** Where the first drawn row begins, px. */
    top: computed(() => drawn.value[0]?.start ?? 0),
    /** The height of all rows, px. */
    total,
    measure: (element: unknown) => virtualizer.value.measureElement(element as HTMLElement),
    settle,
    isPlaced,
    /** Shows what is drawn; what is out of sight comes in the frame after. */
    place(): void {
      isPlaced.value = true
      requestAnimationFrame(() => requestAnimationFrame(() => void (overscan.value = OVERSCAN)))
    },
    focused,
    /** The row in the tab order: where the keyboard went, else the last. */
    tabStop: computed(() => {
      const wanted = focused.value
      return wanted !== undefined && items.value.some(({ index }) => index === wanted) ? wanted : items.value.at(-1)?.index
    }),
  }
}
