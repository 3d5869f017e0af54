import { createBirpc } from 'birpc'
import { systemClock } from '../base/clock'
import { Fault } from '../base/faults'
import type { FaultView } from '../contract/faults'
import type { ChangePage, FillPage } from '../contract/message'
import { Catalog } from './catalog'
import { Projector } from './projector'
import type { ProjectorReport } from './report'

/** What the page was told, or why it was told nothing. */
export type Answer<Page> = { page: Page } | { fault: FaultView }

/** What the page does for its worker. */
export interface PageEnd {
  changes(after: number, limit: number, epoch?: string): Promise<Answer<ChangePage>>
  filling(cursor: string | null, pages: number): Promise<Answer<FillPage>>
  report(report: ProjectorReport): void
}

/** What the worker does for its page. */
export interface WorkerEnd {
  grew(n: number): void
}

/** The first message to the worker; the port comes along. */
export interface WorkerStart {
  journal: string
}

function opened<Page>(answer: Answer<Page>): Page {
  if ('fault' in answer) throw Fault.of(answer.fault)
  return answer.page
}

// The entry of the worker: whoever starts it holds the Web Lock of this store.
self.onmessage = ({ data, ports: [port] }: MessageEvent<WorkerStart>) => {
  if (!port) return
  const page = createBirpc<PageEnd, WorkerEnd>(
    { grew: (n) => projector.grew(n) },
    {
      on: (listener) => void (port.onmessage = ({ data }) => listener(data)),
      post: (message) => port.postMessage(message),
      eventNames: ['report'],
    },
  )
  const projector = new Projector({
    catalog: new Catalog(data.journal, systemClock),
    feed: {
      changes: async (after, limit, epoch) => opened(await page.changes(after, limit, epoch)),
      filling: async (cursor, pages) => opened(await page.filling(cursor, pages)),
    },
    clock: systemClock,
    random: Math.random,
    report: (report) => void page.report(report),
  })
  void projector.run()
}
