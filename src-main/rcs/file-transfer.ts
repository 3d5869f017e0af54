import { allowedUrl } from '../base/allow-list'
import type { FileView } from '../contract/message'
import { malformed } from './mime'
import { readDateTime, writeDateTime } from './time'
import { child, escapeXml, readXml } from './xml'
import type { XmlElement } from './xml'

export const fileTransferType = 'application/vnd.gsma.rcs-ft-http+xml'

const namespaces = 'xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp" xmlns:am="urn:gsma:params:xml:ns:rcs:rcs:rram"'
  + ' xmlns:x="urn:gsma:params:xml:ns:rcs:rcs:up:fthttpext"'

/** Something that lies at a content server. */
interface Hosted {
  /** Bytes. */
  size: number
  contentType: string
  url: string
  /** Until when it lies there, ms; absent when the server does not say. */
  until?: number
}

/** A file at a content server, RCC.07 3.2.5 (rcs.md 2). */
export interface FileTransfer extends Hosted {
  /** As its sender wrote it: not yet fit for a file system. */
  name?: string
  /** How long it plays, ms. */
  duration?: number
  /** To be heard in place: a voice message. */
  isVoice?: true
  /** `x:file-hash` where it is a SHA-256, lower-case hex. */
  hash?: string
  /** Only who has the key of `file-key` can read it (Linphone's end-to-end encryption). */
  isEncrypted?: true
  thumbnail?: Hosted
}

/** How far a broken upload came, RCC.07 3.2.5.4. */
export interface ResumeInfo {
  /** The first and the last byte that the server has; absent when it has none. */
  range?: { start: number; end: number }
  /** Where the rest goes. */
  url: string
}

/** Longer plays are told in ms by those who mean ms (Linphone's documents say both); rcs.md 2. */
const longestInSeconds = 600
/** Nothing that is sent has more bytes a second of play: where ms would say so, seconds were meant. */
const densest = { sound: 400_000, film: 15_000_000 } as const

/** @throws Fault `malformed`, `too-large` */
export function readFileTransfer(input: string | Uint8Array): FileTransfer {
  const root = readXml(input)
  if (root.name !== 'file') throw malformed('file', 'another root')
  const infos = root.children.filter(({ name }) => name === 'file-info')
  const ofType = (type: string) => infos.find(({ attributes }) => attributes.get('type')?.trim().toLowerCase() === type)
  const file = ofType('file') ?? (infos.length === 1 ? infos[0] : undefined)
  if (!file) throw malformed('file', 'no file-info of a file')
  // COMPAT(linphone): the type's parameter says what elsewhere the disposition does.
  const isVoice = /;\s*voice-recording\s*=\s*"?yes/i.test(textOf(file, 'content-type') ?? '')
    || file.attributes.get('file-disposition')?.trim().toLowerCase() === 'render'
  const name = textOf(file, 'file-name')
  const hosted = readHosted(file)
  const duration = readPlayingLength(textOf(file, 'playing-length'), hosted)
  const hash = textOf(file, 'file-hash')?.toLowerCase()
  const thumbnail = readThumbnail(ofType('thumbnail'))
  return {
    ...hosted,
    ...(name && { name }),
    ...(duration !== undefined && { duration }),
    ...(isVoice && { isVoice: true }),
    ...(hash && /^[0-9a-f]{64}$/.test(hash) && { hash }),
    ...(child(file, 'file-key') && { isEncrypted: true }),
    ...(thumbnail && { thumbnail }),
  }
}

/** One that cannot be used is as if there were none: the file is what matters. */
function readThumbnail(info: XmlElement | undefined): Hosted | undefined {
  try {
    return info && readHosted(info)
  } catch {
    return undefined
  }
}

