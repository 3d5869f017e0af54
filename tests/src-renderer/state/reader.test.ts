import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Conversation } from '../../../src-main/contract/message'
import { merge } from '../../../src-renderer/state/reader'

const row = fc.record({ id: fc.integer({ min: 0, max: 12 }).map(String), lastAt: fc.integer({ min: 0, max: 9 }) })
  .map((some): Conversation => ({ ...some, count: 1, readPlace: 0, unread: 0 }))
const rows = fc.uniqueArray(row, { selector: ({ id }) => id })
const ids = (list: readonly Conversation[]) => list.map(({ id }) => id).sort()

it('a list with what changed is every conversation once, in its newest state, newest first, the others untouched', () => {
  fc.assert(fc.property(rows, rows, (before, changed) => {
    const list = merge([], before)
    const merged = merge(list, changed)
    expect(merged.map(({ lastAt }) => lastAt)).toEqual(merged.map(({ lastAt }) => lastAt).sort((a, b) => b - a))
    expect(ids(merged)).toEqual([...new Set([...ids(before), ...ids(changed)])].sort())
    for (const one of merged) expect(changed.find(({ id }) => id === one.id) ?? before.find(({ id }) => id === one.id)).toBe(one)
  }))
})
