import type { Store } from '../bookings/store'
import type { Seat } from './postback'
import type { Asked } from './understand'
import type { Language } from './words'

/** What of a conversation is remembered. */
export interface Talk {
  language: Language
  /** The question so far, put together from several messages. */
  asked: Asked
  /** Rides before this one have been shown. */
  shown: number
  /** Who has travelled, the last first. */
  passengers: string[]
  /** A seat that waits for a name. */
  wants?: Seat
  /** The booking that is being changed. */
  changes?: string
}

const fresh: Talk = { language: 'zh', asked: {}, shown: 0, passengers: [] }

export function readTalk(store: Store, person: string): Talk {
  const kept = store.talk(person)
  return kept === undefined ? { ...fresh } : { ...fresh, ...(JSON.parse(kept) as Partial<Talk>) }
}

export const keepTalk = (store: Store, person: string, talk: Talk): void => store.keepTalk(person, JSON.stringify(talk))
