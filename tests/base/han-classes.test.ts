import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { hanClasses, hanPairs } from '../../src-main/base/han-classes'
import { file, source } from '../../scripts/han-classes.js'

it('the classes of Han characters are what their script makes of the tables', () => {
  expect(readFileSync(file, 'utf8')).toBe(source())
})

it('no character is in two classes', () => {
  const all = [...hanPairs, ...hanClasses.replaceAll(' ', '')]
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThan(8_000)
})
