import { createBirpc } from 'birpc'
import { systemClock } from '../base/clock'
import { Fault } from '../base/faults'
import type { FaultView } from '../contract/faults'
import type { ChangePage } from '../contract/message'
import { databaseName, forgetOthers, StoreDatabase } from './database'
import { Projector } from './projector'
import type { ProjectorReport } from './report'

/** What the page does for its worker; a failed `changes` is an answer, since a thrown Fault would lose its code on the way. */
export interface PageEnd {
  changes(after: number, limit: number): Promise<{ page: ChangePage } | { fault: FaultView }>
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

// The entry of the worker: whoever starts it holds the Web Lock of this database.
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
    db: new StoreDatabase(databaseName(data.journal)),
    feed: {
      async changes(after, limit) {
        const answer = await page.changes(after, limit)
        if ('fault' in answer) throw Fault.of(answer.fault)
        return answer.page
      },
    },
    clock: systemClock,
    random: Math.random,
    report: (report) => void page.report(report),
  })
  void projector.run()
  forgetOthers(databaseName(data.journal)).catch(() => {})
}
