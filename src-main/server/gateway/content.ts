import type { LocationView } from '../../contract/message'
import { botMessageType as cardType } from '../../rcs/bot-message'
import { suggestionType as chipsType } from '../../rcs/bot-suggestion'
import { cpimType, makeCpim, type Disposition } from '../../rcs/cpim'
import { fileTransferType, writeFileTransfer, type FileTransfer } from '../../rcs/file-transfer'
import { locationType, writeLocation } from '../../rcs/location'
import { encodeUtf8 } from '../../rcs/mime'
import { mixed, type Written } from '../../rcs/write'

export { cardType, chipsType }

/** What a bot says. Cards and chips are JSON as it goes over the wire, already checked. */
export type BotContent = (
  | { kind: 'text'; text: string }
  | { kind: 'file'; file: FileTransfer }
  | { kind: 'place'; place: LocationView }
  | { kind: 'card'; card: object }
) & { chips?: object }

export interface BotFrame {
  from: string
  to: string
  id: string
  /** ms */
  sentAt: number
  dispositions: Iterable<Disposition>
  /** `maap.Traffic-Type`. */
  traffic?: string | undefined
}

const maap = { prefix: 'maap', namespace: 'http://www.gsma.com/rcs/maap/' }

/** What goes into the MESSAGE: chips ride behind what they belong to (rcs.md 4.4). */
export function writeBotContent(content: BotContent, frame: BotFrame): Written {
  const { from, to, id, sentAt, dispositions, traffic } = frame
  const said = bodyOf(content, frame)
  const inner = content.chips ? mixed([said, { contentType: chipsType, body: json(content.chips) }], 'next') : said
  return {
    contentType: cpimType,
    body: makeCpim({
      from, to, dateTime: sentAt, messageId: id, dispositions, ...inner,
      ...(traffic !== undefined && { extensions: [{ ...maap, name: 'Traffic-Type', value: traffic }] }),
    }),
  }
}

const json = (value: object): Uint8Array => encodeUtf8(JSON.stringify(value))

function bodyOf(content: BotContent, frame: BotFrame): Written {
  switch (content.kind) {
    case 'text': return { contentType: 'text/plain;charset=UTF-8', body: encodeUtf8(content.text) }
    case 'file': return { contentType: fileTransferType, body: encodeUtf8(writeFileTransfer(content.file)) }
    case 'place': return { contentType: locationType, body: encodeUtf8(writeLocation(content.place, frame)) }
    case 'card': return { contentType: cardType, body: json(content.card) }
  }
}
