import { expect, it } from 'vitest'
import { expectedSize, filesOf, hasFiles, MOST_UNKNOWN, withFile, withFiles } from '../../src-main/contract/files'
import { findable } from '../../src-main/contract/findable'
import type { Content, FileView } from '../../src-main/contract/message'

const file = (name: string): FileView => ({ name, contentType: 'image/png', size: 5, hash: '' })
const media = (name: string) => ({ file: file(name), height: 'short', alt: `picture ${name}` }) as const
const cards = { kind: 'cards', layout: { kind: 'carousel', width: 'small' }, cards: [{ media: media('a'), title: 'A' }, { title: 'B', text: 'b' }, { media: media('c') }] } satisfies Content

it('files of cards are files of the message, each at the index of its card', () => {
  expect(filesOf(cards).map((each) => each?.name)).toEqual(['a', undefined, 'c'])
  expect([cards, { ...cards, cards: [{ title: 'B' }] }, { kind: 'files' as const, files: [] }].map(hasFiles)).toEqual([true, false, false])
  expect(filesOf({ kind: 'files', files: [file('x')] })).toEqual([file('x')])
  expect(filesOf({ kind: 'text', text: 'x' })).toEqual([])
  const changed = withFile(cards, 2, file('d'))
  expect(filesOf(changed).map((each) => each?.name)).toEqual(['a', undefined, 'd'])
  expect(withFile(cards, 1, file('d'))).toEqual(cards)
  expect(filesOf(withFiles(cards, (each, index) => ({ ...each, size: index }))).map((each) => each?.size)).toEqual([0, undefined, 2])
  expect(withFile({ kind: 'text', text: 'x' }, 0, file('x'))).toEqual({ kind: 'text', text: 'x' })
})

it('a size that nobody said is taken for the largest', () => {
  expect([0, 1, 5e9].map((size) => expectedSize({ size }))).toEqual([MOST_UNKNOWN, 1, 5e9])
})

it('words of cards and of answers are found; what goes to the bot unseen is not', () => {
  expect(findable(cards)).toBe('A\npicture a\nB\nb\npicture c')
  expect(findable({ kind: 'answer', text: '订票', is: 'reply', data: 'secret', to: 'm1' })).toBe('订票')
  expect(findable({ kind: 'shared', facts: { deviceModel: 'Desktop', platformVersion: '', clientVendor: '', clientVersion: '' } })).toBe('')
})
