import { expect, test } from 'vitest'
import { bytesOver, MOST_BYTES } from '../../../src-renderer/chats/length'

test.each([
  ['', 0], ['a'.repeat(MOST_BYTES), 0], ['a'.repeat(MOST_BYTES + 1), 1], ['雁'.repeat(21_845), 0], ['雁'.repeat(21_846), 2], ['🪿'.repeat(16_385), 4],
])('%# bytes are counted as they are sent', (text, over) => expect(bytesOver(text)).toBe(over))
