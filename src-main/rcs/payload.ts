import { Fault } from '../base/faults'
import type { LocationView } from '../contract/message'
import type { DeviceFacts, Suggestion } from '../contract/suggestion'
import { readMediaType } from '../sip/media-type'
import { botCardsOf, botMessageType, type BotCards } from './bot-message'
import { readResponse, readSharedData, responseType, sharedDataType, type BotResponse } from './bot-response'
import { readSuggestions, suggestionType } from './bot-suggestion'
import { cpimType, readCpim } from './cpim'
import type { Cpim } from './cpim'
import { conferenceInfoType, readConferenceInfo } from './conference-info'
import type { ConferenceInfo } from './conference-info'
import { fileTransferType, readFileTransfer } from './file-transfer'
import type { FileTransfer } from './file-transfer'
import { imdnType, readImdn } from './imdn'
import type { Imdn } from './imdn'
import { isComposingType, readIsComposing } from './is-composing'
import type { IsComposing } from './is-composing'
import { readJson } from './json'
import { locationType, readLocation } from './location'
import { fromBase64, headerValue, malformed } from './mime'
import { readMultipart } from './multipart'
import { readTombstone, tombstoneType } from './tombstone'
import type { Tombstone } from './tombstone'

/** One thing that a message says. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'location'; location: LocationView }
  | { kind: 'imdn'; imdn: Imdn }
  | { kind: 'composing'; composing: IsComposing }
  | { kind: 'tombstone'; tombstone: Tombstone }
  /** What a focus says of its group. */
  | { kind: 'conference'; info: ConferenceInfo }
  /** A file that lies at a content server. */
  | { kind: 'file'; file: FileTransfer }
  /** A bot's cards. */
  | { kind: 'cards'; cards: BotCards }
  /** What a bot offers to be tapped. */
  | { kind: 'suggestions'; suggestions: Suggestion[] }
  /** What a person tapped. */
  | { kind: 'response'; response: BotResponse }
  /** What a bot is told of a person's device. */
  | { kind: 'shared-data'; facts: DeviceFacts }
  /** A type that this version does not read. `contentType` is without parameters, lower case. */
  | { kind: 'other'; contentType: string; body: Uint8Array }

/** A message's body, unwrapped. */
export interface Payload {
  /** Of the outermost CPIM; absent when the message came without. */
  cpim?: Pick<Cpim, 'messageId' | 'dispositions' | 'dateTime' | 'from' | 'to' | 'fromName'> & Partial<Pick<Cpim, 'extensions'>>
  /** In the order of the message; at least one. */
  parts: Part[]
}

export interface PayloadInput {
  /** As the SIP header says it, with parameters. */
  contentType: string
  contentEncoding?: string | undefined
  body: Uint8Array
  /** How large an encoded body may become, in bytes. @default 262_144 */
  limit?: number | undefined
}

export type Inflate = (bytes: Uint8Array, limit?: number) => Uint8Array

const deepest = 4
const maxParts = 64

interface Wrapped {
  contentType: string
  contentEncoding: string | undefined
  transferEncoding: string | undefined
  body: Uint8Array
}

/**
 * Unwraps deflate, CPIM and multipart, whichever way they are put into each other, and reads what is inside.
 * @throws Fault `malformed` for a body that is not what its type says, `too-large`, `bad-encoding`
 */
export function readPayloadWith(input: PayloadInput, inflate: Inflate): Payload {
  const payload: Payload = { parts: [] }
  const { contentType, contentEncoding, body, limit } = input
  unwrap({ contentType, contentEncoding, transferEncoding: undefined, body }, 0)
  if (payload.parts.length === 0) throw malformed('multipart', 'no parts')
  return payload

  function unwrap(wrapped: Wrapped, depth: number): void {
    if (depth > deepest) throw new Fault('too-large', { text: 'wrapped too deep', detail: { limit: deepest } })
    const bytes = decode(wrapped)
    const { type, params } = readMediaType(wrapped.contentType)
    if (type === cpimType) {
      const cpim = readCpim(bytes)
      payload.cpim ??= cpimFacts(cpim)
      unwrap(inner(cpim.contentType, cpim.contentHeaders, cpim.body), depth + 1)
    } else if (type.startsWith('multipart/')) {
      for (const { headers, body } of readMultipart(bytes, params.get('boundary'), { parts: maxParts })) {
        unwrap(inner(headerValue(headers, 'content-type') ?? 'text/plain', headers, body), depth + 1)
      }
    } else {
      if (payload.parts.length >= maxParts) {
        throw new Fault('too-large', { text: 'too many parts', detail: { limit: maxParts } })
      }
      payload.parts.push(read(type, params.get('charset'), bytes))
    }
  }

  function decode({ contentEncoding = 'identity', transferEncoding = '8bit', body }: Wrapped): Uint8Array {
    const bytes = decodeTransfer(transferEncoding.trim().toLowerCase(), body)
    const encoding = contentEncoding.trim().toLowerCase()
    if (encoding === 'identity' || encoding === '') return bytes
    if (encoding === 'deflate') return inflate(bytes, limit)
    throw unknown('encoding', encoding)
  }
}

