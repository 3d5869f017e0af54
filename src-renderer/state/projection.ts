import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Projecting } from '../../src-main/store/start'
import type { ProjectorReport } from '../../src-main/store/report'
import { useParts } from './parts'
import type { Reader } from './reader'

/** The store of the account that is signed in: opens it, has this page project while main can be reached, tells how far it is. */
export const useProjection = defineStore('projection', () => {
  const { bridge, clock, random, openReader, project } = useParts()
  const journal = shallowRef<string>()
  const isOpen = shallowRef(bridge.connection.at === 'open')
  const reader = shallowRef<Reader>()
  const report = shallowRef<ProjectorReport>()
  let projecting: Projecting | undefined

  const unhear = [
    bridge.events.on('connection', ({ at }) => void (isOpen.value = at === 'open')),
    bridge.notices.on('journalGrew', (n) => projecting?.grew(n)),
  ]
  watch(journal, (id) => {
    reader.value?.close()
    reader.value = id ? openReader(id) : undefined
    report.value = undefined
  }, { flush: 'sync' })
  // A page that cannot reach main (a renewed token, for one) must not keep its turn from a page that can.
  watch([journal, isOpen], ([id, open]) => {
    projecting?.stop()
    projecting = undefined
    if (!id || !open) return
    projecting = project({ journal: id, feed: bridge.commands, onReport: (next) => void (report.value = next), clock, random })
  }, { flush: 'sync' })

  onScopeDispose(() => {
    for (const off of unhear) off()
    projecting?.stop()
    reader.value?.close()
  })
  return { journal, reader, report }
})
