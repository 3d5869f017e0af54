import fc from 'fast-check'
import type { BotMenuEntry } from '../../src-main/contract/bot'
import { fontStyles, type Card, type CardLayout } from '../../src-main/contract/card'
import type { SuggestedAction, Suggestion } from '../../src-main/contract/suggestion'
import type { BotCards } from '../../src-main/rcs/bot-message'

const letter = fc.constantFrom('a', 'Z', '7', '票', '京', '🚄', '"', '\\', '<', 'é', 'ع')
/** A text as a bot may write it and reading leaves it. */
const words = (most: number): fc.Arbitrary<string> => fc.array(letter, { minLength: 1, maxLength: Math.min(most, 30) }).map((letters) => letters.join(''))
const data = fc.string({ unit: 'grapheme', maxLength: 60 })
const url = fc.tuple(fc.constantFrom('https://example.com', 'http://bot.example:8080'), fc.stringMatching(/^[a-z0-9]{0,8}$/)).map(([host, path]) => `${host}/${path}`)
const number = fc.stringMatching(/^\+?[0-9]{2,15}$/)
const degrees = (most: number) => fc.integer({ min: -most * 1e4, max: most * 1e4 }).map((tenThousandths) => tenThousandths / 1e4)
const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000)
const some = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }, required: (keyof T)[]): fc.Arbitrary<T> =>
  fc.record(model, { requiredKeys: required }) as fc.Arbitrary<T>

const action: fc.Arbitrary<SuggestedAction> = fc.oneof(
  some({ do: fc.constant('open-url' as const), url, where: fc.constant('browser' as const) }, ['do', 'url', 'where']),
  some({ do: fc.constant('open-url' as const), url, where: fc.constant('view' as const), height: fc.constantFrom('full', 'half', 'tall'), parameters: words(200) }, ['do', 'url', 'where']),
  some({ do: fc.constant('dial' as const), number, how: fc.constantFrom('voice', 'video'), instead: url }, ['do', 'number', 'how']),
  some({ do: fc.constant('dial' as const), number, how: fc.constant('enriched' as const), subject: words(60), instead: url }, ['do', 'number', 'how']),
  some({
    do: fc.constant('show-place' as const), instead: url,
    place: fc.oneof(some({ latitude: degrees(90), longitude: degrees(180), label: words(100) }, ['latitude', 'longitude']), fc.record({ query: words(200) })),
  }, ['do', 'place']),
  fc.constantFrom('send-place', 'share-device', 'show-number', 'tell-read').map((does) => ({ do: does })),
  some({ do: fc.constant('add-event' as const), from: time, to: time, title: words(100), text: words(500), instead: url }, ['do', 'from', 'to', 'title'])
    .map((event) => ({ ...event, to: Math.max(event.from, event.to) })),
  fc.record({ do: fc.constant('write-text' as const), number, text: words(100) }),
  fc.record({ do: fc.constant('record' as const), number, what: fc.constantFrom('audio', 'video') }),
) as fc.Arbitrary<SuggestedAction>

export const suggestion: fc.Arbitrary<Suggestion> = some<Suggestion>({ text: words(25).map((text) => Array.from(text).slice(0, 25).join('')), data, action } as never, ['text'])

const file = fc.record({
  url, size: fc.integer({ min: 0, max: 1e9 }), contentType: fc.constantFrom('image/png', 'video/mp4', 'application/octet-stream'),
  thumbnail: fc.option(some({ url, contentType: fc.constant('image/jpeg'), size: fc.integer({ min: 1, max: 1e6 }) }, ['url']), { nil: undefined }),
}).map(({ url, size, contentType, thumbnail }) => ({
  name: new URL(url).pathname.slice(1) || 'file', contentType, size, hash: '', remote: { url, ...(thumbnail && { thumbnail }) }, transfer: { way: 'down', at: 'offered' },
}))

const card = (heights: string[]): fc.Arbitrary<Card> => (some({
  media: some({ file, height: fc.constantFrom(...heights), alt: words(200) }, ['file', 'height']), title: words(200), text: words(2_000),
  suggestions: fc.array(suggestion, { minLength: 1, maxLength: 4 }),
}, []) as fc.Arbitrary<Card>).filter(({ media, title, text }) => Boolean(media ?? title ?? text))

const style = fc.uniqueArray(fc.constantFrom(...fontStyles), { minLength: 1, maxLength: 3 })
const layout = (kinds: fc.Arbitrary<object>): fc.Arbitrary<CardLayout> =>
  fc.tuple(kinds, some({ titleStyle: style, textStyle: style }, [])).map(([kind, styles]) => ({ ...kind, ...styles }) as CardLayout)
const all = ['short', 'medium', 'tall']

export const botCards: fc.Arbitrary<BotCards> = fc.oneof(
  fc.record({ layout: layout(fc.constantFrom({ kind: 'vertical' }, { kind: 'horizontal', image: 'left' }, { kind: 'horizontal', image: 'right' })), cards: fc.array(card(all), { minLength: 1, maxLength: 1 }) }),
  fc.record({ layout: layout(fc.constant({ kind: 'carousel', width: 'small' })), cards: fc.array(card(all.slice(0, 2)), { minLength: 2, maxLength: 12 }) }),
  fc.record({ layout: layout(fc.constant({ kind: 'carousel', width: 'medium' })), cards: fc.array(card(all), { minLength: 2, maxLength: 12 }) }),
)

const entries = (levels: number): fc.Arbitrary<BotMenuEntry[]> => fc.array(
  levels === 0 ? suggestion : fc.oneof({ weight: 3, arbitrary: suggestion }, { weight: 1, arbitrary: fc.record({ text: words(25).map((text) => Array.from(text).slice(0, 25).join('')), entries: entries(levels - 1) }) }),
  { minLength: 1, maxLength: 5 },
)
export const botMenu = entries(2).map((entries) => ({ entries }))

/** What nobody should send: members of the vocabularies with anything behind them. */
export const nonsense: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 6 },
    fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean(), fc.double(), url, fc.constantFrom('\u202e', 'HORIZONTAL', 'webview', '__proto__', 'file:///x')),
    fc.array(tie('node'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('message', 'generalPurposeCard', 'generalPurposeCardCarousel', 'layout', 'content', 'media', 'mediaUrl', 'title', 'description', 'suggestions', 'reply', 'action',
      'displayText', 'postback', 'data', 'urlAction', 'openUrl', 'url', 'mapAction', 'showLocation', 'location', 'latitude', 'longitude', 'menu', 'entries', 'response', 'sharedData', 'deviceSpecifics',
      'botinfo', 'pcc', 'org-details', 'org-name', 'display-name', 'persistent-menu', 'bots', '__proto__', 'constructor'), tie('node'), { maxKeys: 8 }),
  ),
})).node
