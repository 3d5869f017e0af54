import { Fault } from '../../../../base/faults'
import type { FileTransfer } from '../../../../rcs/file-transfer'
import { SECOND, DAY } from '../../../../base/clock'
import type { Behind } from '../../bot-files'
import type { BotContent } from '../../content'
import { Fields } from '../../fields'
import { mustBeRight, type Problem } from '../../invalid'
import { suggestionsOf } from './suggestions'

/** What is known of files: one that the bot keeps here, by its name, and one behind a link of ours. */
export interface Known {
  named(name: string): Promise<FileTransfer | undefined>
  behind: Behind
  /** Brings here what lies elsewhere, as Google does: how large it is nobody said. @throws Fault */
  fetch(url: string): Promise<FileTransfer>
}

export interface AgentMessage {
  content: BotContent
  traffic: string | undefined
  expiresAt: number | undefined
}

/** rcs.md 5.4. */
const limits = { text: 3_072, title: 200, description: 2_000, chips: 11, inCard: 4, cards: [2, 10], alt: 200, keep: 15 * DAY } as const
const traffics = { AUTHENTICATION: 'authentication', TRANSACTION: 'transaction', PROMOTION: 'advertisement', SERVICEREQUEST: 'servicerequest', ACKNOWLEDGEMENT: 'acknowledgement' } as const

