import { onScopeDispose, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useApp } from './app'
import { useParts } from './parts'

/** Tells main where this window looks, so that it notifies of the rest. Call once, in the root of the window. */
export function useLooking(conversation: MaybeRefOrGetter<string | undefined>): void {
  const { bridge, front } = useParts()
  const app = useApp()
  const tell = () => {
    const id = toValue(conversation)
    // The next look, or the next connection, tells it again.
    if (bridge.connection.at !== 'open') return
    bridge.commands.looking({ focused: front.focused.value, language: app.language, ...(id && { conversation: id }) }).catch(() => {})
  }
  watch([front.focused, () => app.language, () => toValue(conversation)], tell, { immediate: true })
  onScopeDispose(bridge.events.on('connection', tell))
}
