import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import { expectedSize, hasFiles, withFiles } from '../contract/files'
import type { FaultView } from '../contract/faults'
import type { Content } from '../contract/message'
import { readMessage, refusal, type Received, type ReceivedMessage } from '../network/receive'
import type { ConferenceInfo } from '../rcs/conference-info'
import type { Put, QueueRow } from '../relay/queue/row'
import type { Incoming } from '../sip/incoming'
import type { SipRequest } from '../sip/message'
import { messagePut, receiptPut, type Self } from './envelopes'
import type { ClientLedger } from './journal'

/** What came in, for whoever shows it. */
export interface Arrived {
  conversation: string
  place: number
  content: Content
  from: string
  name?: string
  /** It calls us. */
  isMention?: boolean
}

export interface IncomingParts {
  self: Self
  ledger: ClientLedger
  clock: Clock
  log: Log
  /** Whether OPTIONS told that the address is a chatbot. */
  isChatbot(address: string): boolean
  /** Rows that a commit put into the network lane. */
  adopt(rows: readonly QueueRow[]): void
  /** The journal's number has become `n`. */
  grew(n: number): void
  /** A new message was kept. */
  arrived(message: Arrived): void
  typing(from: string, conversation: string, until: number): void
  /** Files up to this size are fetched as they come, bytes. */
  fetchUpTo(): number
  /** A message with files was kept. */
  files(conversation: string, id: string): void
  /** The registrar is a relay of ours, which speaks for groups. */
  hasGroups(): boolean
  /** A focus told of its group: resolves when that is kept. */
  group(conversation: string, info: ConferenceInfo): Promise<void>
  /** More is to be known of a group than is known here. */
  behind(conversation: string): void
}

/**
 * A MESSAGE came: what it brought is committed with the receipt that it asked for, and only then answered with 200
 * (design: *A message's life*). Reading and submitting happen in one go, so messages are kept in the order they came in.
 */
export async function keepIncoming(incoming: Incoming, parts: IncomingParts): Promise<void> {
  const { log } = parts
  try {
    await keepRequest(incoming.request, parts)
    incoming.reply(200)
  } catch (thrown) {
    const fault = Fault.from(thrown)
    const { status, reason, headers } = refusal(fault)
    log.warn({ fault: fault.view(), callId: incoming.request.headers.get('Call-ID'), status }, 'a message was refused')
    incoming.reply(status, reason, { headers })
  }
}

/** The same of a MESSAGE that came another way; resolves when it is kept. @throws Fault: `refusal` has the answer */
export async function keepRequest(request: SipRequest, parts: IncomingParts): Promise<void> {
  const received = readMessage(request, { account: parts.self.account, now: parts.clock.now(), hasGroups: parts.hasGroups() })
  await Promise.all(received.map((one) => keep(one, parts)))
}

async function keep(received: Received, parts: IncomingParts): Promise<void> {
  const { ledger, clock } = parts
  const now = clock.now()
  switch (received.kind) {
    case 'message': return keepMessage(received.message, parts, now)
    case 'copy': {
      const { conversation, id, from, sentAt, version } = received.message
      const content = fetched(received.message.content, parts.fetchUpTo())
      const { n, known, isBehind } = await ledger.commit('journal.copy', {
        message: { conversation, id, from, content, sentAt, now }, ...(version !== undefined && { version }),
      })
      parts.grew(n)
      if (isBehind) parts.behind(conversation)
      if (hasFiles(content) && !known) parts.files(conversation, id)
      return
    }
    case 'receipt': {
      const { id, from, group, status, at, fault } = received.receipt
      const instead = isOfType(fault) && group === undefined ? await asText(from, id, parts, now) : undefined
      const { n, rows } = await ledger.commit('journal.receipt', {
        id, from, status, at, now, ...(group !== undefined && { conversation: group }), ...(fault && { fault, ...(fault.text && { answer: fault.text }) }), ...(instead && { instead }),
      })
      parts.grew(n)
      return parts.adopt(rows)
    }
    case 'tombstone': return keepTombstone(received, parts, now)
    case 'group': return parts.group(received.conversation, received.info)
    case 'typing': return parts.typing(received.from, received.conversation, received.until)
  }
}

/** The other side does not take the type: RFC 3261 21.4.13, 21.4.26. */
export const isOfType = (fault: FaultView | undefined): boolean => fault?.code === 'bad-type' || fault?.code === 'not-acceptable'

/** A place of ours as a text, for a device that refused GSMA's XML behind a relay that had taken it. */
async function asText(conversation: string, id: string, { ledger, self }: IncomingParts, now: number): Promise<Put | undefined> {
  const message = await ledger.read('journal.message', { conversation, id })
  return message?.outgoing && message.content.kind === 'location'
    ? messagePut(self, { conversation, id, content: message.content, now, asText: true })
    : undefined
}

async function keepMessage(message: ReceivedMessage, parts: IncomingParts, now: number): Promise<void> {
  const { ledger, self } = parts
  const { conversation, id, from, sentAt, wants, bare, name, version } = message
  const content = fetched(message.content, parts.fetchUpTo())
  const receipt = wants.delivered
    ? receiptPut(self, { to: from, conversation, about: id, kind: 'delivery', status: 'delivered', bare, now })
    : undefined
  const inGroup = version !== undefined && { version, isMention: mentions(content, self.account) }
  const { n, place, known, rows, isBehind } = await ledger.commit('journal.receive', {
    message: { conversation, id, from, content, sentAt, now },
    wantsDisplay: wants.displayed,
    isCpim: !bare,
    ...(receipt && { receipt }),
    // A group's name is its subject, whoever writes in it.
    ...(inGroup ? inGroup : { ...(name !== undefined && { name }), ...(parts.isChatbot(from) && { isChatbot: true }) }),
  })
  parts.grew(n)
  // RFC 3994 3.3: the message says by itself that the writing is over.
  parts.typing(from, conversation, 0)
  if (isBehind) parts.behind(conversation)
  parts.adopt(rows)
  if (known) return
  if (hasFiles(content)) parts.files(conversation, id)
  parts.arrived({ conversation, place, content, from, ...(name !== undefined && { name }), ...(inGroup && inGroup.isMention && { isMention: true }) })
}

/** Whether a message calls us. */
const mentions = (content: Content, account: string): boolean =>
  (content.kind === 'text' || content.kind === 'files') && content.mentions !== undefined && (content.mentions.includes(account) || content.mentions.includes('all'))

/** Guarantee 4: what expired is said in its place, whichever side it was written on. */
async function keepTombstone(stone: Extract<Received, { kind: 'tombstone' }>, parts: IncomingParts, now: number): Promise<void> {
  const { ledger, self } = parts
  const { id, from, conversation, sentAt, version } = stone
  const message = { conversation, id, from, content: { kind: 'expired' } as const, sentAt, now }
  const inGroup = version !== undefined && { version }
  if (from === self.account) {
    const { n } = await ledger.commit('journal.copy', { message, ...inGroup })
    return parts.grew(n)
  }
  const { n, place, known } = await ledger.commit('journal.receive', { message, ...inGroup })
  parts.grew(n)
  if (known) return
  parts.arrived({ conversation, place, content: message.content, from })
}

/** Small files are fetched without being asked for; the others are offered. */
const fetched = (content: Content, upTo: number): Content =>
  withFiles(content, (file) => (expectedSize(file) <= upTo ? { ...file, transfer: { way: 'down', at: 'waiting' } } : file))
