import { isReadOnly } from '../../src-main/contract/kept-address'
import { isSayable, type LocationView, type Message } from '../../src-main/contract/message'
import type { DeviceFacts } from '../../src-main/contract/suggestion'
import { useApp } from './app'
import { useOutbox, type FileToSend, type Tapped } from './outbox'

/** Sending: a message is shown the moment it is sent, once, and its state is seen at the message itself. */
export function useSending() {
  const app = useApp()
  const outbox = useOutbox()
  return {
    /** Sends a text, which names members of its group or `all`. @returns its id, at once */
    send: (conversation: string, text: string, mentions?: string[]): string => outbox.send(conversation, text, mentions),
    /** Sends files, with words or without, which name somebody as a text does. @returns the message's id, at once */
    sendFiles: (conversation: string, files: readonly FileToSend[], text?: string, mentions?: string[]): string => outbox.sendWithFiles(conversation, files, text, mentions),
    sendLocation: (conversation: string, location: LocationView): string => outbox.sendLocation(conversation, location),
    /** Tells a bot what was tapped. @returns the answer's id, at once */
    answer: (conversation: string, tapped: Tapped): string => outbox.answer(conversation, tapped),
    /** Tells a bot of this device. @returns the message's id, at once */
    shareDevice: (conversation: string, facts: DeviceFacts): string => outbox.shareDevice(conversation, facts),
    /** Whether it can be sent again from here: not what was imported from elsewhere, and of files only what main has not taken. */
    canAgain: ({ id, conversation, content }: Message): boolean => (isSayable(content) || outbox.holds(id)) && !isReadOnly(conversation),
    /** A failed message goes out again, under its own id. */
    async again(conversation: string, id: string): Promise<void> {
      if (!outbox.again(id)) await app.attempt(app.commands.sendAgain(conversation, id))
    },
    /** Takes back a message that main refused. @returns its text and files; undefined when it has been kept */
    discard: (id: string): { text: string; files: readonly FileToSend[] } | undefined => outbox.discard(id),
  }
}
