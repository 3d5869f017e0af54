import type { LocationView } from '../../contract/message'
import { sharedDataJson, type BotResponse } from '../../rcs/bot-response'
import { readPayload } from '../../rcs/content'
import type { FileTransfer } from '../../rcs/file-transfer'
import { imdnMeans } from '../../rcs/imdn'
import type { Part } from '../../rcs/payload'
import { flag, type Envelope } from '../../relay/envelope'
import type { BotStatus } from './bot'
import { cardType, chipsType } from './content'

/** What a person said to a bot. */
export type Heard =
  | { kind: 'text'; text: string }
  | { kind: 'file'; file: FileTransfer }
  | { kind: 'place'; place: LocationView }
  | { kind: 'answer'; answer: BotResponse }
  /** What the person's device is, as it told: the `sharedData` of rcs.md 4.3. */
  | { kind: 'device'; shared: object }
  | { kind: 'other'; contentType: string }

/** What a bot is told; `contact` is an address of record, `at` in ms. */
export type BotEvent =
  | { kind: 'message'; id: string; contact: string; at: number; heard: Heard; conversation?: string; contribution?: string; inReplyTo?: string }
  | { kind: 'status'; id: string; contact: string; at: number; status: Extract<BotStatus, 'sent' | 'delivered' | 'displayed' | 'failed'>; reason?: string }
  | { kind: 'revoked'; id: string; contact: string; at: number; isOk: boolean }
  | { kind: 'typing'; contact: string; at: number; isActive: boolean }
  /** A file that the bot asked to be fetched. */
  | { kind: 'file'; id: string; at: number; file?: FileTransfer }

/** Marks an envelope of the gateway's own; no client can write it, as a server takes all `Yanxin-` headers off. */
const eventHeader = 'Yanxin-Bot-Event'

/** An event of our own as it waits in the bot's lane. */
export function eventEnvelope(event: BotEvent, { bot, id, now, keep }: { bot: string; id: string; now: number; keep: number }): Envelope {
  const from = 'contact' in event ? event.contact : bot
  return {
    id, from, to: bot, conversation: from, contentType: 'application/json', headers: [[eventHeader, event.kind]],
    body: new TextEncoder().encode(JSON.stringify(event)), sentAt: now, expiresAt: now + keep, flags: flag.receipt,
  }
}

/** The bot's own id of a message that went to one of its recipients under `wire`. */
export const idOfWire = (wire: string): string => wire.replace(/~\d+$/, '')
export const wireOf = (id: string, n: number, of: number): string => (of > 1 ? `${id}~${n}` : id)

const text = (body: Uint8Array): string => new TextDecoder().decode(body)
const headerOf = ({ headers }: Envelope, name: string): string | undefined => headers.find(([each]) => each.toLowerCase() === name)?.[1]

/** What an envelope in a bot's lane says to it; nothing for what it has no need to know. */
export function eventsOf(envelope: Envelope): BotEvent[] {
  if (headerOf(envelope, eventHeader.toLowerCase()) !== undefined) return [JSON.parse(text(envelope.body)) as BotEvent]
  const { from: contact, id, sentAt: at } = envelope
  const [conversation, contribution, inReplyTo] = ['conversation-id', 'contribution-id', 'inreplyto-contribution-id'].map((name) => headerOf(envelope, name))
  return partsOf(envelope).flatMap((part): BotEvent[] => {
    switch (part.kind) {
      case 'imdn': {
        const status = imdnMeans(part.imdn)
        const { messageId, datetime, reason } = part.imdn
        return status ? [{ kind: 'status', id: idOfWire(messageId), contact, at: datetime ?? at, status, ...(reason && { reason: reason.text }) }] : []
      }
      case 'composing': return [{ kind: 'typing', contact, at, isActive: part.composing.state === 'active' }]
      case 'tombstone': case 'conference': return []
      default: return [{
        kind: 'message', id, contact, at, heard: heardOf(part),
        ...(conversation !== undefined && { conversation }), ...(contribution !== undefined && { contribution }), ...(inReplyTo !== undefined && { inReplyTo }),
      }]
    }
  })
}

/** What of it cannot be read says nothing. */
export function partsOf(envelope: Envelope): Part[] {
  try {
    return readPayload({ contentType: envelope.contentType, contentEncoding: headerOf(envelope, 'content-encoding'), body: envelope.body }).parts
  } catch {
    return []
  }
}

function heardOf(part: Exclude<Part, { kind: 'imdn' | 'composing' | 'tombstone' | 'conference' }>): Heard {
  switch (part.kind) {
    case 'text': return { kind: 'text', text: part.text }
    case 'file': return { kind: 'file', file: part.file }
    case 'location': return { kind: 'place', place: part.location }
    case 'response': return { kind: 'answer', answer: part.response }
    case 'shared-data': return { kind: 'device', shared: sharedDataJson(part.facts).sharedData }
    case 'cards': return { kind: 'other', contentType: cardType }
    case 'suggestions': return { kind: 'other', contentType: chipsType }
    case 'other': return { kind: 'other', contentType: part.contentType }
  }
}
