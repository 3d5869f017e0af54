import type { BotInfo, BotListing, BotPage, BotVerification } from '../contract/bot'
import { menuJson, menuOf, menuRule } from './bot-menu'
import { lineOf, phoneOf, secondOf, webUrlOf, wordsOf } from './bot-text'
import { all, dateTime, flag, list, must, object, oneOf, problemsOf, text, url, type FieldProblem, type Rule } from './check'
import { fieldsOf, isFields, listOf, present, readJson, type Fields } from './json'
import { malformed } from './mime'
import { writeDateTime } from './time'

/** Longest texts that are taken, in characters. */
const limits = { name: 100, short: 200, description: 2_000, categories: 16, entries: 64, bots: 200 } as const

/**
 * What a bot's directory tells of it (RCC.07 3.6.4.1, rcs.md 4.5): what is unknown or cannot be used is left out.
 * @throws Fault `malformed` when it is of nobody, `too-large`
 */
export function readBotInfo(input: string | Uint8Array): BotInfo {
  const said = fieldsOf(readJson(input, 'bot-info', { depth: 24 }))
  const info = fieldsOf(said['botinfo'])
  const details = fieldsOf(fieldsOf(info['pcc'])['org-details'])
  const entries = (list: string, entry: string): Fields[] => entriesOf(fieldsOf(details[list])[entry])
  const uris = entriesOf(fieldsOf(details['comm-addr'])['uri-entry'])
  const web = entries('web-resources', 'web-entry')
  const media = entries('media-list', 'media-entry')
  const address = first(uris, (uri) => addressOf(uri['addr-uri']))
  const name = first(entriesOf(details['org-name']), (each) => lineOf(each['display-name'], limits.name)) ?? lineOf(info['provider'], limits.name)
  if (name === undefined) throw malformed('bot-info', 'no name')
  const categories = listOf(fieldsOf(details['category-list'])['category-entry']).slice(0, limits.categories).flatMap((each) => lineOf(each, limits.name) ?? [])
  const verification = verificationOf(fieldsOf(fieldsOf(said['bot-verification'])['verification-info']))
  return present<BotInfo>({
    name, address,
    icon: labelled(media, /icon|logo/i, mediaUrlOf),
    description: wordsOf(details['org-description'], limits.description),
    categories: categories.length > 0 ? categories : undefined,
    provider: lineOf(info['provider'], limits.name),
    phone: first(entriesOf(fieldsOf(details['comm-addr'])['tel']), (tel) => phoneOf(fieldsOf(tel['tel-nb'])['tel-str']))
      ?? first(uris, (uri) => (/^tel:/i.test(String(uri['addr-uri'])) ? phoneOf(uri['addr-uri']) : undefined)),
    email: emailOf(info['email']) ?? first(uris, (uri) => emailOf(uri['addr-uri'])),
    website: webUrlOf(info['website']) ?? labelled(web, /site|home/i, ({ url }) => webUrlOf(url)),
    terms: webUrlOf(info['TCPage']) ?? first(web.filter(isLabelled(/term|condition|\btc\b/i)), ({ url }) => webUrlOf(url)),
    privacy: first(web.filter(isLabelled(/privacy/i)), ({ url }) => webUrlOf(url)),
    place: first(entries('address', 'address-entry'), (each) => lineOf(each['addr-string'], limits.short)),
    colour: colourOf(info['colour'] ?? info['color']),
    background: webUrlOf(info['backgroundImage']),
    verification,
    menu: menuOf(said['persistent-menu']),
    version: lineOf(info['version'], limits.name),
  })
}

const entriesOf = (value: unknown): Fields[] => listOf(value).slice(0, limits.entries).filter(isFields)

function first<T>(entries: readonly Fields[], read: (entry: Fields) => T | undefined): T | undefined {
  for (const entry of entries) {
    const found = read(entry)
    if (found !== undefined) return found
  }
  return undefined
}

const isLabelled = (label: RegExp) => (entry: Fields): boolean => typeof entry['label'] === 'string' && label.test(entry['label'])

/** Of the entry with this label, or of one without any. */
const labelled = <T>(entries: readonly Fields[], label: RegExp, read: (entry: Fields) => T | undefined): T | undefined =>
  first(entries.filter(isLabelled(label)), read) ?? first(entries.filter((entry) => entry['label'] === undefined), read)

/** COMPAT: directories name it in two ways. */
function mediaUrlOf({ media }: Fields): string | undefined {
  const said = fieldsOf(media)
  return webUrlOf(said['media-url'] ?? said['url'])
}

const addressOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value.length <= 255 && /^sip:[^\s<>"@;]+@[a-z0-9.-]+$/i.test(value.trim()) ? value.trim() : undefined)

const emailOf = (value: unknown): string | undefined => {
  const email = typeof value === 'string' ? value.trim().replace(/^mailto:/i, '') : ''
  return email.length <= 254 && /^[^\s<>"@:?&]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(email) ? email : undefined
}

const colourOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value.trim()) ? value.trim().toLowerCase() : undefined)

/** An expiry that cannot be read has run out: a badge is not given on trust. */
function verificationOf({ verified, 'verified-by': by, expires }: Fields): BotVerification | undefined {
  if (typeof verified !== 'boolean') return undefined
  const until = expires === undefined ? undefined : secondOf(expires) ?? 0
  return present<BotVerification>({ isVerified: verified, by: lineOf(by, limits.name), expires: until })
}

