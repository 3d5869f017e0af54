import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { faults } from '../../../src-main/contract/faults'
import { statuses } from '../../../src-main/contract/message'
import { languages, makeI18n } from '../../../src-renderer/locales'

const flat = (words: object, above = ''): Map<string, string> => new Map(
  Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [[`${above}${key}`, value]] : [...flat(value as object, `${above}${key}.`)])) as [string, string][],
)
const en = flat(languages.en)
const zh = flat(languages.zh)
const gaps = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))

describe('the words of the window', () => {
  test('both languages have exactly the same keys', () => expect([...zh.keys()].sort()).toEqual([...en.keys()].sort()))
  test('no word is missing', () => {
    for (const [key, text] of [...en, ...zh]) expect(text.trim(), key).not.toBe('')
  })
  test('each pair has the same gaps', () => {
    for (const [key, text] of en) expect(gaps(zh.get(key)!), key).toEqual(gaps(text))
  })
  test('every fault has a title and a help, and every status a word', () => {
    for (const code of Object.keys(faults)) {
      expect(en.has(`faults.${code}.title`) && en.has(`faults.${code}.help`), code).toBe(true)
    }
    expect([...en.keys()].filter((key) => key.startsWith('faults.')).length).toBe(Object.keys(faults).length * 2)
    for (const status of statuses) expect(en.has(`status.${status}`), status).toBe(true)
  })

  test.each(['en', 'zh'] as const)('every word of %s can be said', (language) => {
    const { t } = makeI18n(language).global
    const all = { count: 2, name: 'N', done: 1, query: 'Q', seconds: 3, host: 'H', type: 'T', over: 1, domain: 'D', relay: 'R', keys: 'K', version: '1', address: 'A' }
    for (const key of en.keys()) {
      const said = t(key, all, { plural: 2 })
      expect(said, key).not.toBe(key)
      expect(said, key).not.toMatch(/[{}|]/)
    }
  })

  test('counts are said with their plural', () => {
    const { t } = makeI18n('en').global
    expect(t('list.unread', 1)).toBe('1 unread message')
    expect(t('list.unread', 5)).toBe('5 unread messages')
    expect(t('search.found', 0)).toBe('Nothing found')
    expect(makeI18n('zh').global.t('list.unread', 5)).toBe('5 条未读消息')
  })

  test('every word that the code asks for by name is there', () => {
    const root = join(import.meta.dirname, '../../../src-renderer')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(vue|ts)$/.test(file))
    const asked = files.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/\bt\('([\w.-]+)'/g)].map(([, key]) => [file, key!]))
    expect(asked.length).toBeGreaterThan(80)
    expect(asked.filter(([, key]) => !en.has(key!))).toEqual([])
  })
})
