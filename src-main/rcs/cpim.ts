import { Fault } from '../base/faults'
import { eachHeader, eachHeaderOfTwo, encodeUtf8, headText, joinBytes, malformed } from './mime'
import type { MimeHeader } from './mime'
import { readDateTime, writeDateTime } from './time'

export type { MimeHeader }

export const cpimType = 'message/cpim'

/** RFC 5438 6.2 and RCC.07: what a sender asks to be told. */
export const dispositions = ['positive-delivery', 'negative-delivery', 'display', 'processing'] as const
export type Disposition = (typeof dispositions)[number]
const isDisposition = (token: string): token is Disposition => (dispositions as readonly string[]).includes(token)
/** What our own texts ask for. */
export const defaultDispositions: readonly Disposition[] = ['positive-delivery', 'negative-delivery', 'display']

/** What a relay needs to know of a CPIM message. */
export interface CpimPeek {
  /** The bare URI of From. */
  from: string
  messageId?: string
  /** ms since 1970. */
  dateTime?: number
  dispositions: Set<Disposition>
  /** Of what is inside; absent when it says none, which means text/plain (RFC 2045 5.2). */
  contentType?: string
}

/** A message header of a namespace that is none of RFC 3862's and RFC 5438's own (RFC 3862 3.4). */
export interface CpimExtension {
  /** Stands for the namespace when it is written. */
  prefix: string
  namespace: string
  name: string
  value: string
}

/** RFC 3862: message headers, an empty line, MIME headers, an empty line, content. */
export interface Cpim extends CpimPeek {
  /** Message headers as they stood, in order. */
  headers: MimeHeader[]
  /** The bare URI of the first To. */
  to: string
  /** What the sender calls itself. */
  fromName?: string
  /** Headers of other namespaces that were declared, in order; names in lower case. */
  extensions: CpimExtension[]
  contentType: string
  contentHeaders: MimeHeader[]
  body: Uint8Array
}

const coreNamespace = 'urn:ietf:params:cpim-headers:'
const imdnNamespace = 'urn:ietf:params:imdn'
const maxIdLength = 255
/** Headers of other namespaces that are taken from one message. */
const mostExtensions = 1_000

/** Reads message headers one by one; RFC 3862 3.4: a prefix stands for the namespace that an NS line above gave it. */
class CpimHead {
  messageId: string | undefined
  dateTime: number | undefined
  dispositions = new Set<Disposition>()
  from: string | undefined
  to: string | undefined
  readonly extensions: CpimExtension[] = []
  #namespaces: Map<string, string> | undefined

  readonly take = (name: string, value: string): void => {
    if (this.#namespaces || !this.#takePlain(name, value)) this.#takeAny(name, value)
  }

  /** The names as everybody spells them, while no NS line gives another meaning to any. */
  #takePlain(name: string, value: string): boolean {
    switch (name) {
      case 'From': this.from ??= value; return true
      case 'To': this.to ??= value; return true
      case 'NS': return value === `imdn <${imdnNamespace}>`
      case 'imdn.Message-ID': this.#imdn('message-id', value); return true
      case 'DateTime': this.dateTime ??= readDateTime(value); return true
      default: return false
    }
  }

  #takeAny(name: string, value: string): void {
    const dot = name.indexOf('.')
    const prefix = dot < 0 ? '' : name.slice(0, dot)
    const local = (dot < 0 ? name : name.slice(dot + 1)).toLowerCase()
    const namespace = this.#namespaces?.get(prefix)
      // COMPAT: an undeclared `imdn.` can mean nothing else.
      ?? (prefix === '' ? coreNamespace : prefix === 'imdn' ? imdnNamespace : undefined)
    if (local === 'ns' && prefix === '') this.#declare(value)
    else if (namespace === coreNamespace) this.#core(local, value)
    else if (namespace === imdnNamespace) this.#imdn(local, value)
    else if (namespace !== undefined && this.extensions.length < mostExtensions) this.extensions.push({ prefix, namespace, name: local, value })
  }

  #declare(value: string): void {
    const open = value.indexOf('<')
    if (open < 0 || !value.endsWith('>')) throw malformed('cpim', 'NS without <uri>')
    this.#namespaces ??= new Map()
    this.#namespaces.set(value.slice(0, open).trim(), value.slice(open + 1, -1))
  }

  #core(local: string, value: string): void {
    if (local === 'from') this.from ??= value
    else if (local === 'to') this.to ??= value
    else if (local === 'datetime') this.dateTime ??= readDateTime(value)
  }

  #imdn(local: string, value: string): void {
    if (local === 'message-id') {
      if (value === '' || value.length > maxIdLength) throw malformed('cpim', 'imdn.Message-ID is empty or too long')
      this.messageId ??= value
    } else if (local === 'disposition-notification') {
      for (const item of value.split(',')) {
        const semicolon = item.indexOf(';')
        const token = (semicolon < 0 ? item : item.slice(0, semicolon)).trim().toLowerCase()
        if (isDisposition(token)) this.dispositions.add(token)
      }
    }
  }

  peek(contentType: string | undefined): CpimPeek {
    const from = bareUri(this.from)
    if (!from || !bareUri(this.to)) throw malformed('cpim', 'From or To is missing')
    return {
      from,
      dispositions: this.dispositions,
      ...(this.messageId !== undefined && { messageId: this.messageId }),
      ...(this.dateTime !== undefined && { dateTime: this.dateTime }),
      ...(contentType !== undefined && { contentType }),
    }
  }
}

