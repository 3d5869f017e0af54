import { DAY, HOUR } from '../../src-main/base/clock'
import type { Conversation } from '../../src-main/contract/message'
import { useApp } from './app'
import { useParts } from './parts'

/** Whether nobody is told of its messages now. @param now ms */
export const isMuted = ({ mutedUntil = 0 }: Pick<Conversation, 'mutedUntil'>, now: number): boolean => mutedUntil === -1 || mutedUntil > now

/** For how long a conversation can be muted, ms. */
export const muteTimes = { hour: HOUR, eight: 8 * HOUR, week: 7 * DAY, good: Infinity } as const
export type MuteTime = keyof typeof muteTimes

/** Muting conversations, and taking it back. */
export function useMuting() {
  const { clock } = useParts()
  const app = useApp()
  return {
    mute: (conversation: string, time: MuteTime) =>
      app.attempt(app.commands.mute(conversation, time === 'good' ? -1 : clock.now() + muteTimes[time])),
    unmute: (conversation: string) => app.attempt(app.commands.mute(conversation, 0)),
  }
}
