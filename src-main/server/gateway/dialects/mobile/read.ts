import { fileTransferType, readFileTransfer } from '../../../../rcs/file-transfer'
import { locationType, readLocation } from '../../../../rcs/location'
import { encodeUtf8, headerValue } from '../../../../rcs/mime'
import { readMultipart } from '../../../../rcs/multipart'
import { child, readXml, type XmlElement } from '../../../../rcs/xml'
import { readMediaType } from '../../../../sip/media-type'
import { reportsOf } from '../../bot'
import { problemsOfCard, problemsOfChips } from '../../checks'
import { cardType, chipsType, type BotContent } from '../../content'
import type { Outgoing } from '../../gateway'
import { Invalid, mustBeRight, type Problem } from '../../invalid'
import { jsonIn, LARGEST } from '../../json'

/** The body of a request to send, rcs.md 5.3. @throws Fault `malformed`, `too-large`, Invalid */
export function readOutbound(body: Uint8Array): Outgoing & { sender: string | undefined } {
  const root = readXml(body, { size: LARGEST, depth: 8 })
  if (root.name !== 'outboundMessageRequest') throw new Invalid([{ field: root.name, text: 'must be outboundMessageRequest' }])
  const message = child(root, 'outboundIMMessage')
  if (!message) throw new Invalid([{ field: 'outboundIMMessage', text: 'is missing' }])
  const problems: Problem[] = []
  const to = [...new Set(allOf(root, 'destinationAddress').concat(allOf(root, 'address')))].filter(Boolean)
  if (!to.length) problems.push({ field: 'destinationAddress', text: 'is missing' })
  const content = contentOf(message, problems)
  mustBeRight(problems)
  return {
    to, content: content!, sender: textOf(root, 'senderAddress'), id: textOf(message, 'messageId') ?? textOf(message, 'messageID') ?? textOf(root, 'clientCorrelator'),
    traffic: textOf(message, 'trafficType'), conversation: textOf(message, 'conversationID'), contribution: textOf(message, 'contributionID'),
    inReplyTo: textOf(message, 'inReplyToContributionID'), reports: reportsIn(message),
  }
}

const textOf = (parent: XmlElement, name: string): string | undefined => child(parent, name)?.text.trim() || undefined
const allOf = (parent: XmlElement, name: string): string[] => parent.children.filter((each) => each.name === name).map(({ text }) => text.trim())

/** Who wants to know of a delivery wants to know that there will be none. */
function reportsIn(message: XmlElement): number | undefined {
  const asked = allOf(message, 'reportRequest').map((each) => each.toLowerCase())
  return asked.length ? reportsOf(asked.includes('delivered') ? [...asked, 'failed'] : asked) : undefined
}

function contentOf(message: XmlElement, problems: Problem[]): BotContent | undefined {
  const contentType = textOf(message, 'contentType') ?? ''
  const { type, params } = readMediaType(contentType || 'text/plain')
  const raw = child(message, 'bodyText')?.text ?? ''
  const text = textOf(message, 'contentEncoding')?.toLowerCase() === 'base64' ? Buffer.from(raw, 'base64').toString('utf8') : raw
  if (!type.startsWith('multipart/')) return partOf(type, text, problems)
  // XML knows one line end only (2.11); MIME wants both of its letters.
  const parts = readMultipart(encodeUtf8(text.replace(/\r?\n/g, '\r\n').replace(/\s*$/, '\r\n')), params.get('boundary'), { parts: 2 })
    .map(({ headers, body }) => ({ type: readMediaType(headerValue(headers, 'content-type') ?? 'text/plain').type, text: Buffer.from(body).toString('utf8') }))
  const chips = parts.find((part) => part.type === chipsType)
  const said = parts.filter((part) => part !== chips)
  if (said.length !== 1) {
    problems.push({ field: 'bodyText', text: 'must have exactly one content beside chips' })
    return undefined
  }
  const content = partOf(said[0]!.type, said[0]!.text, problems)
  if (!chips) return content
  const suggestions = jsonIn(chips.text)
  problems.push(...problemsOfChips(suggestions, 'bodyText'))
  return content && { ...content, chips: suggestions as object }
}

function partOf(type: string, text: string, problems: Problem[]): BotContent | undefined {
  const wrong = (words: string): undefined => void problems.push({ field: 'bodyText', text: words })
  try {
    switch (type) {
      case 'text/plain': return text.trim() ? { kind: 'text', text } : wrong('is missing')
      case cardType: {
        const card = jsonIn(text)
        problems.push(...problemsOfCard(card, 'bodyText'))
        return { kind: 'card', card: card as object }
      }
      case fileTransferType: return { kind: 'file', file: readFileTransfer(text) }
      case locationType: return { kind: 'place', place: readLocation(text) }
    }
  } catch (thrown) {
    return wrong((thrown as Error).message)
  }
  problems.push({ field: 'contentType', text: 'is not known' })
  return undefined
}
