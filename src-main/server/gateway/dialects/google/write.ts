import { createHmac } from 'node:crypto'
import type { Notice } from '../../asker'
import type { BotEvent, Heard } from '../../events'

const time = (at: number): string => new Date(at).toISOString()

export interface GoogleBot {
  agentId: string
  contactOf(address: string): string
  /** Names an event of which nobody else has a name. */
  eventId(): string
}

/** Google's `UserMessage` or `UserEvent`, rcs.md 5.4; nothing where it has no word for it. */
export function userJson(event: BotEvent, { agentId, contactOf, eventId }: GoogleBot): object | undefined {
  if (event.kind === 'file' || event.kind === 'revoked') return undefined
  const about = { senderPhoneNumber: contactOf(event.contact), sendTime: time(event.at), agentId }
  if (event.kind === 'message') {
    const said = contentOf(event.heard)
    return said && { ...about, messageId: event.id, ...said }
  }
  if (event.kind === 'typing') return event.isActive ? { ...about, eventType: 'IS_TYPING', eventId: eventId() } : undefined
  const eventType = event.status === 'delivered' ? 'DELIVERED' : event.status === 'displayed' ? 'READ' : undefined
  return eventType && { ...about, eventType, eventId: eventId(), messageId: event.id }
}

function contentOf(heard: Heard): object | undefined {
  switch (heard.kind) {
    case 'text': return { text: heard.text }
    case 'place': return { location: { latitude: heard.place.latitude, longitude: heard.place.longitude } }
    case 'file': {
      const { contentType, size, name, url, thumbnail } = heard.file
      const payload = (file: { contentType: string; size: number; url: string }): object =>
        ({ mimeType: file.contentType, fileSizeBytes: file.size, ...(name !== undefined && { fileName: name }), fileUri: file.url })
      return { userFile: { payload: payload({ contentType, size, url }), ...(thumbnail && { thumbnail: payload(thumbnail) }) } }
    }
    case 'answer': {
      const { is, text, data = '' } = heard.answer
      return { suggestionResponse: { postbackData: data, text, type: is === 'reply' ? 'REPLY' : 'ACTION' } }
    }
    case 'device': case 'other': return undefined
  }
}

/** As Pub/Sub pushes it, signed over what is inside. */
export function pushed(url: string, clientToken: string, value: object, { id, at }: { id: string; at: number }): Notice {
  const data = Buffer.from(JSON.stringify(value))
  return {
    url, body: JSON.stringify({ message: { data: data.toString('base64'), messageId: id, publishTime: time(at), attributes: {} }, subscription: 'projects/yanxin/subscriptions/gateway' }),
    headers: { 'Content-Type': 'application/json', 'X-Goog-Signature': createHmac('sha512', clientToken).update(data).digest('base64') },
  }
}
