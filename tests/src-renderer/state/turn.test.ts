import { expect, test } from 'vitest'
import type { Message } from '../../../src-main/contract/message'
import { lastTurn } from '../../../src-renderer/state/turn'

/** `b` is said by the bot, `m` by us, `_` is not read; a blank is half an hour. */
function turnOf(story: string): number {
  const list: (Message | undefined)[] = []
  let at = 0
  for (const who of story) {
    at += who === ' ' ? 30 * 60_000 : 1_000
    if (who === '_') list.push(undefined)
    else if (who !== ' ') list.push({ conversation: 'sip:bot@b.example', place: list.length, id: `m${list.length}`, from: '', outgoing: who === 'm', at, sentAt: at, content: { kind: 'text', text: '' }, status: 'sent' })
  }
  return lastTurn(list.length, (place) => list[place])
}

test.each([
  ['b', 0, 'one message is the last turn'],
  ['mbb', 1, 'what is said in one go stays together'],
  ['bmb', 2, 'an answer of the bot makes what was before it old'],
  ['bm', 0, 'an answer of ours does not'],
  ['bmm', 0, 'nor several'],
  ['b b', 1, 'a new offer after a while makes the one before old'],
  ['b m', 0, 'time alone does not'],
  ['_bb', 1, 'what is not read is not guessed'],
  ['m', 1, 'where the bot said nothing there is no turn'],
])('%s begins at %i: %s', (story, place) => expect(turnOf(story)).toBe(place))
