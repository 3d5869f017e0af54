import { useI18n } from 'vue-i18n'
import type { Content, Message } from '../../src-main/contract/message'
import { useApp, useConversations, useSending } from '../state'
import { useTrays } from '../attach/trays'
import { say } from '../ui/live'
import type { MenuItem } from '../ui/menu'
import { usePlace } from '../ui/place'

/**
 * What can be done with a message, for its menu.
 * @param isKept whether main has taken it
 */
export function useMessageMenu(isKept: (message: Message) => boolean): (message: Message) => MenuItem[] {
  const { t } = useI18n()
  const app = useApp()
  const place = usePlace()
  const sending = useSending()
  const trays = useTrays()
  const { byId } = useConversations()

  async function copy(text: string) {
    await app.attempt(navigator.clipboard.writeText(text))
    await say(t('message.copied'))
  }

  function takeBack({ conversation, id }: Message) {
    const taken = sending.discard(id)
    if (!taken) return
    for (const { file, view: { isVoice, duration } } of taken.files) {
      trays.add(conversation, { files: [file], folders: [] }, { ...(isVoice && { isVoice }), ...(duration !== undefined && { duration }) })
    }
    place.takenBack = { text: taken.text }
  }

  return (message) => {
    const items: MenuItem[] = []
    const { content } = message
    const text = textOf(content)
    if (text) items.push({ icon: 'copy', label: t('message.copy'), run: () => void copy(text) })
    if (message.status === 'failed' && message.outgoing && sending.canAgain(message)) {
      items.push({ icon: 'retry', label: t('message.again'), run: () => sending.again(message.conversation, message.id) })
    }
    // What main refused was never kept; it can be put right and sent anew.
    if (message.status === 'failed' && message.outgoing && !isKept(message)) {
      items.push({ icon: 'pencil', label: t('message.takeBack'), run: () => takeBack(message) })
    }
    const isOfGroup = byId(message.conversation)?.group !== undefined
    const journey = { kind: 'journey', id: message.id, at: message.place } as const
    if (content.kind === 'group') return []
    if (isOfGroup && message.outgoing && isKept(message)) items.push({ icon: 'eye', label: t('group.receipts.who'), run: () => (place.panel = journey) })
    items.push({ icon: 'route', label: t('message.journey'), run: () => (place.panel = journey) })
    return items
  }
}

/** What of a message can be copied as words. */
function textOf(content: Content): string | undefined {
  switch (content.kind) {
    case 'text': case 'files': case 'answer': return content.text
    case 'cards': return content.cards.flatMap(({ title, text }) => [title, text]).filter(Boolean).join('\n')
    default: return undefined
  }
}
