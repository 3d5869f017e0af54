import type { LaneName } from '../envelope'
import type { Db } from '../ledger/db'
import { keptOf, laneId } from './rows'

/** What waits in all lanes of one kind: `device`, `account`, `network` … */
export interface KindDepth {
  kind: string
  lanes: number
  waiting: number
  /** When the oldest of them was sent as its sender says, and when it will expire, ms. */
  sentAt: number
  expiresAt: number
}

export const kindOf = (lane: LaneName): string => {
  const colon = lane.indexOf(':')
  return colon < 0 ? lane : lane.slice(0, colon)
}

/** The row of the lowest seq by kind, found the last time: while it waits, nothing older can have come. */
interface Oldest {
  seq: number
  kind: string
}

const oldestOf = (db: Db): Map<string, Oldest> => db.keep('queue oldest', () => new Map<string, Oldest>())

/** Rows came into a lane that are older than what was put: what is remembered of it does not hold. */
export function inherited(db: Db, heir: number): void {
  oldestOf(db).clear()
  keptOf(db).sizes.delete(heir)
  keptOf(db).own.delete(heir)
}

export function depthByKind(db: Db): KindDepth[] {
  const { waiting, names } = keptOf(db)
  const kinds = new Map<string, { lanes: number[]; waiting: number }>()
  for (const [lane, count] of waiting) {
    const kind = kindOf(names.get(lane)!)
    const known = kinds.get(kind)
    if (known) {
      known.lanes.push(lane)
      known.waiting += count
    } else kinds.set(kind, { lanes: [lane], waiting: count })
  }
  const found = oldestOf(db)
  return [...kinds].map(([kind, { lanes, waiting: rows }]) => {
    const row = still(db, found.get(kind)) ?? look(db, lanes)!
    found.set(kind, { seq: row.seq, kind })
    return { kind, lanes: lanes.length, waiting: rows, sentAt: row.sentAt, expiresAt: row.expiresAt }
  })
}

interface Row {
  seq: number
  lane: number
  sentAt: number
  expiresAt: number
}

function still(db: Db, oldest: Oldest | undefined): Row | undefined {
  const row = oldest && db.get<Row>('SELECT seq, lane, sentAt, expiresAt FROM queue WHERE seq = ?', oldest.seq)
  // It may have been inherited by a lane of another kind.
  return row && kindOf(keptOf(db).names.get(row.lane)!) === oldest.kind ? row : undefined
}

function look(db: Db, lanes: readonly number[]): Row | undefined {
  let oldest: Row | undefined
  for (const lane of lanes) {
    const row = db.get<Row>('SELECT seq, lane, sentAt, expiresAt FROM queue WHERE lane = ? ORDER BY seq LIMIT 1', lane)
    if (row && !(oldest && oldest.seq < row.seq)) oldest = row
  }
  return oldest
}

export function forgetLane(db: Db, name: LaneName): void {
  const lane = laneId(db, name, false)
  const kept = keptOf(db)
  if (lane === undefined || kept.waiting.get(lane)) return
  db.run('DELETE FROM lanes WHERE lane = ?', lane)
  kept.ids.delete(name)
  kept.names.delete(lane)
  kept.sizes.delete(lane)
  kept.own.delete(lane)
}
