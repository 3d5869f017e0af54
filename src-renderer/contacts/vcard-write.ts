/** Somebody whose card is sent. */
export interface ToWrite {
  name: string
  /** Address of record: `sip:user@domain` or `tel:+number`. */
  address: string
}

const escape = (text: string): string => text.replace(/[\\,;]/g, '\\$&').replace(/\r?\n/g, '\\n').replace(/\p{Cc}/gu, '')

/** RFC 6350 3.2: at most 75 bytes a line, never within a character. */
function fold(line: string): string {
  const lines: string[] = []
  let current = ''
  let bytes = 0
  for (const one of line) {
    const size = new TextEncoder().encode(one).length
    if (bytes + size > 75) {
      lines.push(current)
      current = ' '
      bytes = 1
    }
    current += one
    bytes += size
  }
  return [...lines, current].join('\r\n')
}

/** A vCard 4.0 (RFC 6350). A number of a `sip:` address is a telephone's, too (RFC 3966). */
export function writeVcard({ name, address }: ToWrite): string {
  const user = /^sips?:([^@;]+)@/.exec(address)?.[1] ?? ''
  const number = address.startsWith('tel:') ? address.slice(4).split(';')[0]! : /^\+\d{5,15}$/.test(user) ? user : undefined
  return [
    'BEGIN:VCARD', 'VERSION:4.0', `FN:${escape(name)}`,
    ...(number !== undefined ? [`TEL;VALUE=uri;TYPE=cell:tel:${number}`] : []),
    ...(address.startsWith('sip') ? [`IMPP:${address}`] : []),
    'END:VCARD', '',
  ].map(fold).join('\r\n')
}
