import { describe, expect, test } from 'vitest'
import { mentionAt, mentionPieces, mentionsIn } from '../../../src-renderer/state/mentions'

const mei = { address: 'sip:mei@test', names: ['林美'] }
const meili = { address: 'sip:meili@test', names: ['林美丽'] }
const an = { address: 'sip:an@test', names: ['An'] }
const anna = { address: 'sip:anna@test', names: ['Anna Kowalska', 'anna'] }
const wei = [{ address: 'sip:wei@test', names: ['王伟'] }, { address: 'sip:wei2@test', names: ['王伟'] }]

describe('a name that is being typed', () => {
  test.each([
    ['@', 1, ''], ['@li', 3, 'li'], ['好的@美', 4, '美'], ['hi @an', 6, 'an'], ['(@an', 4, 'an'], ['@li later', 3, 'li'],
  ])('%s at %i', (text, caret, typed) => expect(mentionAt(text, caret)?.typed).toBe(typed))
  test.each([['mei@home', 8], ['no', 2], ['@li x', 5], ['@li，', 4], [`@${'x'.repeat(40)}`, 41], ['@li', 0]])(
    'none in %s at %i', (text, caret) => expect(mentionAt(text, caret)).toBeUndefined(),
  )
})

describe('who is named in a text', () => {
  test.each([
    ['@林美 你好', ['sip:mei@test']], ['@林美你好', ['sip:mei@test']], ['@林美丽你好', ['sip:meili@test']], ['@Anna Kowalska: hi', ['sip:anna@test']], ['@ANNA!', ['sip:anna@test']],
    ['@An, @anna', ['sip:an@test', 'sip:anna@test']], ['@Annabel', []], ['mail me@an', []], ['@所有人 开会', ['all']], ['@All: lunch', ['all']], ['林美', []],
  ])('%s', (text, addresses) => expect(mentionsIn(text, [mei, meili, an, anna])).toEqual(addresses))

  test('of two with one name, the one that was chosen; else both', () => {
    expect(mentionsIn('@王伟 来吗', wei)).toEqual(['sip:wei@test', 'sip:wei2@test'])
    expect(mentionsIn('@王伟 来吗', wei, new Map([['王伟', 'sip:wei2@test']]))).toEqual(['sip:wei2@test'])
  })
})

describe('the pieces of a text', () => {
  const names = (address: string) => [mei, an].find((one) => one.address === address)?.names ?? []
  test('names stand apart', () => {
    expect(mentionPieces('请@林美看，@all', ['sip:mei@test', 'all'], names)).toEqual([
      { text: '请' }, { text: '@林美', address: 'sip:mei@test' }, { text: '看，' }, { text: '@all', address: 'all' },
    ])
  })
  test('who is called otherwise there is found by the @', () => {
    expect(mentionPieces('hi @Meimei, and a@b.example', ['sip:mei@test'], names)).toEqual([
      { text: 'hi ' }, { text: '@Meimei', address: 'sip:mei@test' }, { text: ', and a@b.example' },
    ])
  })
  test('without mentions an @ is an @', () => expect(mentionPieces('@林美', [], names)).toEqual([{ text: '@林美' }]))
})
