import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'
import type { Suggestion } from '../../../src-main/contract/suggestion'
import { useParts, useSending } from '../../state'

/** A suggestion that was tapped, while the person is asked about it. */
export interface Tap {
  suggestion: Suggestion
  /** The id of the message that offered it. */
  to: string
  /** Its bot has gone on since. */
  isStale: boolean
}

// tap --reply--> answered             tap --action--> asked --agreed--> answered
//   '--stale--> asked whether still --yes--> (as above)    '--not--> (gone)
/** What is tapped in one conversation. */
export interface Taps {
  /** What the person is asked about now. */
  asked: ShallowRef<Tap | undefined>
  tap(tap: Tap): void
  /** The person does not want it. */
  leave(): void
  /** The person agreed: the bot is told, and what was tapped shows as said. */
  answer(tap: Tap): void
}

const key: InjectionKey<Taps> = Symbol('taps')

/** A second tap within so long, ms, on what was just answered is a slip of the finger. */
const SLIP = 800

/** Gives a thread its taps. @param told called when something was answered */
export function provideTaps(conversation: () => string, told: () => void): Taps {
  const { clock } = useParts()
  const sending = useSending()
  const asked = shallowRef<Tap>()
  let before: { suggestion: Suggestion; at: number } | undefined
  const taps: Taps = {
    asked,
    tap(tap) {
      if (before?.suggestion === tap.suggestion && clock.steady() - before.at < SLIP) return
      if (tap.isStale || tap.suggestion.action) asked.value = tap
      else taps.answer(tap)
    },
    leave: () => void (asked.value = undefined),
    answer({ suggestion, to }) {
      asked.value = undefined
      before = { suggestion, at: clock.steady() }
      sending.answer(conversation(), { to, chip: suggestion })
      told()
    },
  }
  provide(key, taps)
  return taps
}

/** The taps of the thread around; outside of one nothing can be tapped. */
export const useTaps = (): Taps => inject(key, () => ({ asked: shallowRef(), tap: () => {}, leave: () => {}, answer: () => {} }), true)
