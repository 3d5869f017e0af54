import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { MINUTE } from '../../src-main/base/clock'
import type { PeerView } from '../../src-main/contract/calls'
import { useApp } from './app'
import { useParts } from './parts'

/** How long what OPTIONS told is believed while its conversation is open, in ms. */
const FRESH = MINUTE

/** Whom the other side is: asked on opening, when the link comes up, and every minute while the window is in front. */
export function usePeer(conversation: MaybeRefOrGetter<string | undefined>) {
  const { bridge, clock, front } = useParts()
  const app = useApp()
  const peer = shallowRef<PeerView>()

  async function refresh(): Promise<void> {
    const id = toValue(conversation)
    if (!id || app.link.at !== 'online') return
    try {
      const answer = await bridge.commands.peer(id)
      if (toValue(conversation) === id) peer.value = answer
    } catch {
      // Nobody answered: what is shown stays until somebody does.
    }
  }

  watch([() => toValue(conversation), () => app.link.at], ([id], [before]) => {
    if (id !== before) peer.value = undefined
    void refresh()
  }, { immediate: true })
  const timer = clock.every(FRESH, () => void (front.focused.value && refresh()))
  onScopeDispose(() => timer.cancel())
  return { peer, refresh }
}
