import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { fileKind } from '../../src-main/contract/files'
import type { Content, Conversation } from '../../src-main/contract/message'
import { useApp, useConversations, type ThreadMessage } from '../state'
import { addressInWords, domainOf } from '../ui/address'
import { useChangeWords } from './change-words'

const oneLine = (text: string) => text.slice(0, 300).replace(/\s+/gu, ' ').trim()

// Looked up once for each language: every row of a list or a thread asks for the same few.
const fixed = new Map<string, string>()

/** How conversations, people and contents are called in the window's language. */
export function useChatWords() {
  const { t, locale } = useI18n()
  const app = useApp()
  const { changeWords } = useChangeWords()
  const domain = computed(() => (app.account ? domainOf(app.account.address) : undefined))

  /** Words that always read the same. */
  function fixedWords(key: string): string {
    const place = `${locale.value} ${key}`
    let words = fixed.get(place)
    if (words === undefined) fixed.set(place, (words = t(key)))
    return words
  }

  const addressWords = (address: string) => addressInWords(address, domain.value)
  const nameOf = (conversation: Pick<Conversation, 'id' | 'name'>) => conversation.name?.trim() || addressWords(conversation.id)

  /** What somebody is called where their messages are not on show: as in the list. */
  const personWords = (address: string): string => useConversations().byId(address)?.name?.trim() || addressWords(address)

  function cardWords({ cards }: Content & { kind: 'cards' }): string {
    const kind = cards.length === 1 ? t('bot.card') : t('bot.cards', { count: cards.length })
    return [kind, oneLine(cards[0]?.title ?? cards[0]?.text ?? '')].join(' ').trim()
  }

  /** A message in one line. @param called what people are called there */
  function contentWords(content: Content, called = personWords): string {
    switch (content.kind) {
      case 'text': return oneLine(content.text) || t('message.empty')
      case 'files': return [...content.files.slice(0, 3).map((file) => t(`file.kind.${fileKind(file)}`)), oneLine(content.text ?? '')].join(' ').trim()
      case 'location': return [t('place.kind'), oneLine(content.location.label ?? '')].join(' ').trim()
      case 'cards': return cardWords(content)
      case 'answer': return oneLine(content.text) || t('message.empty')
      case 'shared': return t('bot.shared')
      case 'group': return changeWords(content.change, called)
      case 'expired': return t('message.expired')
      case 'unsupported': return t('message.unsupported', { type: content.contentType })
    }
  }

  /** A message's state as a screen reader and a tooltip say it. */
  const statusWords = (message: Pick<ThreadMessage, 'status' | 'isKeeping'>) => fixedWords(`status.${message.isKeeping ? 'keeping' : message.status}`)

  return { fixedWords, addressWords, personWords, nameOf, contentWords, statusWords, domain }
}
