import type { Clock, Timer } from '../../base/clock'
import type { FaultView } from '../../contract/faults'
import { Db, sqliteFault, type DbOptions, type Migration } from './db'
import type { Verbs } from './ledger'
import { Packer, packingOf, transferOf, Unpacker, type Packed, type Packings } from './packing'
import type { Answer, Call, FromThread, Port, ToThread } from './port'
import { LedgerStats } from './stats'

export interface ThreadParts {
  file: string
  migrations: readonly Migration[]
  verbs: Verbs
  packings?: Packings
  port: Port
  clock: Clock
  options?: DbOptions & {
    /** Log pages (4 KB) at which the log is brought into the file even under load. @default 4_000 */
    checkpointPages?: number
  }
}

/** Log pages that are worth a checkpoint once nothing happens. */
const WORTHWHILE = 500
/** How long nothing must happen, ms. */
const IDLE = 50

/** Serves a SQLite file on a port until it is told to close: the code that runs beside the database. */
export function serveLedger({ file, migrations, verbs, packings = {}, port, clock, options = {} }: ThreadParts): void {
  const { checkpointPages = 4_000 } = options
  const stats = new LedgerStats()
  const post = (message: FromThread, transfer?: ArrayBuffer[]) => port.post(message, transfer)
  let db: Db
  try {
    db = new Db(file, migrations, { ...options, stats, migrating: (progress) => post({ kind: 'migrating', progress }) })
  } catch (thrown) {
    post({ kind: 'refused', fault: sqliteFault(thrown).view() })
    return
  }

  const run = ([name, args]: Call): { ok: unknown } => {
    const verb = verbs[name]
    if (!verb) throw new Error(`no such verb: ${name}`)
    return { ok: verb(db as never, args as never) }
  }

  const failed = (thrown: unknown): Answer => ({ fault: sqliteFault(thrown).view() })

  /** One transaction for all; when it fails, one for each, so that a bad submission sinks no other. */
  const commit = (items: Call[]): Answer[] => {
    try {
      const answers = opened().transaction(() => items.map(run))
      stats.calls += items.length
      stats.fault = undefined
      return answers
    } catch (thrown) {
      stats.failures++
      if (items.length > 1) return items.map((item) => commit([item])[0]!)
      stats.fault = sqliteFault(thrown).code
      if (stats.fault === 'disk-broken' && db.isOpen) reopen()
      return [failed(thrown)]
    }
  }

  /** After a failed write or fsync only the file knows what is in it: what the connection remembers is not to be believed. */
  const reopen = () => {
    db.close()
    try {
      db = new Db(file, migrations, { ...options, stats })
    } catch {
      // Whoever asks next tries again, and is told why when it cannot be.
    }
  }

  /** The file, opened anew if it had to be closed. @throws what stands in the way */
  const opened = (): Db => {
    if (!db.isOpen) db = new Db(file, migrations, { ...options, stats })
    return db
  }

  const commitPacked = (calls: string[], args: Packed) => {
    const unpacker = new Unpacker(args)
    const answers = commit(calls.map((verb): Call => [verb, packingOf(packings, verb).readArgs(unpacker)]))
    const packer = new Packer()
    const faults: [number, FaultView][] = []
    answers.forEach((answer, i) => {
      if ('ok' in answer) packingOf(packings, calls[i]!).writeResult(packer, answer.ok)
      else faults.push([i, answer.fault])
    })
    const results = packer.pack()
    post({ kind: 'committed', faults, results }, transferOf(results))
  }

  const read = (id: number, call: Call) => {
    const packer = new Packer()
    try {
      opened()
      const { ok } = run(call)
      packingOf(packings, call[0]).writeResult(packer, ok)
    } catch (thrown) {
      post({ kind: 'answer', id, fault: sqliteFault(thrown).view() })
      return
    }
    const result = packer.pack()
    post({ kind: 'answer', id, result }, transferOf(result))
  }

  // A checkpoint never stands between a commit and its answer: it runs after the answer when the log has grown long, else
  // when nothing else is to be done.
  let idle: Timer | undefined
  const tidy = () => {
    idle?.cancel()
    idle = undefined
    try {
      const pages = db.logPages()
      if (pages >= checkpointPages) checkpoint()
      else if (pages >= WORTHWHILE) idle = clock.after(IDLE, checkpoint)
    } catch {
      // As below.
    }
  }
  const checkpoint = () => {
    try {
      db.checkpoint()
    } catch {
      // One that fails (a full disk is enough) loses nothing: the log stays, and the next commit tells of a broken disk.
    }
  }

  port.onMessage((message: ToThread) => {
    switch (message.kind) {
      case 'commit':
        commitPacked(message.calls, message.args)
        tidy()
        return
      case 'read':
        read(message.id, message.item)
        return
      case 'close':
        idle?.cancel()
        db.close()
        post({ kind: 'closed' })
    }
  })
  post({ kind: 'opened' })
}