function readHosted(info: XmlElement): Hosted {
  const size = textOf(info, 'file-size') ?? ''
  if (!/^\d{1,15}$/.test(size)) throw malformed('file', 'no file-size')
  // COMPAT(China Mobile): its samples have a second `data` with a `localurl` only.
  const data = info.children.find(({ name, attributes }) => name === 'data' && attributes.has('url'))
  const url = readUrl(data?.attributes.get('url'))
  const until = readDateTime(data?.attributes.get('until'))
  // RFC 2045 5.1; what is said behind the semicolon is of no use here.
  const contentType = /^\s*([a-z0-9][\w!#$&^.+-]*\/[\w!#$&^.+-]+)/i.exec(textOf(info, 'content-type') ?? '')?.[1]?.toLowerCase()
  return { size: Number(size), contentType: contentType ?? 'application/octet-stream', url, ...(until !== undefined && { until }) }
}

/** Bytes come over HTTP and over nothing else. */
function readUrl(text = ''): string {
  const url = allowedUrl(text.trim())
  if (url === undefined || !/^https?:/.test(url)) throw malformed('file', 'no data with an address of HTTP')
  return url
}

function readPlayingLength(text = '', { size, contentType }: Hosted): number | undefined {
  const value = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (value === 0) return undefined
  const most = contentType.startsWith('audio/') ? densest.sound : densest.film
  const isMs = value > longestInSeconds && size / (value / 1000) <= most
  return Math.round(isMs ? value : value * 1000)
}

const textOf = (parent: XmlElement, name: string): string | undefined => child(parent, name)?.text.trim()

/** What a message with the file says of it; nothing while it does not lie at a server. */
export function fileTransferOf({ name, contentType, size, hash, duration, isVoice, thumbnail, remote }: FileView): FileTransfer | undefined {
  if (!remote) return undefined
  const { url, until } = remote
  return {
    name, contentType, size, url,
    ...(until !== undefined && { until }),
    ...(duration !== undefined && { duration }),
    ...(isVoice && { isVoice }),
    ...(hash !== '' && { hash }),
    ...(thumbnail && remote.thumbnail && { thumbnail: { size: thumbnail.size, contentType: thumbnail.contentType, ...remote.thumbnail } }),
  }
}

/** In the order of the schema (rcs.md 2). A server that did not say how long it keeps the file is not made to say it. */
export function writeFileTransfer({ name, duration, isVoice, hash, thumbnail, ...file }: FileTransfer): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + `<file ${namespaces}>`
    + (thumbnail ? `<file-info type="thumbnail">${writeHosted(thumbnail)}</file-info>` : '')
    + `<file-info type="file"${isVoice ? ' file-disposition="render"' : ''}>`
    + writeHosted(file, name === undefined ? '' : tag('file-name', name), duration === undefined ? '' : tag('am:playing-length', String(Math.max(1, Math.round(duration / 1000)))))
    + (hash === undefined ? '' : tag('x:file-hash', hash))
    + '</file-info></file>'
}

const writeHosted = ({ size, contentType, url, until }: Hosted, name = '', playing = ''): string =>
  `${tag('file-size', String(size))}${name}${tag('content-type', contentType)}${playing}`
  + `<data url="${escapeXml(url)}"${until === undefined ? '' : ` until="${writeDateTime(until)}"`}/>`

const tag = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`

/** @throws Fault `malformed`, `too-large` */
export function readResumeInfo(input: string | Uint8Array): ResumeInfo {
  const root = readXml(input, { size: 16_384 })
  if (root.name !== 'file-resume-info') throw malformed('file', 'another root')
  const url = readUrl(child(root, 'data')?.attributes.get('url'))
  const range = child(root, 'file-range')?.attributes
  const [start = '', end = ''] = [range?.get('start')?.trim(), range?.get('end')?.trim()]
  const isRange = /^\d{1,15}$/.test(start) && /^\d{1,15}$/.test(end) && Number(end) >= Number(start)
  return { url, ...(isRange && { range: { start: Number(start), end: Number(end) } }) }
}

export const writeResumeInfo = ({ range, url }: ResumeInfo): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<file-resume-info>'
  + (range ? `<file-range start="${range.start}" end="${range.end}"/>` : '')
  + `<data url="${escapeXml(url)}"/></file-resume-info>`
