import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../src-main/rcs/', import.meta.url)

it('only deflate, and content that uses it, need Node', () => {
  const needs = readdirSync(folder).filter((name) =>
    /from '(node:|\.\/deflate'|\.\/content')|\bBuffer\b/.test(readFileSync(new URL(name, folder), 'utf8')))
  expect(needs.sort()).toEqual(['content.ts', 'deflate.ts'])
})