const inner = (contentType: string, headers: Cpim['contentHeaders'], body: Uint8Array): Wrapped => ({
  contentType, body,
  contentEncoding: headerValue(headers, 'content-encoding'),
  transferEncoding: headerValue(headers, 'content-transfer-encoding'),
})

function cpimFacts({ messageId, dispositions, dateTime, from, to, fromName, extensions }: Cpim): NonNullable<Payload['cpim']> {
  return {
    dispositions, from, to,
    ...(extensions.length > 0 && { extensions }),
    ...(messageId !== undefined && { messageId }),
    ...(dateTime !== undefined && { dateTime }),
    ...(fromName !== undefined && { fromName }),
  }
}

function read(type: string, charset: string | undefined, body: Uint8Array): Part {
  switch (type) {
    case 'text/plain': return { kind: 'text', text: decodeText(body, charset) }
    case locationType: return { kind: 'location', location: readLocation(body) }
    case imdnType: return { kind: 'imdn', imdn: readImdn(body) }
    case isComposingType: return { kind: 'composing', composing: readIsComposing(body) }
    case fileTransferType: return { kind: 'file', file: readFileTransfer(body) }
    case conferenceInfoType: return { kind: 'conference', info: readConferenceInfo(body) }
    case botMessageType: return readCards(body)
    case suggestionType: return { kind: 'suggestions', suggestions: readChips(body) }
    case responseType: return { kind: 'response', response: readResponse(body) }
    case sharedDataType: return { kind: 'shared-data', facts: readSharedData(body) }
    case tombstoneType: return { kind: 'tombstone', tombstone: readTombstone(body) }
    default: return { kind: 'other', contentType: type, body }
  }
}

/** What a later version may put into such a message is shown as not known; what is no JSON is refused. */
function readCards(body: Uint8Array): Part {
  const cards = botCardsOf(readJson(body, 'bot-message'))
  return cards ? { kind: 'cards', cards } : { kind: 'other', contentType: botMessageType, body }
}

/** Chips ride with what is said: those that cannot be read do not take it with them. */
function readChips(body: Uint8Array): Suggestion[] {
  try {
    return readSuggestions(body)
  } catch (thrown) {
    if (thrown instanceof Fault) return []
    throw thrown
  }
}

/** RFC 2046 4.1.2 lets the charset be US-ASCII unless it is said; everybody means UTF-8. */
function decodeText(body: Uint8Array, charset = 'utf-8'): string {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(charset, { fatal: true })
  } catch (cause) {
    throw unknown('charset', charset, cause)
  }
  try {
    return decoder.decode(body)
  } catch (cause) {
    throw malformed('text', `not ${decoder.encoding}`, cause)
  }
}

const unknown = (what: 'encoding' | 'charset', name: string, cause?: unknown) =>
  new Fault('bad-encoding', { text: `${what} is not known`, cause, detail: { [what]: name.slice(0, 40) } })

function decodeTransfer(encoding: string, body: Uint8Array): Uint8Array {
  if (encoding === '8bit' || encoding === '7bit' || encoding === 'binary') return body
  if (encoding !== 'base64') throw unknown('encoding', encoding)
  try {
    return fromBase64(new TextDecoder('latin1').decode(body), 'multipart')
  } catch (cause) {
    throw new Fault('bad-encoding', { text: 'not base64', cause, detail: { encoding } })
  }
}
