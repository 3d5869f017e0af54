import type { LaneName } from '../../relay/envelope'
import { accountLane, deviceLane } from '../device'
import type { GroupsDb } from './rows'

/** Says that a device takes the changes of groups as messages (rcs/capabilities). */
export const takesChanges = (features: string): boolean => features.includes('+g.yanxin.groups')

/** Where what goes to an account is put. */
export interface Lanes {
  /** Of every device, or of the account until it has one: what is said. */
  all: LaneName[]
  /** Of devices that take changes as messages. */
  changes: LaneName[]
}

const known = (db: GroupsDb): Map<string, Lanes> => db.keep('focus lanes', () => new Map())

/** The lanes of an account; nothing when there is no such account. */
export function lanesOf(db: GroupsDb, address: string): Lanes | undefined {
  const before = known(db).get(address)
  if (before) return before
  if (!db.get('SELECT 1 FROM accounts WHERE address = ?', address)) return undefined
  const devices = db.all<{ instance: string; features: string }>('SELECT instance, features FROM devices WHERE address = ? ORDER BY firstAt', address)
  const nameOf = ({ instance }: { instance: string }) => deviceLane(address, instance)
  const lanes: Lanes = {
    all: devices.length ? devices.map(nameOf) : [accountLane(address)],
    changes: devices.filter(({ features }) => takesChanges(features)).map(nameOf),
  }
  known(db).set(address, lanes)
  return lanes
}

/** An account's devices are others now. */
export const forgetLanes = (db: Pick<GroupsDb, 'keep'>, address: string): void => void known(db as GroupsDb).delete(address)
