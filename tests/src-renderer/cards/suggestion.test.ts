import { expect, test } from 'vitest'
import { plainWords, suggestionIcon } from '../../../src-renderer/cards/suggestion'

test('a button does not turn its words about', () => {
  expect(plainWords('gnp.\u202Egpj.exe')).toBe('gnp.gpj.exe')
  expect(plainWords(' \u2066预订\u2069 ')).toBe('预订')
})

test('every action has a drawing of its own', () => {
  expect(suggestionIcon({ text: 'x' })).toBe('reply')
  expect(suggestionIcon({ text: 'x', action: { do: 'dial', number: '1', how: 'voice' } })).toBe('phone')
  expect(suggestionIcon({ text: 'x', action: { do: 'record', number: '1', what: 'video' } })).toBe('film')
})
