import { createBirpc, type BirpcReturn } from 'birpc'
import { backoff } from '../base/backoff'
import { SECOND, type Clock, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import { storeName } from './database'
import type { Feed } from './feed'
import type { ProjectorReport } from './report'
import type { Answer, PageEnd, WorkerEnd, WorkerStart } from './worker'

export interface StartOptions {
  /** The journal's id. */
  journal: string
  feed: Feed
  /** This page's worker, or another page's that projects in its place, tells how far it is. */
  onReport(report: ProjectorReport): void
  clock: Clock
  random: () => number
}

/** A page's wish to project. */
export interface Projecting {
  /** The journal's newest number is now `n`. */
  grew(n: number): void
  /** Gives the turn to another page; cuts off what runs, which a transaction survives. */
  stop(): void
}

/** A failure as data: a thrown Fault would lose its code on the way to the worker. */
const answered = <Page>(page: Promise<Page>): Promise<Answer<Page>> =>
  page.then((page) => ({ page }), (thrown) => ({ fault: Fault.from(thrown).view() }))

type Gossip = { report: ProjectorReport } | 'how far?'

/**
 * Has this page keep the store of a journal equal to it, as soon as no other page does: the turn is a Web Lock named after
 * the store, the work is a dedicated Worker's, so that both end with the page.
 */
export function startProjecting({ journal, feed, onReport, clock, random }: StartOptions): Projecting {
  const name = storeName(journal)
  const stopped = new AbortController()
  const gossip = new BroadcastChannel(`${name} projector`)
  let own: ProjectorReport | undefined
  let worker: Worker | undefined
  let remote: BirpcReturn<WorkerEnd, PageEnd> | undefined
  let retry: Timer | undefined
  let crashes = 0

  gossip.onmessage = ({ data }: MessageEvent<Gossip>) => {
    if (data === 'how far?') {
      if (own) gossip.postMessage({ report: own } satisfies Gossip)
    } else if (!own) onReport(data.report)
  }
  const report = (next: ProjectorReport) => {
    own = next
    onReport(next)
    gossip.postMessage({ report: next } satisfies Gossip)
  }

  const crash = (event: ErrorEvent) => {
    worker?.terminate()
    const wait = backoff(++crashes, random(), { first: SECOND, longest: 60 * SECOND })
    const fault = new Fault('internal', { text: `the store's worker failed: ${event.message}` }).view()
    report({ at: 'failed', fault, until: clock.now() + wait, isRebuilding: false })
    retry = clock.after(wait, spawn)
  }

  const spawn = () => {
    if (stopped.signal.aborted) return
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name })
    worker.onerror = crash
    const { port1, port2 } = new MessageChannel()
    remote = createBirpc<WorkerEnd, PageEnd>(
      {
        // An epoch that is not known must not cross as one that is null.
        changes: (after, limit, epoch) => answered(epoch === undefined ? feed.changes(after, limit) : feed.changes(after, limit, epoch)),
        filling: (cursor, pages) => answered(feed.filling(cursor, pages)),
        report,
      },
      {
        on: (listener) => void (port1.onmessage = ({ data }) => listener(data)),
        post: (message) => port1.postMessage(message),
        eventNames: ['grew'],
      },
    )
    worker.postMessage({ journal } satisfies WorkerStart, [port2])
  }

  onReport({ at: 'waiting-turn' })
  gossip.postMessage('how far?' satisfies Gossip)
  const turn = navigator.locks.request(name, { signal: stopped.signal }, async () => {
    spawn()
    await new Promise<void>((resolve) => stopped.signal.addEventListener('abort', () => resolve()))
  })
  turn.catch(() => {})

  return {
    grew: (n) => void remote?.grew(n),
    stop() {
      stopped.abort()
      retry?.cancel()
      worker?.terminate()
      gossip.close()
    },
  }
}
