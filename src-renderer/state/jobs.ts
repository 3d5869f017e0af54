import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { JobView } from '../../src-main/contract/jobs'
import { useApp } from './app'
import { useParts } from './parts'

/** How far a job is, from 0 to 1; undefined when nobody knows how much there is. */
export function shareOf({ kind, done, total, detail }: JobView): number | undefined {
  if (!total) return undefined
  const read = Math.min(1, done / total)
  if (kind !== 'import') return read
  // Reading the file is one half, putting what it says in its place the other.
  const left = Number(detail?.['left'] ?? NaN)
  const messages = Number(detail?.['messages'] ?? 0)
  return detail?.['step'] === 'merging' && messages > 0 ? 0.5 + 0.5 * Math.max(0, Math.min(1, 1 - left / messages)) : read / 2
}

/** What main is busy with, and what lately ended: the one list of it in the window. */
export const useJobs = defineStore('jobs', () => {
  const { bridge } = useParts()
  const app = useApp()
  const jobs = shallowRef<readonly JobView[]>([])
  const running = computed(() => jobs.value.filter(({ at }) => at === 'running'))

  const take = (job: JobView) => {
    const isKnown = jobs.value.some(({ id }) => id === job.id)
    jobs.value = isKnown ? jobs.value.map((one) => (one.id === job.id ? job : one)) : [...jobs.value, job]
  }
  /** The whole list: main may have become another while the line was lost. */
  async function refresh(): Promise<void> {
    try {
      jobs.value = await bridge.commands.jobs()
    } catch {
      // A line that is lost asks again when it is back.
    }
  }
  /** Ends it, or takes one that has ended off the list. */
  async function cancel(id: string): Promise<void> {
    const hasEnded = jobs.value.some((job) => job.id === id && job.at !== 'running')
    if (hasEnded) jobs.value = jobs.value.filter((job) => job.id !== id)
    await app.attempt(bridge.commands.cancelJob(id))
  }

  const off = [
    bridge.notices.on('job', take),
    bridge.events.on('connection', ({ at }) => void (at === 'open' && refresh())),
  ]
  onScopeDispose(() => off.forEach((end) => end()))
  if (bridge.connection.at === 'open') void refresh()
  return { jobs, running, cancel, refresh }
})
