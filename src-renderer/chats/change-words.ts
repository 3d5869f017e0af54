import { useI18n } from 'vue-i18n'
import type { GroupChange } from '../../src-main/contract/group'
import { useApp } from '../state'

/** More names than this are counted. */
const MOST_NAMES = 3

/** What happened to a group, in words. */
export function useChangeWords() {
  const { t, locale } = useI18n()
  const app = useApp()

  /** Names in one line; of many the first ones. */
  function namesInWords(names: readonly string[]): string {
    const rest = names.length - MOST_NAMES
    const shown = rest > 0 ? [...names.slice(0, MOST_NAMES - 1), t('group.others', rest + 1)] : [...names]
    return new Intl.ListFormat(locale.value === 'zh' ? 'zh-CN' : 'en-GB', { type: 'conjunction' }).format(shown)
  }

  /** Who did what, in one sentence. @param nameOf what somebody is called */
  function changeWords({ what, by, of = [], text }: GroupChange, nameOf: (address: string) => string): string {
    const own = app.account?.address
    const who = by === own ? t('group.You') : nameOf(by)
    const whom = namesInWords(of.map((address) => (address === own ? t('group.you') : nameOf(address))))
    switch (what) {
      case 'subject': return t('group.change.subject', { by: who, text: text ?? '' })
      case 'description': case 'icon': case 'code': return t(`group.change.${what}${text === '' ? 'Gone' : ''}`, { by: who })
      case 'policies': return t('group.change.policies', { by: who, text: policyWords(text ?? '') })
      case 'joined': case 'declined': case 'left': return t(`group.change.${what}`, { by: of[0] === undefined || of[0] === by ? who : whom })
      case 'created': return t(`group.change.created${of.length > 0 ? 'With' : ''}`, { by: who, of: whom })
      default: return t(`group.change.${what}`, { by: who, of: whom })
    }
  }

  /** `post=admins;add=admins;history=shared`, of which what is absent is allowed to all, or not shared. */
  function policyWords(text: string): string {
    const said = new Map(text.split(';').map((part) => part.trim().split('=', 2) as [string, string]))
    return [
      t(`group.policy.post.${said.get('post') === 'admins' ? 'admins' : 'all'}`),
      t(`group.policy.add.${said.get('add') === 'admins' ? 'admins' : 'all'}`),
      t(`group.policy.history.${said.get('history') === 'shared' ? 'shared' : 'hidden'}`),
    ].join(t('group.policy.and'))
  }
  return { changeWords, namesInWords }
}
