import { useI18n } from 'vue-i18n'
import type { SuggestedAction, Suggestion } from '../../src-main/contract/suggestion'
import type { IconName } from '../ui/icons'
import { lookAtUrl } from './taps/url'

const icons = {
  'open-url': 'out', dial: 'phone', 'show-place': 'pin', 'send-place': 'target', 'add-event': 'calendar', 'write-text': 'chats', record: 'mic',
  'share-device': 'device', 'show-number': 'person', 'tell-read': 'eye',
} as const satisfies Record<SuggestedAction['do'], IconName>

/** What tapping it does, as a drawing. */
export function suggestionIcon({ action }: Suggestion): IconName {
  if (!action) return 'reply'
  return action.do === 'record' && action.what === 'video' ? 'film' : icons[action.do]
}

// Marks that turn the direction of what follows: a button may not dress its words up by them (Unicode TR 36, 3.1).
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The words of a button, as they are read. */
export const plainWords = (text: string): string => text.replace(turning, '').trim()

/** What tapping a suggestion does, in words: of its tooltip. */
export function useSuggestionWords() {
  const { t } = useI18n()
  return ({ text, action }: Suggestion): string => {
    if (!action) return t('bot.does.reply', { text: plainWords(text) })
    switch (action.do) {
      case 'open-url': {
        const { host } = lookAtUrl(action.url)
        return host ? t('bot.does.openUrl', { host }) : t('bot.does.openLink')
      }
      case 'dial': return t('bot.does.dial', { number: action.number })
      case 'show-place': return t('bot.does.showPlace')
      case 'send-place': return t('bot.does.sendPlace')
      case 'add-event': return t('bot.does.addEvent', { title: action.title })
      case 'write-text': return t('bot.does.writeText', { number: action.number })
      case 'record': return t(`bot.does.record.${action.what}`)
      case 'share-device': return t('bot.does.shareDevice')
      case 'show-number': return t('bot.does.showNumber')
      case 'tell-read': return t('bot.does.tellRead')
    }
  }
}
