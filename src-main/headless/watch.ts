import { statfsSync, statSync } from 'node:fs'
import type { Clock } from '../base/clock'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { DatabaseVerbs } from '../database-verbs'
import type { IdleCheck } from '../operation/idle-check'
import { readNote, type BackupNote, type CheckNote } from '../operation/notes'
import type { Ledger } from '../relay/ledger/ledger'
import type { LedgerStatsView } from '../relay/ledger/stats'
import type { KindDepth } from '../relay/queue/depth'
import type { RelayServer } from '../relay-server'
import type { FileCounts } from '../server/files/counts'

/** With less room than this a message may not fit any more, in bytes. */
const LEAST_FREE = 1024 * 1024
/** How long the database may take for a word before it counts as down, ms. */
const PATIENCE = 3 * SECOND

/** Whether a message would be taken and kept now. */
export type Readiness = { ok: true } | { ok: false; fault: string; reason: string }

export interface WatchView {
  ready: Readiness
  health: ReturnType<RelayServer['health']>
  counts: ReturnType<RelayServer['counts']>
  devices: number
  /** Absent without a content server. */
  files?: FileCounts
  /** Absent while the database does not answer. */
  stats?: LedgerStatsView
  depth?: KindDepth[]
  restarts: number
  sizes: { file: number; log: number; diskFree: number }
  check?: CheckNote
  backup?: BackupNote
}

export interface WatchParts {
  /** The data folder, and the database in it. */
  folder: string
  file: string
  relay: RelayServer
  ledger: Ledger<DatabaseVerbs>
  idle: IdleCheck
  clock: Clock
}

/** Looks at a relay that runs, for /healthz and /metrics. */
export class Watch {
  readonly #parts: WatchParts
  #restarts = 0
  #stopping = false

  constructor(parts: WatchParts) {
    this.#parts = parts
    parts.ledger.onRespawn(() => this.#restarts++)
  }

  /** From here on it is not ready. */
  stop(): void {
    this.#stopping = true
  }

  /** Cheap, as it is asked every few seconds. */
  async readiness(): Promise<Readiness> {
    if (this.#stopping) return no('closed', 'the relay is stopping')
    const { ledger, idle } = this.#parts
    try {
      const stats = await this.#inTime(ledger.read('ledger.stats', null))
      return await this.#judge(stats, idle.last)
    } catch (thrown) {
      const { code, message } = Fault.from(thrown)
      return no(code, message)
    }
  }

  async look(): Promise<WatchView> {
    const { relay, ledger, idle, folder } = this.#parts
    const [stats, depth] = await Promise.all([
      this.#inTime(ledger.read('ledger.stats', null)).catch(() => undefined), this.#inTime(ledger.read('queue.depth', null)).catch(() => undefined),
    ])
    let devices = 0
    for (const account of relay.accounts.all()) devices += account.devices.size
    const check = idle.last
    const backup = readNote(folder, 'backup')
    const files = relay.files?.counts()
    return {
      ready: await this.readiness(), health: relay.health(), counts: relay.counts(), devices, restarts: this.#restarts, sizes: this.#sizes(),
      ...(files && { files }), ...(stats && { stats }), ...(depth && { depth }), ...(check && { check }), ...(backup && { backup }),
    }
  }

  async #judge({ fault }: LedgerStatsView, check: CheckNote | undefined): Promise<Readiness> {
    if (this.#sizes().diskFree < LEAST_FREE) return no('disk-full', 'there is no room left on the disk')
    // The last commit failed; nobody may have tried since, so this does.
    if (fault === 'disk-full' || fault === 'disk-broken' || fault === 'busy') await this.#inTime(this.#parts.ledger.commit('ledger.probe', null))
    if (check?.problems.length) return no('storage-damaged', `the last check found damage: ${check.problems[0]}`)
    return { ok: true }
  }

  #sizes(): WatchView['sizes'] {
    const { folder, file } = this.#parts
    const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
    const { bavail, bsize } = statfsSync(folder)
    return { file: size(file), log: size(`${file}-wal`), diskFree: bavail * bsize }
  }

  #inTime<Result>(answer: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.after(PATIENCE, () => reject(new Fault('busy', { text: 'the database does not answer' })))
      answer.then(resolve, reject).finally(() => timer.cancel())
    })
  }
}

const no = (fault: string, reason: string): Readiness => ({ ok: false, fault, reason })
