import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Conversation } from '../../src-main/contract/message'
import { isMuted, muteTimes, untilInWords, useApp, useMuting, useNow, type MuteTime } from '../state'
import type { MenuItem } from '../ui/menu'

/** For how long a conversation can be muted, and the way back. */
export function useMuteMenu(conversation: () => Conversation): ComputedRef<MenuItem[]> {
  const { t } = useI18n()
  const app = useApp()
  const now = useNow()
  const { mute, unmute } = useMuting()
  return computed(() => {
    const { id, mutedUntil = 0 } = conversation()
    if (isMuted(conversation(), now.value)) {
      const until = mutedUntil === -1 ? '' : untilInWords(mutedUntil, now.value, app.language)
      return [{ icon: 'bell' as const, label: until ? t('mute.undoUntil', { until }) : t('mute.undo'), run: () => void unmute(id) }]
    }
    return (Object.keys(muteTimes) as MuteTime[]).map((time) => ({ icon: 'bellOff' as const, label: t(`mute.for.${time}`), run: () => void mute(id, time) }))
  })
}
