import { join } from 'node:path'
import { Jobs } from '../../src-main/app/jobs'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { KeptFiles } from '../../src-main/content/kept-files'
import { PartialFiles } from '../../src-main/content/partial-files'

/** Where a client keeps its files, and the jobs that move them. */
export function contentIn(folder: string): { kept: KeptFiles; partial: PartialFiles; jobs: Jobs } {
  const kept = new KeptFiles({ folder: join(folder, 'content'), ids: randomIds })
  return { kept, partial: new PartialFiles({ folder: join(folder, 'content/partial'), kept }), jobs: new Jobs({ clock: systemClock, ids: randomIds }) }
}
