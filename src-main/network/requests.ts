import { hash } from 'node:crypto'
import { SECOND } from '../base/clock'
import type { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { ThreadIds } from '../contract/message'
import type { SipResponse } from '../sip/message'

/** Header fields in order, as the SIP part writes them. */
export type HeaderList = (readonly [name: string, value: string])[]

export interface RequestFrame {
  /** Addresses of record. */
  from: string
  to: string
  callId: string
  tag: string
  cseq: number
  method: string
}

/** RFC 3261 8.1.1: what every request outside a dialog carries; Via and Max-Forwards are the endpoint's. */
export const newDialogHeaders = ({ from, to, callId, tag, cseq, method }: RequestFrame): HeaderList => [
  ['From', `<${from}>;tag=${tag}`],
  ['To', `<${to}>`],
  ['Call-ID', callId],
  ['CSeq', `${cseq} ${method}`],
]

const pagerService = 'urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg'
const chatbotApplication = 'urn:urn-7:3gpp-application.ims.iari.rcs.chatbot.sa'
const largeService = 'urn:urn-7:3gpp-service.ims.icsi.oma.cpm.largemsg'

const serviceHeaders = (account: string, service: string): HeaderList => [
  ['P-Preferred-Identity', `<${account}>`],
  ['P-Preferred-Service', service],
  ['Accept-Contact', `*;+g.3gpp.icsi-ref="${service.replaceAll(':', '%3A')}"`],
]

/** RCC.07 standalone messaging: who speaks, and that only a device with this service shall get it. */
export const standaloneHeaders = (account: string): HeaderList => serviceHeaders(account, pagerService)

/**
 * The same to a chatbot (rcs.md 4.4, RCC.07 3.6): what nobody but a chatbot shall get. RFC 3841 9.2: `require;explicit` lets nobody have
 * it who has not said that it is one.
 */
export const chatbotHeaders = (account: string): HeaderList => [
  ['P-Preferred-Identity', `<${account}>`],
  ['P-Preferred-Service', pagerService],
  ['Accept-Contact', `*;+g.3gpp.iari-ref="${chatbotApplication.replaceAll(':', '%3A')}";+g.gsma.rcs.botversion="#=1";require;explicit`],
]

/** The same for large message mode. */
export const largeHeaders = (account: string): HeaderList => serviceHeaders(account, largeService)

/**
 * The Conversation-ID of a one-to-one thread: both sides and all their devices come to the same one without asking
 * (RFC 9562 5.5: a UUID made of a name; the name is the two addresses in order).
 */
export const conversationId = (one: string, other: string): string => namedUuid('conversation', ...[one, other].sort())

/** RFC 9562 5.5: the UUID that a name of ours always has. */
export function namedUuid(kind: 'conversation' | 'upload' | 'campaign', ...name: string[]): string {
  const hex = hash('sha1', `urn:yanxin:${kind}\n${name.join('\n')}`)
  const variant = '89ab'[parseInt(hex[16]!, 16) & 3]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * rcs.md 1.4: the same Conversation-ID for the thread, a new Contribution-ID for every message.
 * @param answered how the message is called that this one answers: who began the thread has named it
 */
export const threadHeaders = (account: string, other: string, ids: Ids, answered: ThreadIds = {}): [string, string][] => [
  ['Conversation-ID', answered.conversation ?? conversationId(account, other)],
  ['Contribution-ID', ids.uuid()],
  ...(answered.contribution === undefined ? [] : [['InReplyTo-Contribution-ID', answered.contribution] as [string, string]]),
]

/** RFC 3261 20.33: how long the server asks to wait, in ms; 0 when it does not say, a day at most. */
export function retryAfterOf(response: Pick<SipResponse, 'headers'>): number {
  const seconds = /^\s*(\d{1,9})/.exec(response.headers.get('Retry-After') ?? '')?.[1]
  return seconds === undefined ? 0 : Math.min(Number(seconds), 86_400) * SECOND
}

/** The same, from a fault whose detail carries it. */
export const retryAfter = ({ detail }: Fault): number => (typeof detail.after === 'number' ? detail.after : 0)
