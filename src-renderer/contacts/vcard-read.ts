import { pictureIn, type Photo } from './photo'

// No kept library reads what phones send: vCard 2.1 (versit) with quoted-printable beside 3.0 (RFC 2426) and 4.0 (RFC 6350).

/** One way to somebody. */
export interface Reach {
  value: string
  /** `work`, `home`, `cell` … as it stands there, lower case. */
  kind?: string
}

export interface Contact {
  name: string
  organisation?: string
  title?: string
  numbers: Reach[]
  mails: Reach[]
  /** `sip:` addresses. */
  addresses: Reach[]
  photo?: Photo
  /** Further cards in the same file. */
  more: number
}

/** A file of more bytes is shown as a file. */
export const longestCard = 2 * 1024 * 1024
const mostLines = 20_000
const mostReaches = 20
const longestText = 200

interface Line {
  name: string
  params: Map<string, string>
  value: string
}

/** The first card of a file; undefined when there is none, or nothing in it by which one could be known or reached. */
export function readVcard(bytes: Uint8Array): Contact | undefined {
  if (bytes.length > longestCard) return undefined
  const lines = unfolded(decode(bytes))
  const begin = lines?.findIndex((line) => /^BEGIN:VCARD\s*$/i.test(line)) ?? -1
  if (!lines || begin < 0) return undefined
  const end = lines.findIndex((line, at) => at > begin && /^END:VCARD\s*$/i.test(line))
  const contact: Contact = { name: '', numbers: [], mails: [], addresses: [], more: lines.slice(begin + 1).filter((line) => /^BEGIN:VCARD\s*$/i.test(line)).length }
  let parts = ''
  for (const text of lines.slice(begin + 1, end < 0 ? undefined : end)) {
    const line = readLine(text)
    if (!line) continue
    if (line.name === 'N') parts ||= nameOf(line.value)
    else take(contact, line)
  }
  contact.name ||= parts || contact.organisation || contact.numbers[0]?.value || contact.mails[0]?.value || contact.addresses[0]?.value || ''
  return contact.name === '' ? undefined : contact
}

function take(contact: Contact, { name, params, value }: Line): void {
  switch (name) {
    case 'FN': contact.name ||= plain(value); break
    case 'ORG': {
      const organisation = plain(fields(value).filter(Boolean).join(', '))
      if (organisation) contact.organisation ??= organisation
      break
    }
    case 'TITLE': {
      const title = plain(value)
      if (title) contact.title ??= title
      break
    }
    case 'TEL': add(contact.numbers, /^[+\d][\d\s().\-/*#]{1,30}$/, value.replace(/^tel:/i, '').replace(/;.*$/, ''), params); break
    case 'EMAIL': add(contact.mails, /^[^\s@<>"]+@[^\s@<>"]+$/, value.replace(/^mailto:/i, ''), params); break
    case 'IMPP': case 'X-SIP': add(contact.addresses, /^[^\s@<>":]+@[^\s@<>"]+$/, value.replace(/^sips?:/i, ''), params); break
    case 'PHOTO': {
      const photo = pictureIn(value, /^(b|base64)$/i.test(params.get('ENCODING') ?? ''))
      if (photo) contact.photo ??= photo
    }
  }
}

function add(to: Reach[], shape: RegExp, text: string, params: Map<string, string>): void {
  const value = plain(text)
  if (!shape.test(value) || to.length >= mostReaches || to.some((one) => one.value === value)) return
  const kind = (params.get('TYPE') ?? '').toLowerCase().split(',').find((one) => /^(work|home|cell|fax|main|car)$/.test(one))
  to.push({ value, ...(kind !== undefined && { kind }) })
}

/** UTF-8, else what older phones in China write. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** RFC 6350 3.2, and the soft breaks of quoted-printable; undefined for what has too many lines. */
function unfolded(text: string): string[] | undefined {
  const raw = text.split(/\r\n|\n|\r/, mostLines + 1)
  if (raw.length > mostLines) return undefined
  const lines: string[][] = []
  let isSoft = false
  for (const line of raw) {
    const last = lines.at(-1)
    if (last && isSoft) last.push('\n', line)
    else if (last && (line.startsWith(' ') || line.startsWith('\t'))) last.push(line.slice(1))
    else lines.push([line])
    isSoft = line.endsWith('=') && /;(?:ENCODING=)?QUOTED-PRINTABLE/i.test(lines.at(-1)![0]!.slice(0, 200))
  }
  return lines.map((pieces) => pieces.join(''))
}

function readLine(text: string): Line | undefined {
  const found = /^(?:[\w-]{1,40}\.)?([A-Za-z][\w-]{0,40})((?:;[^:;"]{0,200}(?:"[^"]{0,200}"[^:;"]{0,200})*)*):/.exec(text)
  if (!found) return undefined
  const params = new Map<string, string>()
  for (const param of found[2]!.split(';').slice(1)) {
    const equals = param.indexOf('=')
    // vCard 2.1 writes a value without its name.
    const bare = /^(?:quoted-printable|base64|8bit)$/i.test(param) ? 'ENCODING' : 'TYPE'
    const [name, value] = equals < 0 ? [bare, param] : [param.slice(0, equals).toUpperCase(), param.slice(equals + 1).replaceAll('"', '')]
    params.set(name, params.has(name) ? `${params.get(name)},${value}` : value)
  }
  const value = text.slice(found[0].length)
  const isQuoted = /quoted-printable/i.test(params.get('ENCODING') ?? '')
  return { name: found[1]!.toUpperCase(), params, value: isQuoted ? unquoted(value, params.get('CHARSET')) : value }
}

/** RFC 2045 6.7. */
function unquoted(text: string, charset = 'utf-8'): string {
  const bytes: number[] = []
  const raw = new TextEncoder().encode(text.replace(/=\s*\n/g, ''))
  for (let at = 0; at < raw.length; at++) {
    const hex = raw[at] === 61 ? /^[0-9a-f]{2}/i.exec(String.fromCharCode(raw[at + 1] ?? 0, raw[at + 2] ?? 0))?.[0] : undefined
    bytes.push(hex === undefined ? raw[at]! : parseInt(hex, 16))
    if (hex !== undefined) at += 2
  }
  try {
    return new TextDecoder(charset).decode(Uint8Array.from(bytes))
  } catch {
    return new TextDecoder().decode(Uint8Array.from(bytes))
  }
}

const fields = (value: string): string[] => value.split(/(?<!\\);/)

/** Escapes undone (RFC 6350 3.4), one line, bounded. */
const plain = (value: string): string => {
  const text = value.slice(0, 4 * longestText).replace(/\\([nN])/g, ' ').replace(/\\([\\,;:])/g, '$1').replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return [...text].slice(0, longestText).join('')
}

/** Family and given name, in the order in which their script has them. */
function nameOf(value: string): string {
  const [family = '', given = ''] = fields(value).map(plain)
  return /\p{Script=Han}/u.test(family + given) ? `${family}${given}` : [given, family].filter(Boolean).join(' ')
}
