import { computed, shallowRef, watch } from 'vue'
import type { FaultView } from '../../src-main/contract/faults'
import type { CatalogRow, RebuildEnd } from '../../src-main/store/catalog'
import { useApp } from './app'
import { useParts } from './parts'
import { useProjection } from './projection'

// whole --asked--> rebuilding --> whole
//   '--lost--> filling --> whole
/** How the window's copy of the messages is. `total` is absent until it is known; `fault` says why it does not go on. */
export type StorageView =
  | { at: 'unknown' }
  | { at: 'whole'; ended?: RebuildEnd | undefined }
  | { at: 'filling' | 'rebuilding'; done: number; total?: number | undefined; fault?: FaultView | undefined }

/** The window's copy of the messages: how it is, and having it made anew. */
export function useRebuild() {
  const { openCatalog } = useParts()
  const app = useApp()
  const projection = useProjection()
  const row = shallowRef<CatalogRow>()
  let catalog: ReturnType<typeof openCatalog> | undefined

  watch(() => projection.journal, (journal, _, onCleanup) => {
    row.value = undefined
    catalog = journal === undefined ? undefined : openCatalog(journal)
    const opened = catalog
    const unwatch = opened?.watch((next) => void (row.value = next))
    onCleanup(() => {
      unwatch?.()
      opened?.close()
    })
  }, { immediate: true })

  const view = computed<StorageView>(() => {
    const { report } = projection
    if (row.value?.building !== undefined) {
      const { done = 0, total, fault } = report?.rebuild ?? {}
      return { at: 'rebuilding', done, total: total || undefined, fault }
    }
    if (report?.at === 'filling') return { at: 'filling', done: report.done, total: report.total }
    const ended = row.value?.ended
    return ended || report?.at === 'live' ? { at: 'whole', ended } : { at: 'unknown' }
  })

  return {
    view,
    /** Has another copy made beside the one that is read. */
    rebuild: () => app.attempt(Promise.resolve(catalog?.askRebuild())),
    cancel: () => app.attempt(Promise.resolve(catalog?.cancelRebuild())),
  }
}
