import { useApp } from './app'
import { useOutbox } from './outbox'

/** Sending: a message is shown the moment it is sent, once, and its state is seen at the message itself. */
export function useSending() {
  const app = useApp()
  const outbox = useOutbox()
  return {
    /** Sends a text. @returns its id, at once */
    send: (conversation: string, text: string): string => outbox.send(conversation, text),
    /** A failed message goes out again, under its own id. */
    async again(conversation: string, id: string): Promise<void> {
      if (!outbox.again(id)) await app.attempt(app.commands.sendAgain(conversation, id))
    },
    /** Takes back a message that main refused. @returns its text; undefined when it has been kept */
    discard: (_conversation: string, id: string): string | undefined => outbox.discard(id),
  }
}
