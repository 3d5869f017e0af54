import { expect, it } from 'vitest'
import { readParts } from '../../../src-main/base/search-rule'
import { indexTokens, matchOf } from '../../../src-main/relay/journal/tokens'

it('indexes what stands alone, pairs of it, words and their beginnings', () => {
  expect(indexTokens('我用WeChat，2台iPad！')).toBe('我 用 我用 wechat 1w 2we 3wec 2 台 ipad 1i 2ip 3ipa')
  expect(indexTokens('，。!')).toBe('')
  // Only what is common is paired.
  expect(indexTokens('我们雁荡山，7日👍ラメ')).toBe('我 们 我们 雁 盪 山 7 山7 日 7日 👍 日👍 ラ 👍ラ メ ラメ')
})

it.each([
  ['雁', '"雁"'],
  ['雁信到', '"雁" AND "信到"'],
  ['信雁到', '"信" AND "雁" AND "到"'],
  ['好，世', '"好世"'],
  ['1382', '"13" AND "38" AND "82"'],
  ['we', '"2we"'],
  ['wech', '"wech" *'],
  ['用we chat', '"用" AND "2we" AND "chat" *'],
  ['wechat用', '"wechat" AND "用"'],
])('asks for %s as %s', (query, match) => expect(matchOf(readParts(query)!)).toBe(match))

it('asks for a dozen tokens of a long query', () => {
  expect(matchOf(readParts('雁信到了你好世界'.repeat(20))!).split(' AND ')).toHaveLength(12)
})
