import { onScopeDispose, ref, shallowRef, triggerRef, watch, type Ref } from 'vue'
import type { CampaignView, RecipientFilter, RecipientView } from '../../src-main/contract/campaign'
import { useApp } from './app'
import { useJobs } from './jobs'
import { useParts } from './parts'

/** Recipients that are asked for together. */
const CHUNK = 100
/** Chunks that are remembered. */
const MOST = 30
/** How often it is looked at anew while it moves, ms. */
const LOOK = 500

/** A message to many, live: how many got how far, and who; only what is on screen of them is asked for. */
export function useCampaign(id: string, filter: Readonly<Ref<RecipientFilter>>) {
  const { bridge, clock } = useParts()
  const app = useApp()
  const jobs = useJobs()
  const view = shallowRef<CampaignView | null>()
  const chunks = shallowRef(new Map<number, RecipientView[]>())
  const isActing = ref(false)
  let wanted: [first: number, last: number] = [0, 0]
  let round = 0
  let isPlanned = false
  let isOver = false

  async function look(): Promise<void> {
    const mine = ++round
    try {
      const [first, last] = wanted
      const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i)
      const [next, ...rows] = await Promise.all([
        bridge.commands.campaign(id), ...numbers.map((number) => bridge.commands.recipients(id, filter.value, number * CHUNK, CHUNK)),
      ])
      if (mine !== round) return
      view.value = next
      const kept = [...chunks.value].filter(([number]) => !numbers.includes(number)).slice(-MOST)
      chunks.value = new Map([...kept, ...numbers.map((number, i): [number, RecipientView[]] => [number, rows[i]!])])
    } catch {
      // A line that is lost asks again when it is back.
    }
  }
  function lookSoon(): void {
    if (isPlanned || isOver) return
    isPlanned = true
    clock.after(LOOK, () => {
      isPlanned = false
      if (!isOver) void look()
    })
  }

  /** The rows from `first` to `last` are on screen. */
  function shows(first: number, last: number): void {
    const before = wanted
    wanted = [Math.floor(Math.max(0, first) / CHUNK), Math.floor(Math.max(0, last) / CHUNK)]
    const isThere = [wanted[0], wanted[1]].every((number) => chunks.value.has(number))
    if (!isThere || before[0] !== wanted[0] || before[1] !== wanted[1]) void look()
  }
  const at = (index: number): RecipientView | undefined => chunks.value.get(Math.floor(index / CHUNK))?.[index % CHUNK]

  watch(filter, () => {
    chunks.value = new Map()
    triggerRef(chunks)
    wanted = [0, 0]
    void look()
  })
  // Its own job, and those of its files.
  watch(() => jobs.jobs.filter(({ detail }) => detail?.['campaign'] === id).map((job) => `${job.id} ${job.at}`).join(), () => void look())
  const off = [
    bridge.notices.on('journalGrew', lookSoon),
    bridge.events.on('connection', ({ at: now }) => void (now === 'open' && look())),
  ]
  onScopeDispose(() => {
    isOver = true
    off.forEach((end) => end())
  })
  void look()

  async function act(work: () => Promise<unknown>): Promise<void> {
    if (isActing.value) return
    isActing.value = true
    await app.attempt(work())
    await look()
    isActing.value = false
  }

  return {
    view, chunks, at, shows, isActing,
    stop: () => act(() => bridge.commands.campaignStop(id)),
    goOn: () => act(() => bridge.commands.campaignStart(id)),
    retry: () => act(() => bridge.commands.campaignRetry(id)),
  }
}
