import { expect, test } from 'vitest'
import { hopTime } from '../../../src-renderer/chats/hop-time'

test('a hop has its time to the millisecond', () => {
  const at = Date.UTC(2026, 4, 12, 6, 7, 8, 9)
  expect(hopTime(at, 'en', 'UTC')).toBe('06:07:08.009')
  expect(hopTime(at, 'zh', 'Asia/Shanghai')).toBe('14:07:08.009')
})
