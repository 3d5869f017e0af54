import { describe, expect, it } from 'vitest'
import { fold, indexWords, matches, readQuery } from '../../../src-main/relay/journal/tokens'

const finds = (query: string, text: string) => {
  const read = readQuery(query)
  return read !== undefined && matches(text, read)
}

describe('the rule of search', () => {
  it.each([
    ['雁', '雁信到了'],
    ['信到', '雁信到了'],
    ['好，世', '你好，世界'],
    ['hel', 'Hello there'],
    ['HELLO', 'hello'],
    ['there hel', 'Hello there'],
    ['cafe', 'Café'],
    ['Café', 'CAFE'],
    ['ｗｉｄｅ', 'wide'],
    ['5', 'iPhone15'],
    ['15', 'iPhone15'],
    ['phone15', 'my phone15'],
    ['用微信', '我用微信wechat'],
    ['信we', '我用微信wechat'],
    ['wechat', '我用微信wechat'],
    ['ラーメン', '美味しいラーメン'],
    ['メン', 'ラーメン'],
    ['안녕', '안녕하세요'],
    ['녕하', '안녕하세요'],
    ['👍', 'ok👍🏽!'],
    ['❤', '❤️'],
    ['❤️', '❤'],
    ['don\'t', 'I don\'t'],
    ['明天 见', '见你明天'],
    ['𠮷', '𠮷野家'],
  ])('%s is found in %s', (query, text) => expect(finds(query, text)).toBe(true))

  it.each([
    ['世好', '你好世界'],
    ['好世', '你好，世界'],
    ['ello', 'Hello'],
    ['phone', 'iPhone'],
    ['か', 'が'],
    ['明天 后', '明天见'],
    ['don\'t', 'dont'],
    ['野𠮷', '𠮷野家'],
  ])('%s is not found in %s', (query, text) => expect(finds(query, text)).toBe(false))

  it('has nothing to look for without a letter, digit or emoji', () => {
    for (const query of ['', '  ', '?!', '"', '*', '，。']) expect(readQuery(query)).toBeUndefined()
  })

  it('indexes one token for each character that stands alone and one for each word', () => {
    expect(indexWords('我用WeChat，2台iPad！')).toBe('我 用 wechat 2 台 ipad')
    expect(fold('ＡＢ Ｃé')).toBe('ab ce')
  })
})