/** Google says nothing of a file's type; what its name ends with does. */
const types: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', mp4: 'video/mp4', webm: 'video/webm', mp3: 'audio/mpeg', m4a: 'audio/mp4', pdf: 'application/pdf',
}
const typeOf = (url: string): string => types[/\.(\w{1,5})$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream'

/** The body of `POST …/agentMessages`. @param now ms since 1970. @throws Invalid */
export async function readAgentMessage(body: Readonly<Record<string, unknown>>, known: Known, now: number): Promise<AgentMessage> {
  const problems: Problem[] = []
  const all = new Fields(body, '', problems)
  const said = all.within('contentMessage', true)
  const content = await contentOf(said, known)
  const chips = said.has('suggestions') ? { suggestions: suggestionsOf(said.value['suggestions'], 'contentMessage.suggestions', limits.chips, problems) } : undefined
  const traffic = all.word('messageTrafficType', Object.keys(traffics) as (keyof typeof traffics)[])
  const expiresAt = expiryOf(all, now)
  mustBeRight(problems)
  return { content: { ...content!, ...(chips && { chips }) }, traffic: traffic && traffics[traffic], expiresAt }
}

function expiryOf(all: Fields, now: number): number | undefined {
  if (!all.has('ttl')) return all.time('expireTime')
  const ttl = all.text('ttl', { most: 40 })
  const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(ttl ?? '')?.[1]
  const wait = Number(seconds) * SECOND
  if (seconds === undefined || wait > limits.keep) return all.wrong('ttl', 'must be seconds as 10s, 15 days at most')
  return now + wait
}

const contents = ['text', 'uploadedRbmFile', 'richCard', 'contentInfo'] as const

async function contentOf(said: Fields, known: Known): Promise<BotContent | undefined> {
  const [name, more] = contents.filter((each) => said.has(each))
  if (!name || more) {
    said.problems.push({ field: said.path, text: `must have exactly one of ${contents.join(', ')}` })
    return undefined
  }
  switch (name) {
    case 'text': {
      const text = said.text('text', { most: limits.text })
      return text === undefined ? undefined : { kind: 'text', text }
    }
    case 'richCard': return cardIn(said.within('richCard'), known)
    default: {
      const found = await (name === 'uploadedRbmFile' ? namedIn : fetchedIn)(said.within(name), known)
      return found && { kind: 'file', file: found }
    }
  }
}

/** A file that the bot has uploaded. */
async function namedIn(at: Fields, known: Known): Promise<FileTransfer | undefined> {
  const name = at.text('fileName', { most: 256, isNeeded: true })
  const file = name === undefined ? undefined : await known.named(name.replace(/^files\//, ''))
  return name === undefined || file ? file : at.wrong('fileName', 'is no file of this bot')
}

/** One that lies anywhere. */
async function fetchedIn(at: Fields, known: Known): Promise<FileTransfer | undefined> {
  const url = at.url('fileUrl', true)
  if (url === undefined) return undefined
  try {
    return await known.behind(url) ?? await known.fetch(url)
  } catch (thrown) {
    return at.wrong('fileUrl', `cannot be fetched: ${Fault.from(thrown).message}`)
  }
}

async function cardIn(card: Fields, known: Known): Promise<BotContent | undefined> {
  if (card.has('carouselCard') === card.has('standaloneCard')) {
    card.problems.push({ field: card.path, text: 'must have exactly one of standaloneCard, carouselCard' })
    return undefined
  }
  if (card.has('standaloneCard')) {
    const one = card.within('standaloneCard')
    const cardOrientation = one.word('cardOrientation', ['HORIZONTAL', 'VERTICAL']) ?? 'VERTICAL'
    const imageAlignment = one.word('thumbnailImageAlignment', ['LEFT', 'RIGHT']) ?? 'LEFT'
    const content = await cardContent(one.within('cardContent', true), known)
    return { kind: 'card', card: { message: { generalPurposeCard: { layout: { cardOrientation, ...(cardOrientation === 'HORIZONTAL' && { imageAlignment }) }, content } } } }
  }
  const many = card.within('carouselCard')
  const width = many.word('cardWidth', ['SMALL', 'MEDIUM']) ?? 'MEDIUM'
  const list = many.value['cardContents']
  const [least, most] = limits.cards
  if (!Array.isArray(list) || list.length < least || list.length > most) return many.wrong('cardContents', `must be a list of ${least} to ${most}`)
  const content = await Promise.all(list.map((each: unknown, i) =>
    cardContent(Fields.of(each, `${many.path}.cardContents[${i}]`, many.problems), known)))
  return { kind: 'card', card: { message: { generalPurposeCardCarousel: { layout: { cardWidth: `${width}_WIDTH` }, content } } } }
}

async function cardContent(at: Fields, known: Known): Promise<object> {
  if (!at.has('title') && !at.has('description') && !at.has('media')) at.problems.push({ field: at.path, text: 'must have at least one of title, description, media' })
  const title = at.text('title', { most: limits.title })
  const description = at.text('description', { most: limits.description })
  const media = at.has('media') ? await mediaIn(at.within('media'), known) : undefined
  const suggestions = at.has('suggestions') ? suggestionsOf(at.value['suggestions'], `${at.path}.suggestions`, limits.inCard, at.problems) : undefined
  return { ...(media && { media }), ...(title !== undefined && { title }), ...(description !== undefined && { description }), ...(suggestions && { suggestions }) }
}

async function mediaIn(media: Fields, known: Known): Promise<object | undefined> {
  const height = media.word('height', ['SHORT', 'MEDIUM', 'TALL'], true)
  const [info, named] = [media.has('contentInfo'), media.has('uploadedRbmFile') || media.has('file')]
  const at = info ? media.within('contentInfo') : named ? media.within(media.has('file') ? 'file' : 'uploadedRbmFile') : undefined
  if (!at) return media.wrong('contentInfo', 'is missing')
  const contentDescription = at.text('altText', { most: limits.alt })
  const file = at.has('fileName') ? await namedIn(at, known) : await linkedIn(at, known)
  return file && {
    mediaUrl: file.url, mediaContentType: file.contentType, ...(file.size !== undefined && { mediaFileSize: file.size }), height: `${height}_HEIGHT`,
    ...(file.thumbnail && { thumbnailUrl: file.thumbnail.url, thumbnailContentType: file.thumbnail.contentType, thumbnailFileSize: file.thumbnail.size }),
    ...(contentDescription !== undefined && { contentDescription }),
  }
}

/** A card's picture stays where it lies. */
async function linkedIn(at: Fields, known: Known): Promise<Pick<FileTransfer, 'url' | 'contentType' | 'thumbnail'> & { size?: number } | undefined> {
  const url = at.url('fileUrl', true)
  return url === undefined ? undefined : await known.behind(url) ?? { url, contentType: typeOf(url) }
}
