import { createHmac } from 'node:crypto'
import { SECOND } from '../../../../base/clock'
import { newBotUser, responseJson } from '../../../../rcs/bot-response'
import type { FileTransfer } from '../../../../rcs/file-transfer'
import type { Notice } from '../../asker'
import type { BotStatus } from '../../bot'
import type { BotEvent, Heard } from '../../events'

const time = (at: number): string => new Date(at).toISOString()

/** FNW.11 calls what was taken back cancelled. */
export const wordOf = (status: BotStatus): string => (status === 'revoked' ? 'cancelled' : status)

export const fileJson = (id: string, { url, size, until, contentType, name }: FileTransfer): object => ({
  fileId: id, fileUrl: url, fileSize: size, fileMIMEType: contentType, ...(name !== undefined && { fileName: name }), status: 'ready',
  ...(until !== undefined && { validity: time(until) }),
})

/** The webhook's body of an event, rcs.md 5.1; nothing for what FNW.11 has no word for. */
export function eventJson(event: BotEvent, contactOf: (address: string) => string): object | undefined {
  const messageContact = 'contact' in event ? { userContact: contactOf(event.contact) } : undefined
  const timestamp = time(event.at)
  switch (event.kind) {
    case 'message': {
      const isNew = event.heard.kind === 'answer' && event.heard.answer.data === newBotUser.data
      return { RCSMessage: { msgId: event.id, ...contentJson(event.heard), timestamp }, messageContact, event: isNew ? 'newUser' : event.heard.kind === 'answer' || event.heard.kind === 'device' ? 'response' : 'message' }
    }
    case 'status': return { RCSMessage: { msgId: event.id, status: event.status, timestamp, ...(event.reason !== undefined && { reason: event.reason }) }, messageContact, event: 'messageStatus' }
    case 'revoked': return event.isOk ? { RCSMessage: { msgId: event.id, status: 'cancelled', timestamp }, messageContact, event: 'messageStatus' } : undefined
    case 'typing': return { RCSMessage: { isTyping: event.isActive ? 'active' : 'idle', timestamp }, messageContact, event: 'isTyping' }
    case 'file': return event.file && { file: fileJson(event.id, event.file), event: 'fileStatus' }
  }
}

function contentJson(heard: Heard): object {
  switch (heard.kind) {
    case 'text': return { textMessage: heard.text }
    case 'place': {
      const { latitude, longitude, label, radius } = heard.place
      return { geolocationPushMessage: { pos: { latitude, longitude }, ...(label !== undefined && { label }), ...(radius !== undefined && { radius }) } }
    }
    case 'file': return heard.file.isVoice ? { audioMessage: { ...sentFile(heard.file), ...(heard.file.duration !== undefined && { playingLength: Math.round(heard.file.duration / SECOND) }) } } : { fileMessage: sentFile(heard.file) }
    case 'answer': return { suggestedResponse: responseJson(heard.answer) }
    case 'device': return { suggestedResponse: { sharedData: heard.shared } }
    case 'other': return { textMessage: '', contentType: heard.contentType }
  }
}

const sentFile = ({ url, name, contentType, size, thumbnail }: FileTransfer): object => ({
  fileUrl: url, ...(name !== undefined && { fileName: name }), fileMIMEType: contentType, fileSize: size,
  ...(thumbnail && { thumbnailUrl: thumbnail.url, thumbnailMIMEType: thumbnail.contentType, thumbnailFileSize: thumbnail.size }),
})

/** FNW.11 signs nothing: an HMAC of the body, as WebSub (W3C) 8 has it, says that it is from here. */
export function signedNotice(url: string, secret: string, value: object): Notice {
  const body = JSON.stringify(value)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { url, headers: { 'Content-Type': 'application/json; charset=utf-8', 'X-Hub-Signature-256': `sha256=${signature}` }, body }
}
