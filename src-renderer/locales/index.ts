import { createI18n } from 'vue-i18n'
import { en } from './en'
import { zh } from './zh'

export const languages = { en, zh }
export type { Words } from './en'

/** The window's words. vue-i18n 11 reads messages with its own interpreter, so a CSP without eval holds. */
export const makeI18n = (locale: 'zh' | 'en') =>
  createI18n({ legacy: false, locale, fallbackLocale: 'en', messages: { en, zh }, missingWarn: false, fallbackWarn: false })
