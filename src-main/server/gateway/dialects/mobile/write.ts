import { responseType, sharedDataType, writeResponse } from '../../../../rcs/bot-response'
import { fileTransferType, writeFileTransfer } from '../../../../rcs/file-transfer'
import { locationType, writeLocation } from '../../../../rcs/location'
import { escapeXml } from '../../../../rcs/xml'
import type { BotEvent, Heard } from '../../events'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
const messaging = 'xmlns:msg="urn:oma:xml:rest:netapi:messaging:1"'
const common = 'xmlns:common="urn:oma:xml:rest:netapi:common:1"'
const tag = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`

/** Where what was made is to be found. */
export const resourceXml = (url: string): string => `${head}<common:resourceReference ${common}>${tag('resourceURL', url)}</common:resourceReference>`

/** OMA NetAPI Common 5.2: what was wrong with the request, or what the policy forbids. */
export function errorXml(isPolicy: boolean, code: string, text: string, variable?: string): string {
  const kind = isPolicy ? 'policyException' : 'serviceException'
  return `${head}<common:requestError ${common}><${kind}>${tag('messageId', code)}${tag('text', text)}${variable === undefined ? '' : tag('variables', variable)}</${kind}></common:requestError>`
}

const deliveryStatus = { sent: 'MessageSent', delivered: 'DeliveredToTerminal', displayed: 'MessageDisplayed', failed: 'DeliveryImpossible' } as const

/** What is told of an event, below the bot's webhook; nothing where this API has no word for it. */
export function noticeXml(event: BotEvent, bot: string, uriOf: (address: string) => string): { path: string; xml: string } | undefined {
  const at = (name: string): string => `/${name}/${encodeURIComponent(bot)}`
  if (event.kind === 'typing' || event.kind === 'file') return undefined
  const contact = uriOf(event.contact)
  if (event.kind === 'message') {
    const { contentType, text } = bodyOf(event.heard, event)
    const xml = `<msg:inboundMessageNotification ${messaging}><inboundMessage>${tag('destinationAddress', bot)}${tag('senderAddress', contact)}`
      + tag('dateTime', new Date(event.at).toISOString()) + tag('messageId', event.id)
      + `<inboundIMMessage>${tag('contentType', contentType)}${tag('contentEncoding', 'utf8')}${tag('bodyText', text)}${tag('conversationID', event.conversation ?? event.id)}`
      + tag('contributionID', event.contribution ?? event.id) + (event.inReplyTo === undefined ? '' : tag('inReplyToContributionID', event.inReplyTo))
      + '</inboundIMMessage></inboundMessage></msg:inboundMessageNotification>'
    return { path: at('InboundMessageNotification'), xml: head + xml }
  }
  if (event.kind === 'revoked') {
    return { path: at('MessageStatusNotification'), xml: `${head}<msg:messageStatusNotification ${messaging}>${tag('address', contact)}${tag('messageId', event.id)}`
      + `${tag('status', event.isOk ? 'Revoked' : 'RevokeFailed')}</msg:messageStatusNotification>` }
  }
  return { path: at('DeliveryInfoNotification'), xml: `${head}<msg:deliveryInfoNotification ${messaging}><deliveryInfo>${tag('address', contact)}${tag('messageId', event.id)}`
    + `${tag('deliveryStatus', deliveryStatus[event.status])}${event.reason === undefined ? '' : tag('description', event.reason)}</deliveryInfo></msg:deliveryInfoNotification>` }
}

function bodyOf(heard: Heard, { contact, id, at }: { contact: string; id: string; at: number }): { contentType: string; text: string } {
  switch (heard.kind) {
    case 'text': return { contentType: 'text/plain', text: heard.text }
    case 'place': return { contentType: locationType, text: writeLocation(heard.place, { from: contact, id, sentAt: at }) }
    case 'file': return { contentType: fileTransferType, text: writeFileTransfer(heard.file) }
    case 'answer': return { contentType: responseType, text: writeResponse(heard.answer) }
    case 'device': return { contentType: sharedDataType, text: JSON.stringify({ sharedData: heard.shared }) }
    case 'other': return { contentType: heard.contentType, text: '' }
  }
}
