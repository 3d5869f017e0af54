import { Notification } from 'electron'

export interface Notice {
  conversation: string
  title: string
  body: string
}

/** Shows system notifications; a click opens the conversation. A newer one of a conversation takes the place of the older. */
export function notifications(onClick: (conversation: string) => void): (notice: Notice) => void {
  // Kept, because a notification that is collected as garbage is no longer clicked.
  const shown = new Map<string, Notification>()
  return ({ conversation, title, body }) => {
    if (!Notification.isSupported()) return
    shown.get(conversation)?.close()
    const notification = new Notification({ title, body })
    const forget = () => {
      if (shown.get(conversation) === notification) shown.delete(conversation)
    }
    notification.on('click', () => {
      forget()
      onClick(conversation)
    })
    notification.on('close', forget)
    shown.set(conversation, notification)
    notification.show()
  }
}
