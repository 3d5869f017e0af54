import { safeFileName } from '../base/file-name'
import { fontStyles, mediaHeights, type Card, type CardLayout, type CardMedia, type FontStyle } from '../contract/card'
import type { FileView } from '../contract/message'
import { suggestionJson, suggestionLimits, suggestionsOf } from './bot-suggestion'
import { lineOf, webUrlOf, wordOf, wordsOf } from './bot-text'
import { fieldsOf, isFields, listOf, present, readJson, type Fields } from './json'
import { malformed } from './mime'

export const botMessageType = 'application/vnd.gsma.botmessage.v1.0+json'

/** Limits of GSMA's schema, in characters and entries. */
export const cardLimits = { title: 200, text: 2_000, alt: 200, least: 2, most: 12, styles: 3 } as const

/** Cards as they stand together. */
export interface BotCards {
  cards: Card[]
  layout: CardLayout
}

/**
 * GSMA FNW.11, `botmessage`: one card or a carousel. What a card lacks is done without, what is too much of it is cut.
 * @throws Fault `malformed` when there is nothing to be shown, `too-large`
 */
export function readBotMessage(input: string | Uint8Array): BotCards {
  const cards = botCardsOf(readJson(input, 'bot-message'))
  if (!cards) throw malformed('bot-message', 'no card')
  return cards
}

/** The same of what was read as JSON already; nothing when there is no card in it. */
export function botCardsOf(value: unknown): BotCards | undefined {
  const said = fieldsOf(value)
  const { generalPurposeCard, generalPurposeCardCarousel } = fieldsOf(said['message'] ?? said)
  if (isFields(generalPurposeCard)) return oneCard(generalPurposeCard)
  return isFields(generalPurposeCardCarousel) ? carousel(generalPurposeCardCarousel) : undefined
}

function oneCard({ layout, content }: Fields): BotCards | undefined {
  const said = fieldsOf(layout)
  const card = cardOf(listOf(content)[0], 'tall')
  const stands = wordOf(said['cardOrientation'], ['horizontal'])
    ? { kind: 'horizontal' as const, image: wordOf(said['imageAlignment'], ['left', 'right']) ?? 'left' }
    : { kind: 'vertical' as const }
  return card && { cards: [card], layout: { ...stands, ...stylesOf(said) } }
}

function carousel({ layout, content }: Fields): BotCards | undefined {
  const said = fieldsOf(layout)
  const width = wordOf(said['cardWidth'], ['medium_width']) ? 'medium' : 'small'
  const cards = listOf(content).slice(0, cardLimits.most).flatMap((each) => cardOf(each, width === 'small' ? 'medium' : 'tall') ?? [])
  if (cards.length === 0) return undefined
  return { cards, layout: { ...(cards.length === 1 ? { kind: 'vertical' } : { kind: 'carousel', width }), ...stylesOf(said) } }
}

function stylesOf({ titleFontStyle, descriptionFontStyle }: Fields): Pick<CardLayout, 'titleStyle' | 'textStyle'> {
  const [titleStyle, textStyle] = [titleFontStyle, descriptionFontStyle].map(styleOf)
  return { ...(titleStyle && { titleStyle }), ...(textStyle && { textStyle }) }
}

/** COMPAT(GSMA): its own samples have a style that the schema has not; what is unknown is left out. */
function styleOf(value: unknown): FontStyle[] | undefined {
  const said = new Set(listOf(value).slice(0, 16).flatMap((each) => wordOf(each, fontStyles) ?? []))
  return said.size > 0 ? [...said] : undefined
}

/** @param tallest a narrow card has no tall picture */
function cardOf(value: unknown, tallest: 'medium' | 'tall'): Card | undefined {
  const said = fieldsOf(value)
  const card: Card = present<Card>({
    media: mediaOf(said['media'], tallest),
    title: lineOf(said['title'], cardLimits.title),
    text: wordsOf(said['description'], cardLimits.text),
  })
  if (Object.keys(card).length === 0) return undefined
  const suggestions = suggestionsOf(said['suggestions'], suggestionLimits.inCard)
  return { ...card, ...(suggestions.length > 0 && { suggestions }) }
}

