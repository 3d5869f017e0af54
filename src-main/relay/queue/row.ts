import type { Envelope, LaneName } from '../envelope'

/** An envelope's place in one lane. Rows of a lane are worked off by `seq`. */
export interface QueueRow extends Envelope {
  seq: number
  lane: LaneName
  /** How many lanes the envelope was put into; with more than one, it has failed only when none of them took it. */
  lanes: number
}

/** A lane as it is stored. */
export interface LaneInfo {
  name: LaneName
  waiting: number
  /** `sentAt` of the oldest row, ms. */
  oldest?: number
}

/** What is committed together: one envelope and every lane that it goes to. Repeating it changes nothing. */
export interface Put {
  envelope: Envelope
  lanes: readonly LaneName[]
}
