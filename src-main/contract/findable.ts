import type { Content } from './message'

/** What of a message search finds: its words, those of its cards, and the names of its files, a line each. */
export function findable(content: Content): string {
  switch (content.kind) {
    case 'text': return content.text
    case 'location': return content.location.label ?? ''
    case 'files': return [content.text ?? '', ...content.files.map(({ name }) => name)].join('\n')
    case 'cards': return content.cards.flatMap(({ title, text, media }) => [title, text, media?.alt].filter((each) => each !== undefined)).join('\n')
    case 'answer': return content.text
    default: return ''
  }
}
