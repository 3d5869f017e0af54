import { expect, it, test } from 'vitest'
import { fieldKey, fieldsOf, fill } from '../../src-main/contract/personal'

const mei = { name: '小梅', 'seat no.': '12A', title: '' }

test.each([
  ['Dear {name}, {name}!', 'Dear 小梅, 小梅!'],
  ['{Name} {ＮＡＭＥ} {姓名}', '小梅 小梅 小梅'],
  ['｛姓名｝，您的座位是｛Seat  No.｝', '小梅，您的座位是12A'],
  ['{title}Mei', 'Mei'],
  ['{title|Ms} {title｜女士}', 'Ms 女士'],
  ['{name|friend}', '小梅'],
  ['{ name | friend }', '小梅'],
  ['{city|here} {city}', 'here {city}'],
  ['{ "json": 1 } {} {{name}} a | b', '{ "json": 1 } {} {小梅} a | b'],
  ['{name\n}', '{name\n}'],
  ['{title|}!', '!'],
  ['{__proto__} {constructor} {toString}', '{__proto__} {constructor} {toString}'],
])('%j becomes %j', (words, filled) => expect(fill(words, mei)).toBe(filled))

it('what a field holds is not read for fields again', () => {
  expect(fill('{name}', { name: '{phone} $& $1', phone: '1' })).toBe('{phone} $& $1')
})

it('says which fields a text uses, as they are written', () => {
  expect(fieldsOf('Hi {Name|friend}: {座位} and {姓名}')).toEqual([
    { key: 'name', title: 'Name', otherwise: 'friend' }, { key: '座位', title: '座位' }, { key: 'name', title: '姓名' },
  ])
  expect([' Ｐｈｏｎｅ ', 'Full  Name', '称呼'].map(fieldKey)).toEqual(['phone', 'name', 'name'])
})
