import type { FileTransfer } from '../../../../rcs/file-transfer'
import { locationType, readLocation } from '../../../../rcs/location'
import { reportsOf } from '../../bot'
import { LARGEST_FILE, type Behind } from '../../bot-files'
import { problemsOfCard, problemsOfChips } from '../../checks'
import { cardType, chipsType, type BotContent } from '../../content'
import { Fields } from '../../fields'
import type { Outgoing } from '../../gateway'
import { mustBeRight, type Problem } from '../../invalid'
import { jsonIn } from '../../json'

/** rcs.md 5.2. */
const LONGEST_TEXT = 2_000
/** Without the `+xml` that RCS has. */
export const fileType = 'application/vnd.gsma.rcs-ft-http'

/** The body of `POST /messages`. @throws Invalid */
export async function readMessage(body: Readonly<Record<string, unknown>>, behind: Behind): Promise<Outgoing & { sender: string | undefined }> {
  const problems: Problem[] = []
  const all = new Fields(body, '', problems)
  const to = textsIn(all, 'destinationAddress')
  const content = await contentIn(all, behind)
  const outgoing = {
    to, sender: all.text('senderAddress', { most: 256 }), id: all.text('messageId', { most: 128 }), traffic: all.text('trafficType', { most: 40 }),
    conversation: all.text('conversationId', { most: 128 }), contribution: all.text('contributionId', { most: 128 }), inReplyTo: all.text('inReplyTo', { most: 128 }),
    reports: reportsIn(all),
  }
  mustBeRight(problems)
  return { ...outgoing, content: content! }
}

/** A list of texts, or one alone. */
export function textsIn(fields: Fields, name: string): string[] {
  const value = fields.value[name]
  const texts: unknown[] = Array.isArray(value) ? value : [value]
  if (value === undefined) fields.wrong(name, 'is missing')
  else if (!texts.length || !texts.every((text) => typeof text === 'string' && text.length <= 256)) fields.wrong(name, 'must be a list of addresses')
  return texts.filter((text) => typeof text === 'string')
}

function reportsIn(all: Fields): number | undefined {
  if (!all.has('reportRequest')) return undefined
  return reportsOf(textsIn(all, 'reportRequest'))
}

async function contentIn(all: Fields, behind: Behind): Promise<BotContent | undefined> {
  const list = all.value['messageList']
  if (!Array.isArray(list) || !list.length || list.length > 2) return all.wrong('messageList', 'must have what is said and, behind it, chips at most')
  const items = list.map((item: unknown, i) => Fields.of(item, `messageList[${i}]`, all.problems))
  const chips = items.find(({ value }) => value['contentType'] === chipsType)
  const said = items.filter((item) => item !== chips)
  if (said.length !== 1) return all.wrong('messageList', 'must have exactly one content beside chips')
  const content = await contentOf(said[0]!, behind)
  const suggestions = chips && objectIn(chips)
  if (chips) all.problems.push(...problemsOfChips(suggestions, `${chips.path}.contentText`))
  return content && { ...content, ...(chips && { chips: suggestions as object }) }
}

async function contentOf(item: Fields, behind: Behind): Promise<BotContent | undefined> {
  const type = item.text('contentType', { most: 120, isNeeded: true })?.split(';')[0]!.trim().toLowerCase()
  switch (type) {
    case undefined: return undefined
    case 'text/plain': {
      const text = textIn(item)
      if (text !== undefined && text.length > LONGEST_TEXT) return item.wrong('contentText', `may have ${LONGEST_TEXT} characters`)
      return text === undefined ? undefined : { kind: 'text', text }
    }
    case cardType: {
      const card = objectIn(item)
      item.problems.push(...problemsOfCard(card, `${item.path}.contentText`))
      return { kind: 'card', card: card as object }
    }
    case locationType: return placeIn(item)
    case fileType: case `${fileType}+xml`: return fileIn(item, behind)
    default: return item.wrong('contentType', 'is not known')
  }
}

function textIn(item: Fields): string | undefined {
  const encoding = item.word('contentEncoding', ['utf8', 'base64'])
  const text = item.text('contentText', { most: 1_000_000, isNeeded: true })
  return encoding === 'base64' && text !== undefined ? Buffer.from(text, 'base64').toString('utf8') : text
}

/** An object, or as some write it the text of one. */
function objectIn(item: Fields): unknown {
  const value = item.value['contentText']
  return typeof value === 'string' ? jsonIn(textIn(item) ?? '') : value
}

function placeIn(item: Fields): BotContent | undefined {
  try {
    return { kind: 'place', place: readLocation(textIn(item) ?? '') }
  } catch {
    return item.wrong('contentText', 'must be a place in XML (RCC.07 3.2.6)')
  }
}

async function fileIn(item: Fields, behind: Behind): Promise<BotContent | undefined> {
  const list = item.value['contentText']
  if (!Array.isArray(list) || list.length > 2) return item.wrong('contentText', 'must be a list of a file and at most a thumbnail')
  const parts = list.map((part: unknown, i) => Fields.of(part, `${item.path}.contentText[${i}]`, item.problems))
  const file = parts.find(({ value }) => value['type'] === 'file')
  const small = parts.find(({ value }) => value['type'] === 'thumbnail')
  if (!file) return item.wrong('contentText', 'must have one of type file')
  const [whole, thumbnail] = [await hostedIn(file, behind), small && await hostedIn(small, behind)]
  return whole && { kind: 'file', file: { ...whole, ...(thumbnail && { thumbnail }) } }
}

async function hostedIn(part: Fields, behind: Behind): Promise<FileTransfer | undefined> {
  const url = part.url('url', true)
  const known = url === undefined ? undefined : await behind(url)
  const contentType = part.text('contentType', { most: 120, isNeeded: !known }) ?? known?.contentType
  const size = part.number('fileSize', { least: 1, most: LARGEST_FILE, isNeeded: !known }) ?? known?.size
  const name = part.text('fileName', { most: 255 }) ?? known?.name
  const until = part.time('until') ?? known?.until
  if (url === undefined || contentType === undefined || size === undefined) return undefined
  return { url, contentType, size, ...(name !== undefined && { name }), ...(until !== undefined && { until }) }
}
