import { onScopeDispose, ref } from 'vue'
import { useApp } from './app'
import { useParts } from './parts'

export type NotificationRight = 'granted' | 'denied' | 'default' | 'unsupported'

/**
 * Shows what main says to notify of while the window is not in front (browser host; Electron shows its own). Main has already
 * hidden the text if the person wants it hidden. Call once, in the root of the window.
 */
export function useNotifications() {
  const { bridge, front } = useParts()
  const app = useApp()
  const isThere = 'Notification' in globalThis
  const permission = ref<NotificationRight>(isThere ? Notification.permission : 'unsupported')

  const off = bridge.notices.on('notify', ({ conversation, title, body }) => {
    if (permission.value !== 'granted' || front.focused.value) return
    // One tag for a conversation: several tabs, or several messages, are one notification.
    const shown = new Notification(title, { body, tag: `yanxin ${conversation}` })
    shown.onclick = () => {
      window.focus()
      shown.close()
      app.show(conversation)
    }
  })
  onScopeDispose(off)

  return {
    permission,
    /** Asks the person; only in answer to a click, or browsers refuse. */
    async ask(): Promise<void> {
      if (isThere) permission.value = await Notification.requestPermission()
    },
  }
}
