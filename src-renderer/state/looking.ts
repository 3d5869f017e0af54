import { onScopeDispose, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useParts } from './parts'

/** Tells main where this window looks, so that it notifies of the rest. Call once, in the root of the window. */
export function useLooking(conversation: MaybeRefOrGetter<string | undefined>): void {
  const { bridge, front } = useParts()
  const tell = () => {
    const id = toValue(conversation)
    // The next look, or the next connection, tells it again.
    if (bridge.connection.at === 'open') bridge.commands.looking({ focused: front.focused.value, ...(id && { conversation: id }) }).catch(() => {})
  }
  watch([front.focused, () => toValue(conversation)], tell, { immediate: true })
  onScopeDispose(bridge.events.on('connection', tell))
}
