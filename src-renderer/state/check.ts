import { computed, shallowRef, watch } from 'vue'
import type { CheckView } from '../../src-main/contract/calls'
import { useApp } from './app'
import { useJobs } from './jobs'
import { useParts } from './parts'

/** The check of the account's file: how the last one ended, how far a running one is, and starting one. */
export function useCheck() {
  const { bridge } = useParts()
  const app = useApp()
  const jobs = useJobs()
  const last = shallowRef<CheckView | null>()
  const running = computed(() => jobs.running.find(({ kind }) => kind === 'check'))

  const look = async (): Promise<void> => {
    // One that cannot be asked for now is asked for when the next check ends.
    last.value = await bridge.commands.lastCheck().catch(() => last.value)
  }
  watch(() => running.value === undefined, (isOver) => void (isOver && look()), { immediate: true })

  return {
    last,
    running,
    check: () => app.attempt(bridge.commands.checkStorage()),
    cancel: () => running.value && jobs.cancel(running.value.id),
  }
}
