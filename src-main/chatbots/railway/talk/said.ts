/** What the bot may send, as the GSMA MaaP API has it (FNW.11): a text or a rich card, with chips under it. */
export interface Said {
  textMessage?: string
  richcardMessage?: { message: { generalPurposeCard: { layout: object; content: CardContent } } | { generalPurposeCardCarousel: { layout: object; content: CardContent[] } } }
  suggestedChipList?: { suggestions: Chip[] }
}

export interface CardContent {
  title?: string
  description?: string
  media?: { mediaUrl: string; mediaContentType: string; mediaFileSize: number; height: string; contentDescription?: string }
  suggestions?: Chip[]
}

export type Chip = { reply: { displayText: string; postback: { data: string } } } | { action: object }

/** FNW.11: a chip's words have 25 characters. */
const short = (text: string): string => (text.length > 25 ? `${text.slice(0, 24)}…` : text)

export const reply = (text: string, data: object): Chip => ({ reply: { displayText: short(text), postback: { data: JSON.stringify(data) } } })

/** An event for the traveller's calendar; times in ms. */
export const calendar = (text: string, title: string, from: number, to: number, description: string, data: object): Chip => ({
  action: {
    calendarAction: { createCalendarEvent: { startTime: iso(from), endTime: iso(to), title: title.slice(0, 100), description: description.slice(0, 500) } },
    displayText: short(text), postback: { data: JSON.stringify(data) },
  },
})

const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

/** One card alone, or several in a row. */
export function cards(contents: CardContent[]): NonNullable<Said['richcardMessage']> {
  const [only] = contents
  return contents.length === 1
    ? { message: { generalPurposeCard: { layout: { cardOrientation: 'VERTICAL' }, content: only! } } }
    : { message: { generalPurposeCardCarousel: { layout: { cardWidth: 'MEDIUM_WIDTH' }, content: contents } } }
}

export const withChips = (said: Said, ...chips: Chip[]): Said => (chips.length ? { ...said, suggestedChipList: { suggestions: chips.slice(0, 11) } } : said)
