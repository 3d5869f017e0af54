import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { JobView } from '../../src-main/contract/jobs'
import type { FileView } from '../../src-main/contract/message'
import { shareOf, useApp, useJobs, useParts } from '../state'

/** A file in its place: what main is told when something is wanted of it. */
export interface FilePlace {
  conversation: string
  message: string
  /** Its index in the message. */
  index: number
  /** The message is on its way from this window to main. */
  isKeeping: boolean
}

/** Where its bytes are: `here`, on their way, or nowhere (`missing`). */
export type TransferAt = 'here' | 'missing' | 'keeping' | 'offered' | 'waiting' | 'running' | 'paused' | 'failed'

/** What can be wanted of it. */
export type Wish = 'go' | 'pause' | 'cancel'

/** How fast a job is, bytes a second, from what it did since it was first seen. */
interface Pace {
  job: string
  done: number
  at: number
}

/** Before this nothing is said of how fast it is, ms. */
const SOON = 400

export function transferAt(file: FileView, isKeeping: boolean, isRunning: boolean): TransferAt {
  const { transfer, hash } = file
  if (!transfer) return hash !== '' ? 'here' : isKeeping ? 'keeping' : 'missing'
  return transfer.at === 'waiting' && isRunning ? 'running' : transfer.at
}

/** Time left in seconds; undefined while nothing can be said of it. @param speed bytes a second */
export const secondsLeft = (left: number, speed: number): number | undefined => (speed > 0 ? Math.ceil(left / speed) : undefined)

/** How far a file's bytes are, and what can be done about it. */
export function useTransfer(file: MaybeRefOrGetter<FileView>, place: MaybeRefOrGetter<FilePlace>) {
  const app = useApp()
  const jobs = useJobs()
  const { clock } = useParts()

  const job = computed<JobView | undefined>(() => {
    if (!toValue(file).transfer) return undefined
    const { conversation, message, index } = toValue(place)
    return jobs.running.find(({ kind, detail }) => (kind === 'upload' || kind === 'download')
      && detail?.['message'] === message && detail['file'] === index && detail['conversation'] === conversation)
  })
  const at = computed(() => transferAt(toValue(file), toValue(place).isKeeping, job.value !== undefined))
  const share = computed(() => (job.value ? shareOf(job.value) : at.value === 'paused' ? 0 : undefined))

  /** Bytes a second; 0 until it is known. */
  const speed = shallowRef(0)
  let since: Pace | undefined
  watch(job, (now) => {
    if (!now) return void (since = undefined)
    const time = clock.steady()
    if (since?.job !== now.id) {
      since = { job: now.id, done: now.done, at: time }
      speed.value = 0
    } else if (time - since.at >= SOON) speed.value = ((now.done - since.done) * 1_000) / (time - since.at)
  }, { immediate: true, flush: 'sync' })
  const left = computed(() => (job.value?.total ? secondsLeft(job.value.total - job.value.done, speed.value) : undefined))

  /** The wishes that mean something now, the first the likeliest. */
  const wishes = computed<Wish[]>(() => {
    switch (at.value) {
      case 'offered': return ['go']
      case 'waiting': case 'running': return ['pause', 'cancel']
      case 'paused': return ['go', 'cancel']
      case 'failed': return toValue(file).transfer?.fault?.code === 'file-gone' ? [] : ['go']
      default: return []
    }
  })
  async function want(wish: Wish): Promise<void> {
    const { conversation, message, index } = toValue(place)
    await app.attempt(app.commands.transfer(conversation, message, index, wish))
  }
  return { job, at, share, speed, left, wishes, want }
}
