import type { Enclosed } from '../contract/campaign'
import { isSayable, type Content } from '../contract/message'
import { fill } from '../contract/personal'
import { namedUuid } from '../network/requests'
import type { Due, Letter } from '../relay/campaign/verbs'
import type { Put } from '../relay/queue/row'
import { filesPut, messagePut, type Self } from './envelopes'

/** What goes to many, as it was written. */
export interface Written {
  campaign: string
  words: string
  enclosed: Enclosed
}

/**
 * What somebody gets, in the messages that it takes, as with an ordinary send: files with their words in one for who takes albums, else
 * one a file and the words last; a place in one of its own.
 */
export function contentsOf({ files = [], location }: Enclosed, text: string, takesAlbums: boolean): Content[] {
  const place: Content[] = location ? [{ kind: 'location', location }] : []
  const words: Content[] = text.trim() === '' ? [] : [{ kind: 'text', text }]
  if (files.length === 0) return [...place, ...words]
  if (takesAlbums) return [{ kind: 'files', ...(words.length > 0 && { text }), files }, ...place]
  return [...files.map((file): Content => ({ kind: 'files', files: [file] })), ...place, ...words]
}

/**
 * What one of many gets, with their own words. The form in which somebody has it once is kept: each of its messages has an id of its own.
 * @param takesAlbums asks them, which only what comes in both forms is worth
 */
export async function letterOf(
  self: Self, { campaign, words, enclosed }: Written, { place, address, fields, parts }: Due, now: number, takesAlbums: (address: string) => Promise<boolean>,
): Promise<Letter> {
  const text = fill(words, fields)
  const [together, apart] = [contentsOf(enclosed, text, true), contentsOf(enclosed, text, false)]
  const asOne = together.length !== apart.length && (parts === 0 ? await takesAlbums(address) : parts === together.length)
  const [first, ...more] = (asOne ? together : apart).map((content, i) => {
    const id = namedUuid('campaign', campaign, address, ...(i > 0 ? [String(i + 1)] : []))
    return { message: { conversation: address, id, from: self.account, content, sentAt: now, now }, put: putOf(self, { conversation: address, id, content, now }) }
  })
  return { place, ...first!, ...(more.length > 0 && { more }) }
}

function putOf(self: Self, { conversation, id, content, now }: { conversation: string; id: string; content: Content; now: number }): Put {
  return isSayable(content) ? messagePut(self, { conversation, id, content, now }) : filesPut(self, { conversation, id, content, sentAt: now }, now)!
}
