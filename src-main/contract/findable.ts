import type { Content } from './message'

/** What of a message search finds: its words, and the names of its files, a line each. */
export function findable(content: Content): string {
  if (content.kind === 'text') return content.text
  if (content.kind === 'location') return content.location.label ?? ''
  return content.kind === 'files' ? [content.text ?? '', ...content.files.map(({ name }) => name)].join('\n') : ''
}
