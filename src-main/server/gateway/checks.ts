import { isObject } from './json'
import type { Problem } from './invalid'

/** Limits of GSMA's schemas in characters and entries (rcs.md 4.1, 4.2, 4.5). */
const limits = { title: 200, description: 2_000, displayText: 25, data: 2_048, inCard: 4, chips: 11, cards: [2, 12], entries: 5 } as const

const below = (field: string, name: string): string => (field ? `${field}.${name}` : name)
const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

function text(value: unknown, field: string, most: number, isNeeded = false): Problem[] {
  if (value === undefined) return isNeeded ? [{ field, text: 'is missing' }] : []
  if (typeof value !== 'string' || !value) return [{ field, text: 'must be text' }]
  return value.length > most ? [{ field, text: `may have ${most} characters` }] : []
}

function list(value: unknown, field: string, least: number, most: number, each: (one: unknown, field: string) => Problem[]): Problem[] {
  if (!Array.isArray(value)) return [{ field, text: 'must be a list' }]
  if (value.length < least || value.length > most) return [{ field, text: `must have ${least} to ${most} entries` }]
  return value.flatMap((one, i) => each(one, `${field}[${i}]`))
}

function suggestion(value: unknown, field: string): Problem[] {
  const said = objectOf(value)
  const [name, ...more] = ['reply', 'action'].filter((each) => said[each] !== undefined)
  if (!name || more.length) return [{ field, text: 'must have exactly one of reply and action' }]
  const { displayText, postback } = objectOf(said[name])
  const at = below(field, name)
  return [...text(displayText, below(at, 'displayText'), limits.displayText, true), ...(postback === undefined ? [] : text(objectOf(postback)['data'], below(at, 'postback.data'), limits.data))]
}

function card(value: unknown, field: string): Problem[] {
  const { media, title, description, suggestions } = objectOf(value)
  if (media === undefined && title === undefined && description === undefined) return [{ field, text: 'must have at least one of media, title, description' }]
  return [
    ...text(title, below(field, 'title'), limits.title), ...text(description, below(field, 'description'), limits.description),
    ...(suggestions === undefined ? [] : list(suggestions, below(field, 'suggestions'), 1, limits.inCard, suggestion)),
    ...(media === undefined ? [] : text(objectOf(media)['mediaUrl'], below(field, 'media.mediaUrl'), 2_048, true)),
  ]
}

/** What is wrong with the `message` of rcs.md 4.1, said to be in `field`. */
export function problemsOfCard(value: unknown, field = ''): Problem[] {
  const { generalPurposeCard: one, generalPurposeCardCarousel: many } = objectOf(objectOf(value)['message'])
  const at = below(field, 'message')
  if ((one === undefined) === (many === undefined)) return [{ field: at, text: 'must have exactly one of generalPurposeCard, generalPurposeCardCarousel' }]
  if (many !== undefined) return list(objectOf(many)['content'], below(at, 'generalPurposeCardCarousel.content'), ...limits.cards, card)
  return card(objectOf(one)['content'], below(at, 'generalPurposeCard.content'))
}

/** Of `suggestions`, rcs.md 4.2. */
export const problemsOfChips = (value: unknown, field = ''): Problem[] =>
  list(objectOf(value)['suggestions'], below(field, 'suggestions'), 1, limits.chips, suggestion)

export const problemsOfMenu = (value: unknown, field = ''): Problem[] =>
  list(objectOf(objectOf(value)['menu'])['entries'], below(field, 'menu.entries'), 1, limits.entries, () => [])

export const problemsOfInfo = (value: unknown, field = ''): Problem[] => (isObject(objectOf(value)['botinfo']) ? [] : [{ field: below(field, 'botinfo'), text: 'must be an object' }])
