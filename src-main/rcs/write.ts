import { writeGeoUri } from '../base/geo-uri'
import type { LocationView } from '../contract/message'
import type { DeviceFacts, Suggestion } from '../contract/suggestion'
import { botMessageType, writeBotMessage, type BotCards } from './bot-message'
import { responseType, sharedDataType, writeResponse, writeSharedData, type BotResponse } from './bot-response'
import { suggestionType, writeSuggestions } from './bot-suggestion'
import { cpimType, defaultDispositions, makeCpim } from './cpim'
import type { CpimExtension, Disposition } from './cpim'
import { fileTransferType, writeFileTransfer } from './file-transfer'
import type { FileTransfer } from './file-transfer'
import { imdnType, writeImdn } from './imdn'
import type { Imdn } from './imdn'
import { isComposingType, writeIsComposing } from './is-composing'
import type { IsComposing } from './is-composing'
import { locationType, writeLocation } from './location'
import { mentionHeaders } from './mention'
import { encodeUtf8 } from './mime'
import { writeMultipart } from './multipart'
import { tombstoneType, writeTombstoneBody } from './tombstone'
import type { Tombstone } from './tombstone'

/** What goes into a SIP MESSAGE. */
export interface Written {
  contentType: string
  body: Uint8Array
}

export interface Frame {
  /** Addresses of record of the two sides. */
  from: string
  to: string
  /** ms since 1970. */
  sentAt: number
  /** imdn.Message-ID. */
  id?: string
  /** Without CPIM: for a peer whose own message came without. @default false */
  bare?: boolean
}

interface Inside extends Written {
  contentDisposition?: string
  extensions?: readonly CpimExtension[]
  dispositions?: Iterable<Disposition>
}

function wrap({ from, to, sentAt, id, bare }: Frame, { contentType, body, ...rest }: Inside): Written {
  if (bare) return { contentType, body }
  const head = { from, to, dateTime: sentAt, ...(id !== undefined && { messageId: id }) }
  return { contentType: cpimType, body: makeCpim({ ...head, contentType, body, ...rest }) }
}

/**
 * @param mentions whom it calls in a group: addresses of record, or `all`
 * @param dispositions what the sender wants to be told. @default delivery, failure and display
 */
export function writeText({ text, mentions, dispositions = defaultDispositions, ...frame }: Frame & {
  text: string
  id: string
  mentions?: readonly string[]
  dispositions?: Iterable<Disposition>
}): Written {
  const body = encodeUtf8(text)
  return wrap(frame, { contentType: 'text/plain;charset=UTF-8', body, dispositions, ...(mentions && { extensions: mentionHeaders(mentions) }) })
}

/** GSMA RCC.07 3.2.6. @param dispositions as with a text */
export function writePlace({ location, dispositions = defaultDispositions, ...frame }: Frame & {
  location: LocationView
  id: string
  dispositions?: Iterable<Disposition>
}): Written {
  return wrap(frame, { contentType: locationType, body: encodeUtf8(writeLocation(location, frame)), dispositions })
}

/** The same as a text, for who takes no `locationType`. */
export const writePlaceAsText = ({ location, ...frame }: Parameters<typeof writePlace>[0]): Written =>
  writeText({ ...frame, text: writeGeoUri(location) })

/**
 * Files that lie at a content server: one goes plain, several or one with words as multipart/mixed, the words first. Only a peer
 * that says `album` reads that as one message.
 * @param mentions as with a text
 */
export function writeFiles({ files, text, mentions, dispositions = defaultDispositions, ...frame }: Frame & {
  files: readonly FileTransfer[]
  text?: string
  mentions?: readonly string[]
  id: string
  dispositions?: Iterable<Disposition>
}): Written {
  const bodies = files.map((file) => ({ contentType: fileTransferType, body: encodeUtf8(writeFileTransfer(file)) }))
  if (bodies.length === 1 && text === undefined) return wrap(frame, { ...bodies[0]!, dispositions })
  const words = text === undefined ? [] : [{ contentType: 'text/plain;charset=UTF-8', body: encodeUtf8(text) }]
  return wrap(frame, { ...mixed([...words, ...bodies]), dispositions, ...(mentions && { extensions: mentionHeaders(mentions) }) })
}