function mediaOf(value: unknown, tallest: 'medium' | 'tall'): CardMedia | undefined {
  const said = fieldsOf(value)
  const url = webUrlOf(said['mediaUrl'])
  if (url === undefined) return undefined
  const height = wordOf(said['height'], ['short_height', 'medium_height', 'tall_height'])
  const alt = lineOf(said['contentDescription'], cardLimits.alt)
  const shown = mediaHeights.find((each) => height === `${each}_height`) ?? 'medium'
  return { file: fileOf(url, said), height: shown === 'tall' ? tallest : shown, ...(alt !== undefined && { alt }) }
}

/** COMPAT(GSMA): its own samples omit the size; 0 says that nobody knows it. */
function fileOf(url: string, said: Fields): FileView {
  const thumbnailUrl = webUrlOf(said['thumbnailUrl'])
  const [thumbnailType, thumbnailSize] = [typeOf(said['thumbnailContentType']), sizeOf(said['thumbnailFileSize'])]
  return {
    name: nameOf(url), contentType: typeOf(said['mediaContentType']) ?? 'application/octet-stream', size: sizeOf(said['mediaFileSize']) ?? 0, hash: '',
    remote: {
      url,
      ...(thumbnailUrl !== undefined && {
        thumbnail: { url: thumbnailUrl, ...(thumbnailType !== undefined && { contentType: thumbnailType }), ...(thumbnailSize !== undefined && { size: thumbnailSize }) },
      }),
    },
    transfer: { way: 'down', at: 'offered' },
  }
}

/** What a file is called that nobody named: the last of its URL. */
function nameOf(url: string): string {
  const last = new URL(url).pathname.split('/').pop() ?? ''
  try {
    return safeFileName(decodeURIComponent(last))
  } catch {
    return safeFileName(last)
  }
}

/** RFC 2045 5.1, without parameters. */
const typeOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value.length <= 256 ? /^\s*([a-z0-9][\w!#$&^.+-]*\/[\w!#$&^.+-]+)/i.exec(value)?.[1]?.toLowerCase() : undefined)

function sizeOf(value: unknown): number | undefined {
  const size = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(size) && (size as number) > 0 ? (size as number) : undefined
}

export const writeBotMessage = (cards: BotCards): string => JSON.stringify(botCardsJson(cards))

export function botCardsJson({ cards, layout }: BotCards) {
  const styles = present({ titleFontStyle: layout.titleStyle, descriptionFontStyle: layout.textStyle })
  if (layout.kind === 'carousel') {
    return { message: { generalPurposeCardCarousel: { layout: { cardWidth: `${layout.width.toUpperCase()}_WIDTH`, ...styles }, content: cards.map(cardJson) } } }
  }
  const stands = layout.kind === 'vertical'
    ? { cardOrientation: 'VERTICAL' }
    : { cardOrientation: 'HORIZONTAL', imageAlignment: layout.image.toUpperCase() }
  return { message: { generalPurposeCard: { layout: { ...stands, ...styles }, content: cardJson(cards[0] ?? {}) } } }
}

const cardJson = ({ media, title, text, suggestions }: Card): Fields => present<Record<string, unknown>>({
  media: media && mediaJson(media), title, description: text, suggestions: suggestions?.map(suggestionJson),
})

/** Nothing of a file that lies at no server yet. */
function mediaJson({ file: { contentType, size, remote, thumbnail: here }, height, alt }: CardMedia): Fields | undefined {
  if (!remote) return undefined
  const small = remote.thumbnail && { contentType: here?.contentType, size: here?.size, ...remote.thumbnail }
  return present<Record<string, unknown>>({
    mediaUrl: remote.url, mediaContentType: contentType, mediaFileSize: size || undefined,
    thumbnailUrl: small?.url, thumbnailContentType: small?.contentType, thumbnailFileSize: small?.size,
    height: `${height.toUpperCase()}_HEIGHT`, contentDescription: alt,
  })
}
