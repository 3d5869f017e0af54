import type { FileView } from './message'
import type { Suggestion } from './suggestion'

/** A bot's rich card (GSMA FNW.11, `generalPurposeCard`); it has at least one of picture, title and text. */
export interface Card {
  media?: CardMedia
  /** Up to 200 characters. */
  title?: string
  /** Up to 2,000. */
  text?: string
  /** Up to 4, inside the card. */
  suggestions?: Suggestion[]
}

/** A card's picture, film or sound: a file that lies where its bot says, and is fetched by the same rules as any other. */
export interface CardMedia {
  file: FileView
  /** The height of its box, whatever the picture's own: nothing moves when it comes. */
  height: MediaHeight
  /** What is to be seen, for those who cannot. */
  alt?: string
}

export const mediaHeights = ['short', 'medium', 'tall'] as const
export type MediaHeight = (typeof mediaHeights)[number]

export const fontStyles = ['italics', 'bold', 'underline'] as const
export type FontStyle = (typeof fontStyles)[number]

/** How cards stand: one, in one of three ways, or a row of them. */
export type CardLayout = (
  | { kind: 'vertical' }
  | { kind: 'horizontal'; image: 'left' | 'right' }
  /** 2 to 12 in a row. */
  | { kind: 'carousel'; width: 'small' | 'medium' }
) & { titleStyle?: FontStyle[]; textStyle?: FontStyle[] }

/** What cards are called in a line: the first title or text of them. */
export const cardTitle = ({ cards }: { cards: readonly Card[] }): string | undefined =>
  cards.map(({ title, text, media }) => title ?? text ?? media?.alt).find((each) => each !== undefined)
