import { createHash } from 'node:crypto'
import { HOUR } from '../../../../base/clock'
import { responseJson, responseType, sharedDataType } from '../../../../rcs/bot-response'
import { locationType, writeLocation } from '../../../../rcs/location'
import type { FileTransfer } from '../../../../rcs/file-transfer'
import type { BotEvent, Heard } from '../../events'
import { fileType } from './read'

/** With the offset of China, as its platforms write it. */
export const time = (at: number): string => `${new Date(at + 8 * HOUR).toISOString().slice(0, -1)}+08:00`

/** A notice knows that it comes from us by the secret: SHA-256 of the three, sorted and put together (rcs.md 5.2). */
export const signatureOf = (secret: string, timestamp: string, nonce: string): string =>
  createHash('sha256').update([secret, timestamp, nonce].sort().join('')).digest('hex')

export interface TelecomNotice {
  /** Below the bot's webhook. */
  path: string
  value: object
}

/** What the platform tells of an event; nothing where it has no word for it. @param uriOf `tel:` or `sip:` */
export function noticeOf(event: BotEvent, bot: string, uriOf: (address: string) => string): TelecomNotice | undefined {
  const id = encodeURIComponent(bot)
  if (event.kind === 'typing' || event.kind === 'file') return undefined
  const sender = uriOf(event.contact)
  if (event.kind === 'message') {
    const { conversation, contribution, inReplyTo } = event
    return { path: `/messageNotification/${id}/messages`, value: {
      messageId: event.id, messageList: [itemOf(event.heard, event)], destinationAddress: bot, senderAddress: sender, dateTime: time(event.at), imFormat: 'IM',
      conversationId: conversation ?? event.id, contributionId: contribution ?? event.id, ...(inReplyTo !== undefined && { inReplyTo }),
    } }
  }
  const status = event.kind === 'revoked' ? (event.isOk ? 'revokeOk' : 'revokeFail') : event.status
  const failed = event.kind === 'status' && event.status === 'failed' ? { errorCode: 4, errorMessage: event.reason ?? 'it could not be delivered' } : undefined
  return { path: `/deliveryNotification/${id}/status`, value: {
    deliveryInfoList: [{ messageId: event.id, status, ...failed, dateTime: time(event.at), destinationAddress: bot, senderAddress: sender }],
  } }
}

function itemOf(heard: Heard, { contact, id, at }: { contact: string; id: string; at: number }): object {
  const item = (contentType: string, contentText: unknown) => ({ contentType, contentEncoding: 'utf8', contentText })
  switch (heard.kind) {
    case 'text': return item('text/plain', heard.text)
    case 'place': return item(locationType, writeLocation(heard.place, { from: contact, id, sentAt: at }))
    case 'file': return item(fileType, filesOf(heard.file))
    case 'answer': return item(responseType, responseJson(heard.answer))
    case 'device': return item(sharedDataType, { sharedData: heard.shared })
    case 'other': return item(heard.contentType, '')
  }
}

/** As files go over this API: the thumbnail before what it shows. */
export function filesOf({ thumbnail, ...file }: FileTransfer): object[] {
  const hosted = (type: string, { url, contentType, size, name, until }: Pick<FileTransfer, 'url' | 'contentType' | 'size' | 'name' | 'until'>): object => ({
    type, fileSize: size, ...(name !== undefined && { fileName: name }), contentType, url, ...(until !== undefined && { until: time(until) }),
  })
  return [...(thumbnail ? [hosted('thumbnail', thumbnail)] : []), hosted('file', file)]
}