export const writeBotInfo = (info: BotInfo): string => JSON.stringify(botInfoJson(info))

export function botInfoJson({
  name, address, icon, description, categories, provider, phone, email, website, terms, privacy, place, colour, background, verification, menu, version,
}: BotInfo) {
  const uris = address === undefined ? undefined : [{ 'addr-uri-type': 'SIP-URI', 'addr-uri': address, label: 'service id' }]
  const tels = phone === undefined ? undefined : [{ 'tel-type': 'Work', 'tel-nb': { 'tel-str': `tel:${phone}` }, label: 'call back' }]
  const details = present<Record<string, unknown>>({
    'org-name': [{ 'display-name': name, 'org-name-type': 'Other' }],
    'comm-addr': uris || tels ? present<Record<string, unknown>>({ 'uri-entry': uris, tel: tels }) : undefined,
    'media-list': icon === undefined ? undefined : { 'media-entry': [{ media: { 'media-url': icon }, label: 'service icon' }] },
    'org-description': description,
    'category-list': categories && { 'category-entry': categories },
    'web-resources': privacy === undefined ? undefined : { 'web-entry': [{ url: privacy, label: 'privacy' }] },
    address: place === undefined ? undefined : { 'address-entry': [{ 'addr-string': place, label: 'address' }] },
  })
  const info = present<Record<string, unknown>>({
    pcc: { 'pcc-type': 'organization', 'org-details': details }, version, provider, email, website, TCPage: terms, colour, backgroundImage: background,
  })
  return present<Record<string, unknown>>({
    botinfo: info,
    'persistent-menu': menu && menuJson(menu),
    'bot-verification': verification && { 'verification-info': present<Record<string, unknown>>({
      verified: verification.isVerified, 'verified-by': verification.by,
      expires: verification.expires === undefined ? undefined : writeDateTime(verification.expires),
    }) },
  })
}

const oneOrMany = (each: Rule): Rule => (value, field, tell) => (Array.isArray(value) ? list(each, 1, limits.entries)(value, field, tell) : each(value, field, tell))
const email = must('must be a mail address', (value) => emailOf(value) !== undefined)
const media = all(object({ media: object({}, { 'media-url': url, url }) }, { label: text(limits.name) }))
const details = object({ 'org-name': oneOrMany(object({ 'display-name': text(limits.name) })) }, {
  'comm-addr': object({}, {
    'uri-entry': oneOrMany(object({ 'addr-uri': text(255) }, { label: text(limits.name) })),
    tel: oneOrMany(object({ 'tel-nb': object({ 'tel-str': must('must be a telephone number', (value) => phoneOf(value) !== undefined) }) })),
  }),
  'media-list': object({ 'media-entry': oneOrMany(media) }),
  'org-description': text(limits.description),
  'category-list': object({ 'category-entry': oneOrMany(text(limits.name)) }),
  'web-resources': object({ 'web-entry': oneOrMany(object({ url }, { label: text(limits.name) })) }),
  address: object({ 'address-entry': oneOrMany(object({ 'addr-string': text(limits.short) })) }),
})
const botInfo = object({
  botinfo: object({ pcc: object({ 'org-details': details }, { 'pcc-type': oneOf('organization', 'individual') }) }, {
    version: text(limits.name), provider: text(limits.name), email, website: url, TCPage: url, backgroundImage: url,
    colour: must('must be a colour as #336699', (value) => colourOf(value) !== undefined),
  }),
}, {
  'persistent-menu': menuRule, 'generic-CSS-template': url,
  'bot-verification': object({ 'verification-info': object({ verified: flag }, { 'verified-by': text(limits.name), expires: dateTime }) }),
})

/** What is wrong with a bot's information (rcs.md 4.5); nothing when all is right. */
export const checkBotInfo = (value: unknown): FieldProblem[] => problemsOf(value, botInfo)

/** A page of what a directory found (RCC.07 3.6.3). Who has no address or name is left out. @throws Fault `malformed`, `too-large` */
export function readBotPage(input: string | Uint8Array): BotPage {
  const said = readJson(input, 'bot-info')
  if (!isFields(said)) throw malformed('bot-info', 'no object')
  const bots = listOf(said['bots']).slice(0, limits.bots).flatMap((each) => listingOf(fieldsOf(each)) ?? [])
  const count = (value: unknown, otherwise: number): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : otherwise)
  const start = count(said['startIndex'], 0)
  return { bots, start, total: Math.max(count(said['totalItems'], 0), start + bots.length) }
}

function listingOf({ id, name, icon, verified }: Fields): BotListing | undefined {
  const [address, called, picture] = [addressOf(id), lineOf(name, limits.name), webUrlOf(icon)]
  if (address === undefined || called === undefined) return undefined
  return { address, name: called, isVerified: verified === true, ...(picture !== undefined && { icon: picture }) }
}

export const writeBotPage = ({ bots, start, total }: BotPage): string => JSON.stringify({
  bots: bots.map(({ address, name, icon, isVerified }) => present<Record<string, unknown>>({ id: address, name, icon, verified: isVerified })),
  itemsReturned: bots.length, startIndex: start, totalItems: total,
})
