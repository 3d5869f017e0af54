import { expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'

it('makes tokens of the asked length that any SIP header, file name and case-blind server keeps', () => {
  for (const length of [1, 12, 20, 64]) expect(randomIds.token(length)).toMatch(new RegExp(`^[0-9a-hjkmnp-tv-z]{${length}}$`))
})

it('does not repeat itself', () => {
  const seen = new Set(Array.from({ length: 20_000 }, () => randomIds.token()))
  expect(seen.size).toBe(20_000)
})
