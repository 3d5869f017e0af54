import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { Fault } from '../../src-main/base/faults'
import type { FaultView } from '../../src-main/contract/faults'
import type { JobView } from '../../src-main/contract/jobs'
import { useApp } from './app'
import { useJobs } from './jobs'
import { useParts } from './parts'

/** Bytes that go to main at once: a frame of the line stays well below what it takes, in base64. */
const PIECE = 384 * 1024

// idle --choose--> copying --all of it is there--> (a job) --> ended --dismissed--> idle
//                     '--> failed --choose--> copying, on from where it was
/** A backup that is being copied to main. What comes after is a job. */
export type Copying =
  | { at: 'idle' }
  | { at: 'copying'; name: string; done: number; total: number; startedAt: number }
  | { at: 'failed'; name: string; fault: FaultView }
  /** The browser could not read it: moved, changed, or not allowed. */
  | { at: 'unreadable'; name: string }

export type ImportState = Copying | { at: 'reading' | 'ended'; job: JobView }

/** Thrown inside: the browser does not give the file's bytes. */
class Unreadable extends Error {}

/** Brings in a telephone's backup: this window copies it, main reads it. */
export const useImport = defineStore('import', () => {
  const { bridge, clock } = useParts()
  const app = useApp()
  const jobs = useJobs()
  const copying = shallowRef<Copying>({ at: 'idle' })
  let round = 0
  let copied: string | undefined

  const state = computed<ImportState>(() => {
    if (copying.value.at !== 'idle') return copying.value
    const imports = jobs.jobs.filter(({ kind }) => kind === 'import')
    const running = imports.find(({ at }) => at === 'running')
    if (running) return { at: 'reading', job: running }
    const ended = imports.at(-1)
    return ended ? { at: 'ended', job: ended } : { at: 'idle' }
  })
  const isBusy = computed(() => state.value.at === 'copying' || state.value.at === 'reading')

  /** Copies it, or what is still missing of it, and lets main read it. */
  async function choose(file: File): Promise<void> {
    if (isBusy.value) return
    const mine = ++round
    for (const job of jobs.jobs) if (job.kind === 'import') void jobs.cancel(job.id)
    const startedAt = clock.now()
    const tell = (done: number) => void (copying.value = { at: 'copying', name: file.name, done, total: file.size, startedAt })
    tell(0)
    try {
      if (file.size === 0) throw new Fault('bad-type')
      let isOver = await copy(file, mine, tell)
      while (!isOver && round === mine) {
        await lineIsBack()
        isOver = await copy(file, mine, tell)
      }
      if (round === mine) copying.value = { at: 'idle' }
    } catch (thrown) {
      if (round !== mine) return
      copying.value = thrown instanceof Unreadable
        ? { at: 'unreadable', name: file.name }
        : { at: 'failed', name: file.name, fault: Fault.from(thrown).view() }
    }
  }

  /** @returns false when the line was lost on the way */
  async function copy(file: File, mine: number, tell: (done: number) => void): Promise<boolean> {
    try {
      let view = await bridge.commands.importBegin({ name: file.name.slice(0, 255), size: file.size, lastModified: file.lastModified })
      copied = view.id
      while (view.job === undefined && round === mine) {
        tell(view.offset)
        const base64 = await base64Of(file.slice(view.offset, view.offset + PIECE))
        if (round === mine) view = await bridge.commands.importChunk(view.id, view.offset, base64)
      }
      await jobs.refresh()
      return true
    } catch (thrown) {
      const { code } = Fault.from(thrown)
      // What was on the way may have arrived or not: main knows.
      if (code === 'closed' && bridge.connection.at !== 'refused') return false
      throw thrown
    }
  }

  function lineIsBack(): Promise<void> {
    if (bridge.connection.at === 'open') return Promise.resolve()
    return new Promise((resolve) => {
      const off = bridge.events.on('connection', ({ at }) => {
        if (at !== 'open' && at !== 'refused') return
        off()
        resolve()
      })
    })
  }

  /** Ends it: what was copied goes, what is in conversations already stays. */
  async function cancel(): Promise<void> {
    const now = state.value
    if (now.at === 'reading') return jobs.cancel(now.job.id)
    round++
    copying.value = { at: 'idle' }
    if (copied) await app.attempt(bridge.commands.importForget(copied))
  }

  /** The result has been seen. */
  async function dismiss(): Promise<void> {
    copying.value = { at: 'idle' }
    if (state.value.at === 'ended') await jobs.cancel(state.value.job.id)
  }

  return { state, isBusy, choose, cancel, dismiss }
})

/** Base64 by the browser itself, which every Chromium that opens the window has. */
function base64Of(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => {
      const url = reader.result as string
      resolve(url.slice(url.indexOf(',') + 1))
    }
    reader.onerror = () => reject(new Unreadable())
    reader.readAsDataURL(piece)
  })
}
