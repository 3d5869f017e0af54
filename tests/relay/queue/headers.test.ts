import { describe, expect, it } from 'vitest'
import { readHeaders, storedHeaders } from '../../../src-main/relay/queue/headers'

describe('stored headers', () => {
  it.each<[string, [string, string][]]>([
    ['none', []], ['some', [['Expires', '0'], ['Conversation-ID', 'a:b c']]], ['one with an empty value', [['X', '']]], ['one with a line end', [['X', 'a\nb'], ['Y', 'c']]],
  ])('%s are read as they were written', (_what, headers) => {
    expect(readHeaders(storedHeaders(headers))).toEqual(headers)
  })

  it.each(['Expires', 'Expires:0', 'Expires:0\nConversation-ID:a', 'Expires:0\nConversation-ID\n', '\n', '[["Expires"'])('that were damaged are an error, not read for ever: %j', (stored) => {
    expect(() => readHeaders(stored)).toThrow(SyntaxError)
  })
})
