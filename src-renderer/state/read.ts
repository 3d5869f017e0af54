import { onScopeDispose, watch, type Ref } from 'vue'
import type { Timer } from '../../src-main/base/clock'
import type { Conversation } from '../../src-main/contract/message'
import { useParts } from './parts'

/** How long what is seen is gathered before main is told, in ms. */
const GATHER = 250

/** Marks as read what was on screen while the window had the focus, and nothing else. */
export function useReadMarker(conversation: Readonly<Ref<Conversation | undefined>>) {
  const { bridge, clock, front } = useParts()
  let lowest: { conversation: string; place: number } | undefined
  let told: { conversation: string; place: number } | undefined
  let timer: Timer | undefined

  const tell = () => {
    timer = undefined
    const seen = lowest
    const known = conversation.value
    if (!seen || !front.focused.value || known?.id !== seen.conversation) return
    const place = seen.place + 1
    const isTold = told?.conversation === seen.conversation && told.place >= place
    if (place <= known.readPlace || isTold) return
    told = { conversation: seen.conversation, place }
    // Not told is not lost: the marker is told again with the next message that is seen.
    bridge.commands.markRead(seen.conversation, place).catch(() => void (told = undefined))
  }
  const soon = () => void (timer ??= clock.after(GATHER, tell))

  const stop = watch(front.focused, (focused) => focused && soon())
  onScopeDispose(() => {
    stop()
    timer?.cancel()
    tell()
  })

  return {
    seen(place: number): void {
      const known = conversation.value
      if (!known || place < 0 || (lowest?.conversation === known.id && lowest.place >= place)) return
      // Seen counts only with somebody in front of it; what is on screen when the focus comes back is told anew.
      lowest = { conversation: known.id, place }
      soon()
    },
  }
}