/** A bot's cards; chips ride with them in multipart/mixed (rcs.md 4.4). @param dispositions as with a text */
export const writeCards = ({ cards, chips, dispositions = defaultDispositions, ...frame }: Frame & {
  cards: BotCards
  chips?: readonly Suggestion[]
  id: string
  dispositions?: Iterable<Disposition>
}): Written => writeWithChips({ ...frame, dispositions, chips, ...json(botMessageType, writeBotMessage(cards)) })

/** Anything that is written as one body, with what may be tapped under it. */
export function writeWithChips({ contentType, body, chips = [], dispositions = defaultDispositions, ...frame }: Frame & Written & {
  chips?: readonly Suggestion[] | undefined
  dispositions?: Iterable<Disposition>
}): Written {
  if (chips.length === 0) return wrap(frame, { contentType, body, dispositions })
  return wrap(frame, { ...mixed([{ contentType, body }, json(suggestionType, writeSuggestions(chips))]), dispositions })
}

/** What a person tapped. @param dispositions as with a text */
export const writeAnswer = ({ response, dispositions = defaultDispositions, ...frame }: Frame & {
  response: BotResponse
  id: string
  dispositions?: Iterable<Disposition>
}): Written => wrap(frame, { ...json(responseType, writeResponse(response)), dispositions })

/** What a bot is told of this device. @param dispositions as with a text */
export const writeFacts = ({ facts, dispositions = defaultDispositions, ...frame }: Frame & {
  facts: DeviceFacts
  id: string
  dispositions?: Iterable<Disposition>
}): Written => wrap(frame, { ...json(sharedDataType, writeSharedData(facts)), dispositions })

const json = (contentType: string, text: string): Written => ({ contentType, body: encodeUtf8(text) })

/** multipart/mixed; each part says its type and its length, as Linphone and China's platforms do. @param boundaryWish as `writeMultipart` */
export function mixed(parts: readonly Written[], boundaryWish?: string): Written {
  const { boundary, body } = writeMultipart(parts.map(({ contentType, body }) => ({
    headers: [{ name: 'Content-Type', value: contentType }, { name: 'Content-Length', value: String(body.length) }], body,
  })), boundaryWish)
  return { contentType: `multipart/mixed;boundary=${boundary}`, body }
}

const imdnBody = (imdn: Imdn) => encodeUtf8(writeImdn(imdn))

/** RFC 5438 7.2.1: a receipt asks for none itself. */
export const writeReceipt = ({ imdn, ...frame }: Frame & { imdn: Imdn }): Written =>
  wrap(frame, { contentType: imdnType, contentDisposition: 'notification', body: imdnBody(imdn) })

/** Several receipts for one recipient in one message, multipart/mixed as Linphone does; a single one goes plain. */
export function writeReceipts({ imdns, ...frame }: Frame & { imdns: readonly Imdn[] }): Written {
  if (imdns.length === 1) return writeReceipt({ imdn: imdns[0]!, ...frame })
  return wrap(frame, { ...mixed(imdns.map((imdn) => ({ contentType: imdnType, body: imdnBody(imdn) }))), contentDisposition: 'notification' })
}

export const writeComposing = ({ composing, ...frame }: Frame & { composing: IsComposing }): Written =>
  wrap(frame, { contentType: isComposingType, body: encodeUtf8(writeIsComposing(composing)) })

export const writeTombstone = ({ tombstone, ...frame }: Frame & { tombstone: Tombstone }): Written =>
  wrap(frame, { contentType: tombstoneType, body: writeTombstoneBody(tombstone) })
