import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, '../../../src-renderer/ui/tokens.css'), 'utf8')
const declarations = (block: string) => Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!]))
const block = (start: string, from = 0): Record<string, string> => {
  const at = css.indexOf(start, from)
  return declarations(css.slice(at, css.indexOf('\n}', at) + 2))
}
const more = css.slice(css.indexOf('prefers-contrast: more'))
const inMore = (selector: string) => {
  const at = more.indexOf(`${selector} {`)
  return declarations(more.slice(at, more.indexOf('}', at)))
}
const light = block(':root {')
const dark = { ...light, ...block(`:root[data-theme='dark'] {`) }
const themes = {
  light, dark, 'light with more contrast': { ...light, ...inMore('  :root') }, 'dark with more contrast': { ...dark, ...inMore(`:root[data-theme='dark']`) },
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [dim, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (bright! + 0.05) / (dim! + 0.05)
}

const words: [text: string, ground: string][] = [
  ...['surface-1', 'surface-2', 'surface-3'].flatMap((ground) => ['text-1', 'text-2'].map((text): [string, string] => [text, ground])),
  ['text-3', 'surface-1'], ['text-3', 'surface-2'], ['text-2', 'accent-soft'], ['text-1', 'accent-soft'], ['accent', 'surface-1'], ['accent', 'surface-2'], ['accent', 'accent-soft'], ['accent-text', 'accent'], ['accent-text', 'accent-strong'],
  ['own-text', 'own-bubble'], ['own-meta', 'own-bubble'], ['own-link', 'own-bubble'], ['text-1', 'other-bubble'], ['text-3', 'other-bubble'], ['other-link', 'other-bubble'],
  ['badge-text', 'badge'], ['danger', 'surface-1'], ['danger', 'surface-2'], ['danger', 'danger-soft'], ['danger-text', 'danger'], ['warning', 'warning-soft'], ['success', 'surface-1'], ['mark-text', 'mark'], ['inverse-text', 'inverse'], ['inverse-accent', 'inverse'],
  ...Array.from({ length: 8 }, (_, n): [string, string] => [`hue-${n}`, `hue-${n}-soft`]),
]
const shapes: [shape: string, ground: string][] = [
  ['edge', 'surface-1'], ['edge', 'surface-2'], ['focus', 'surface-1'], ['focus', 'surface-2'], ['focus', 'surface-3'], ['accent', 'own-bubble'], ['text-3', 'surface-3'], ['success', 'surface-3'], ['danger', 'own-bubble'],
]

describe.each(Object.entries(themes))('contrast in %s', (_, theme) => {
  test.each(words)('%s on %s is at least 4.5', (text, ground) => expect(contrast(theme[text]!, theme[ground]!)).toBeGreaterThanOrEqual(4.5))
  test.each(shapes)('%s on %s is at least 3', (shape, ground) => expect(contrast(theme[shape]!, theme[ground]!)).toBeGreaterThanOrEqual(3))
})

test('dark names every colour that light names', () => {
  const colours = Object.entries(light).filter(([, value]) => value.startsWith('#')).map(([name]) => name)
  expect(Object.keys(block(`:root[data-theme='dark'] {`))).toEqual(expect.arrayContaining(colours))
})
