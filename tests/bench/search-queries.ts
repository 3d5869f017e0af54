import type { SearchQuery } from '../../src-main/contract/calls'
import type { History } from './history'
import { emoji, seeded, toTraditional } from './texts'

/** What people look for, and what is hard to find, by kind. */
export function searchQueries({ vocabulary, conversations }: History, texts: readonly string[], each = 20): Record<string, Omit<SearchQuery, 'limit'>[]> {
  const random = seeded(7)
  const upTo = (count: number) => Math.floor(random() * count)
  const pick = <Item>(items: readonly Item[], from = 0, to = items.length): Item => items[from + upTo(Math.min(to, items.length) - from)]!
  const { characters, chinese, english } = vocabulary
  const many = (make: () => string, conversation?: () => string) =>
    Array.from({ length: each }, () => ({ text: make(), ...(conversation && { conversation: conversation() }) }))
  const common = () => pick(characters, 0, 20)
  const rare = () => pick(characters, 3_000, 6_700)
  const digits = (count: number) => Array.from({ length: count }, () => upTo(10)).join('')
  /** What stands somewhere in a message. */
  const piece = (pattern: RegExp): string => {
    for (;;) {
      const found = pattern.exec(pick(texts).slice(upTo(12)))
      if (found) return found[0]
    }
  }
  const han = (count: number) => () => piece(new RegExp(`\\p{Script=Han}{${count}}`, 'u'))
  const largest = () => conversations[0]!.address
  const smallest = () => pick(conversations, conversations.length - 100).address
  return {
    'one common character': many(common),
    'one rare character': many(rare),
    'two characters': many(han(2)),
    'a common word': many(() => pick(chinese, 0, 100)),
    'four characters': many(han(4)),
    'eight characters': many(han(8)),
    'in traditional script': many(() => toTraditional(han(3)())),
    'one letter': many(() => pick(english, 0, 80)[0]!),
    'two or three letters': many(() => pick(english, 0, 3_000).slice(0, 2 + upTo(2))),
    'a word or its beginning': many(() => pick(english, 0, 3_000).slice(0, 4 + upTo(4))),
    'two words': many(() => `${pick(english, 0, 200)} ${pick(english, 0, 500)}`),
    'both scripts of the world': many(() => `${pick(chinese, 0, 200)} ${pick(english, 0, 300)}`),
    'a number': many(() => piece(/\d{4,}/u)),
    'a number that is nowhere': many(() => digits(9)),
    'an emoji': many(() => pick(emoji)),
    'in the largest conversation': many(() => (random() < 0.5 ? common() : han(2)()), largest),
    'a common one in a small conversation': many(common, smallest),
    'nothing: common ones that never meet': many(() => Array.from({ length: 4 }, common).join('')),
    'nothing: rare ones': many(() => rare() + rare()),
    'a common and a rare one': many(() => `${common()} ${rare()}`),
    'apart in the text, so mostly in vain': many(() => `${common()}${pick([...'，。？！'])}${common()}`),
    'a whole message': many(() => piece(/.{20,120}/u)),
  }
}