/** What a relay must know of every message: reads the two heads, never the content. @throws Fault `malformed` */
export function peekCpim(bytes: Uint8Array): CpimPeek {
  const head = new CpimHead()
  let contentType: string | undefined
  eachHeaderOfTwo(bytes, 'cpim', head.take, (name, value) => {
    if (contentType === undefined && name.length === 12 && name.toLowerCase() === 'content-type') contentType = value
  })
  return head.peek(contentType)
}

/** @throws Fault `malformed` with detail `part: 'cpim'`, which a relay answers with 488 as Linphone does */
export function readCpim(bytes: Uint8Array): Cpim {
  const head = new CpimHead()
  const headers: MimeHeader[] = []
  const contentHeaders: MimeHeader[] = []
  const middle = eachHeader(bytes, 0, 'cpim', false, (name, value) => {
    headers.push({ name, value })
    head.take(name, value)
  })
  let contentType: string | undefined
  let length: string | undefined
  const start = eachHeader(bytes, middle, 'cpim', true, (name, value) => {
    contentHeaders.push({ name, value })
    const lower = name.toLowerCase()
    if (lower === 'content-type') contentType ??= value
    else if (lower === 'content-length') length ??= value
  })
  const name = displayName(head.from)
  return {
    ...head.peek(contentType),
    headers,
    to: bareUri(head.to)!,
    ...(name !== undefined && { fromName: name }),
    extensions: head.extensions,
    contentType: contentType ?? 'text/plain',
    contentHeaders,
    body: content(bytes, start, length),
  }
}

/**
 * The SIP body ends the content, RFC 3862 has no length of its own. Peers write one all the same: more than is there
 * means that it was cut, less means that they counted characters, unless only line ends are left over.
 */
function content(bytes: Uint8Array, start: number, length: string | undefined): Uint8Array {
  const rest = bytes.subarray(start)
  if (length === undefined) return rest
  if (!/^\d{1,10}$/.test(length)) throw malformed('cpim', 'Content-Length is no number')
  const said = Number(length)
  if (said > rest.length) throw malformed('cpim', 'the content is cut')
  return rest.subarray(said).every((byte) => byte === 13 || byte === 10) ? rest.subarray(0, said) : rest
}

function bareUri(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const open = address.lastIndexOf('<')
  if (open < 0) return address || undefined
  const close = address.indexOf('>', open)
  return close < 0 ? undefined : address.slice(open + 1, close).trim() || undefined
}

function displayName(address: string | undefined): string | undefined {
  const open = address?.lastIndexOf('<') ?? -1
  if (open <= 0) return undefined
  const name = address!.slice(0, open).trim()
  const quoted = /^"(.*)"$/.exec(name)
  return (quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : name) || undefined
}

/** The exact inverse of `readCpim` for a message whose headers are written `Name: value`. */
export function writeCpim(cpim: Pick<Cpim, 'headers' | 'contentHeaders' | 'body'>): Uint8Array {
  return joinBytes([encodeUtf8(headText(cpim.headers) + headText(cpim.contentHeaders)), cpim.body])
}

export interface CpimInput {
  /** URIs without angle brackets. RCS may say `sip:anonymous@anonymous.invalid` here; Linphone writes the real ones. */
  from: string
  to: string
  /** ms since 1970; written in whole seconds. */
  dateTime: number
  messageId?: string
  dispositions?: Iterable<Disposition>
  extensions?: readonly CpimExtension[]
  contentType: string
  /** RFC 5438 7.2.1: a receipt is `notification`. */
  contentDisposition?: string
  body: Uint8Array
}

/** RFC 3862 3.4: each namespace is declared before its first header. */
function extensionHeaders(extensions: readonly CpimExtension[]): MimeHeader[] {
  const declared = new Map(extensions.map(({ prefix, namespace }) => [prefix, namespace]))
  return [
    ...[...declared].map(([prefix, namespace]) => ({ name: 'NS', value: `${prefix} <${namespace}>` })),
    ...extensions.map(({ prefix, name, value }) => ({ name: `${prefix}.${name}`, value: value.replace(/[\r\n]+/g, ' ') })),
  ]
}

/** A CPIM message in the order of headers that Linphone writes. @throws Fault `bad-argument` */
export function makeCpim(input: CpimInput): Uint8Array {
  const asked = [...(input.dispositions ?? [])]
  for (const uri of [input.from, input.to]) {
    if (uri === '' || /[<>\s]/.test(uri)) throw new Fault('bad-argument', { text: `no URI: ${JSON.stringify(uri)}` })
  }
  const headers: MimeHeader[] = [
    { name: 'From', value: `<${input.from}>` },
    { name: 'To', value: `<${input.to}>` },
    { name: 'DateTime', value: writeDateTime(input.dateTime) },
  ]
  if (input.messageId !== undefined || asked.length > 0) headers.push({ name: 'NS', value: `imdn <${imdnNamespace}>` })
  if (input.messageId !== undefined) headers.push({ name: 'imdn.Message-ID', value: input.messageId })
  if (asked.length > 0) headers.push({ name: 'imdn.Disposition-Notification', value: asked.join(', ') })
  headers.push(...extensionHeaders(input.extensions ?? []))
  const { contentDisposition } = input
  const contentHeaders: MimeHeader[] = [
    ...(contentDisposition === undefined ? [] : [{ name: 'Content-Disposition', value: contentDisposition }]),
    { name: 'Content-Type', value: input.contentType },
    { name: 'Content-Length', value: String(input.body.length) },
  ]
  return writeCpim({ headers, contentHeaders, body: input.body })
}
