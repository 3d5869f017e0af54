import type { Envelope } from '../envelope'

/**
 * Headers as they are stored: a line `name:value` each, or JSON (which begins as no name does) where a value has a line
 * end in it. Lines are written and read in a tenth of the time, and there are some with every message.
 */
export function storedHeaders(headers: Envelope['headers']): string {
  let text = ''
  for (const [name, value] of headers) {
    if (value.includes('\n')) return JSON.stringify(headers)
    text += `${name}:${value}\n`
  }
  return text
}

/** @throws SyntaxError for what `storedHeaders` did not write: the file is damaged */
export function readHeaders(stored: string): Envelope['headers'] {
  if (stored.startsWith('[')) return JSON.parse(stored) as Envelope['headers']
  const headers: [name: string, value: string][] = []
  for (let at = 0; at < stored.length;) {
    const colon = stored.indexOf(':', at)
    const end = stored.indexOf('\n', colon)
    if (colon < 0 || end < 0) throw new SyntaxError('a header without its end')
    headers.push([stored.slice(at, colon), stored.slice(colon + 1, end)])
    at = end + 1
  }
  return headers
}
