import type { FileTransfer } from '../../../../rcs/file-transfer'
import { SECOND } from '../../../../base/clock'
import { LARGEST_FILE, type Behind } from '../../bot-files'
import type { BotContent } from '../../content'
import { problemsOfCard, problemsOfChips } from '../../checks'
import { Fields } from '../../fields'
import { mustBeRight, type Problem } from '../../invalid'

/** What a POST of a message asks. */
export type Posted =
  | { kind: 'typing'; to: string; isActive: boolean }
  | { kind: 'message'; to: string; id: string | undefined; content: BotContent; traffic: string | undefined; expiresAt: number | undefined }

/** Longest text, characters. */
const LONGEST_TEXT = 8_000

const contents = ['textMessage', 'fileMessage', 'audioMessage', 'geolocationPushMessage', 'richcardMessage', 'isTyping'] as const

/** The body of `POST /messages`, rcs.md 5.1. @throws Invalid */
export async function readPosted(body: Readonly<Record<string, unknown>>, behind: Behind): Promise<Posted> {
  const problems: Problem[] = []
  const all = new Fields(body, '', problems)
  const message = all.within('RCSMessage', true)
  const to = contactIn(all)
  const said = contents.filter((name) => message.has(name))
  if (said.length !== 1) problems.push({ field: 'RCSMessage', text: `must have exactly one of ${contents.join(', ')}` })
  if (said[0] === 'isTyping') {
    const state = message.word('isTyping', ['active', 'idle'])
    mustBeRight(problems)
    return { kind: 'typing', to: to!, isActive: state === 'active' }
  }
  const content = said.length === 1 ? await contentOf(said[0]!, message, behind) : undefined
  const chips = message.value['suggestedChipList']
  if (chips !== undefined) problems.push(...problemsOfChips(chips, 'RCSMessage.suggestedChipList'))
  const id = message.text('msgId', { most: 128 })
  const traffic = message.text('trafficType', { most: 40 })
  const expiresAt = message.time('expiry')
  mustBeRight(problems)
  return { kind: 'message', to: to!, id, traffic, expiresAt, content: { ...content!, ...(chips !== undefined && { chips: chips as object }) } }
}

/** `userContact` is a telephone number or an address; a `chatId` stands for one. */
function contactIn(all: Fields): string | undefined {
  const contact = all.within('messageContact', true)
  const user = contact.text('userContact', { most: 256 })
  const chat = contact.text('chatId', { most: 256 })
  if (user === undefined && chat === undefined && !contact.has('userContact') && !contact.has('chatId')) contact.wrong('userContact', 'is missing')
  return user ?? chat
}

async function contentOf(name: Exclude<(typeof contents)[number], 'isTyping'>, message: Fields, behind: Behind): Promise<BotContent | undefined> {
  switch (name) {
    case 'textMessage': {
      const text = message.text(name, { most: LONGEST_TEXT })
      return text === undefined ? undefined : { kind: 'text', text }
    }
    case 'richcardMessage':
      message.problems.push(...problemsOfCard(message.value[name], `RCSMessage.${name}`))
      return { kind: 'card', card: message.value[name] as object }
    case 'geolocationPushMessage': return placeOf(message.within(name))
    default: {
      const file = await fileOf(message.within(name), name === 'audioMessage', behind)
      return file && { kind: 'file', file }
    }
  }
}

function placeOf(said: Fields): BotContent | undefined {
  // COMPAT(rcs-maap-bot): a position is also written as one text.
  const text = typeof said.value['pos'] === 'string' ? said.value['pos'].split(/[\s,]+/) : undefined
  const pos = text ? new Fields({ latitude: text[0], longitude: text[1] }, `${said.path}.pos`, said.problems) : said.within('pos', true)
  const latitude = pos.number('latitude', { least: -90, most: 90, isNeeded: true })
  const longitude = pos.number('longitude', { least: -180, most: 180, isNeeded: true })
  const label = said.text('label', { most: 200 })
  const radius = said.number('radius', { least: 0, most: 10_000_000 })
  if (latitude === undefined || longitude === undefined) return undefined
  return { kind: 'place', place: { latitude, longitude, ...(label !== undefined && { label }), ...(radius !== undefined && { radius }) } }
}

async function fileOf(said: Fields, isVoice: boolean, behind: Behind): Promise<FileTransfer | undefined> {
  const url = said.url('fileUrl', true)
  const known = url === undefined ? undefined : await behind(url)
  const name = said.text('fileName', { most: 255 }) ?? known?.name
  const contentType = said.text('fileMIMEType', { most: 120, isNeeded: !known }) ?? known?.contentType
  const size = said.number('fileSize', { least: 1, most: LARGEST_FILE, isNeeded: !known }) ?? known?.size
  const seconds = isVoice ? said.number('playingLength', { least: 0, most: 36_000 }) : undefined
  const thumbnail = thumbnailOf(said) ?? known?.thumbnail
  if (url === undefined || contentType === undefined || size === undefined) return undefined
  return {
    url, contentType, size,
    ...(name !== undefined && { name }), ...(known?.until !== undefined && { until: known.until }), ...(known?.hash !== undefined && { hash: known.hash }),
    ...(isVoice && { isVoice: true as const }), ...(seconds && { duration: seconds * SECOND }), ...(thumbnail && { thumbnail }),
  }
}

function thumbnailOf(said: Fields): FileTransfer['thumbnail'] {
  if (!said.has('thumbnailUrl')) return undefined
  const url = said.url('thumbnailUrl')
  const contentType = said.text('thumbnailMIMEType', { most: 120, isNeeded: true })
  const size = said.number('thumbnailFileSize', { least: 1, most: LARGEST_FILE, isNeeded: true })
  return url !== undefined && contentType !== undefined && size !== undefined ? { url, contentType, size } : undefined
}
