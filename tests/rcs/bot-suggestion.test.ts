import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSuggestions, suggestionsOf, writeSuggestions } from '../../src-main/rcs/bot-suggestion'
import { checkSuggestions } from '../../src-main/rcs/bot-suggestion-check'
import { golden } from './golden'
import { nonsense, suggestion } from './bot-arbitraries'
import { faultOf } from './captures'

const sets = golden('suggestions')
const read = (name: string) => readSuggestions(JSON.stringify(sets.find((one) => one.name === name)!.document))
const one = (value: unknown) => readSuggestions(JSON.stringify({ suggestions: [value] }))[0]
const open = (url: unknown, more = {}) => one({ action: { urlAction: { openUrl: { url, ...more } }, displayText: 'x' } })

describe('suggestions', () => {
  it.each(sets.filter(({ wrong }) => !wrong))('reads, writes and checks $name', ({ document }) => {
    const suggestions = readSuggestions(JSON.stringify(document))
    expect(JSON.parse(writeSuggestions(suggestions))).toEqual(document)
    expect(checkSuggestions(document)).toEqual([])
  })

  it.each(sets.filter(({ wrong }) => wrong))('names the fields of $name', ({ document, wrong }) =>
    expect(checkSuggestions(document).map(({ field }) => field)).toEqual(wrong))

  it('leaves out what it cannot read, and what is too many', () => {
    expect(read('past-unknown-action')).toEqual([{ text: '好', data: '好' }])
    expect(read('past-neither')).toHaveLength(1)
    expect(read('past-twelve')).toHaveLength(11)
    expect(read('past-none')).toEqual([])
    expect(readSuggestions('{"suggestions":{"reply":{"displayText":"a"}}}')).toEqual([{ text: 'a' }])
  })

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'https://bank.example@evil.example/', 'https://a\u202eb.example/ x', '//example.com', '', 7, null])(
    'has no button for %s', (url) => expect(open(url)).toBeUndefined())

  it('shows a page in the conversation only when it is one', () => {
    expect(open('tel:+8612306', { application: 'webview' })?.action).toEqual({ do: 'open-url', url: 'tel:+8612306', where: 'browser' })
    expect(open('https://例子.example/', { application: 'WEBVIEW', viewMode: 'Half' })?.action)
      .toEqual({ do: 'open-url', url: 'https://xn--fsqu00a.example/', where: 'view', height: 'half' })
  })

  it('never cuts a postback', () => {
    expect(one({ reply: { displayText: 'a', postback: { data: 'x'.repeat(3_000) } } })?.data).toHaveLength(3_000)
    expect(one({ reply: { displayText: 'a', postback: { data: 'x'.repeat(9_000) } } })).toBeUndefined()
    expect(one({ reply: { displayText: 'a', postback: { data: '\u202e\n x ' } } })?.data).toBe('\u202e\n x ')
  })

  it('takes numbers as people write them, and no codes', () => {
    const dial = (phoneNumber: unknown) => one({ action: { dialerAction: { dialPhoneNumber: { phoneNumber } }, displayText: 'x' } })?.action
    expect(dial('tel:+86 (10) 12-306')).toEqual({ do: 'dial', number: '+861012306', how: 'voice' })
    for (const bad of ['*#06#', '1', '+', 'abc', '+86;phone-context=x', null]) expect(dial(bad)).toBeUndefined()
  })

  it('reads back what it writes', () => {
    fc.assert(fc.property(fc.array(suggestion, { maxLength: 11 }), (said) => {
      const text = writeSuggestions(said)
      expect(readSuggestions(text)).toEqual(said)
      if (said.length > 0) expect(checkSuggestions(JSON.parse(text))).toEqual([])
    }))
  })

  it('throws only faults', () => {
    fc.assert(fc.property(nonsense, (value) => {
      suggestionsOf(value, 11)
      checkSuggestions(value)
      void faultOf(() => readSuggestions(JSON.stringify(value)))
    }), { numRuns: 500 })
  })
})
