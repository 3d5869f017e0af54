/** Services by our own short names; the tags are in `reference/rcs.md` 1.2 and GSMA RCC.07 2.6. */
const icsi = {
  pager: 'oma.cpm.msg',
  large: 'oma.cpm.largemsg',
  deferred: 'oma.cpm.deferred',
  session: 'oma.cpm.session',
  group: 'oma.cpm.session.group',
  'msrp-file': 'oma.cpm.filetransfer',
} as const
const iari = {
  'legacy-im': 'rcse.im',
  'file-transfer': 'rcs.fthttp',
  'file-sms': 'rcs.ftsms',
  geolocation: 'rcs.geopush',
  'geolocation-sms': 'rcs.geosms',
  'chatbot-session': 'rcs.chatbot',
  chatbot: 'rcs.chatbot.sa',
  presence: 'rcse.dp',
} as const
/**
 * Parameters without a value. Ours are `copies`: the device takes copies of sent messages, and tombstones; `album`: it takes a
 * multipart of words and files as one message; `groups`: it takes the changes of a group as messages, in one order with the others.
 */
const flags = {
  'pager-large': '+g.gsma.rcs.cpm.pager-large',
  'is-bot': '+g.gsma.rcs.isbot',
  revoke: '+g.gsma.rcs.msgrevoke',
  fallback: '+g.gsma.rcs.msgfallback',
  focus: 'isfocus',
  copies: '+g.yanxin.copies',
  album: '+g.yanxin.album',
  groups: '+g.yanxin.groups',
} as const

export type Feature = keyof typeof icsi | keyof typeof iari | keyof typeof flags

/** What this version of Yanxin does as a client. */
export const ourFeatures: readonly Feature[] = ['pager', 'large', 'file-transfer', 'geolocation', 'chatbot', 'copies', 'album', 'groups']
/** Major versions of bots' messages that it shows. */
export const ourBotVersions: readonly number[] = [1]
export const windowTag = '+g.yanxin.window'

const icsiTag = '+g.3gpp.icsi-ref'
const iariTag = '+g.3gpp.iari-ref'
const botVersionTag = '+g.gsma.rcs.botversion'
const icsiUrn = 'urn:urn-7:3gpp-service.ims.icsi.'
const iariUrn = 'urn:urn-7:3gpp-application.ims.iari.'
const widest = 32

export interface ContactFeatures {
  features: Set<Feature>
  /** Messages of one conversation that the device takes at the same time. 1 unless it says more, never above 32. */
  window: number
  /** Major versions of chatbot messages that the client understands. */
  botVersions: number[]
}

/**
 * The parameters that stand behind `<uri>` in a Contact, each with its semicolon. One reference parameter with a comma
 * list: repeating it loses values on some servers.
 */
export function writeContactFeatures(features: Iterable<Feature>, window = 1, botVersions: readonly number[] = []): string {
  const all = [...features]
  const known = (table: Record<string, string>) =>
    all.flatMap((feature) => (Object.hasOwn(table, feature) ? [table[feature]!] : []))
  const list = (table: Record<string, string>, urn: string) =>
    known(table).map((tail) => (urn + tail).replaceAll(':', '%3A')).join(',')
  const services = list(icsi, icsiUrn)
  const applications = list(iari, iariUrn)
  return (services && `;${icsiTag}="${services}"`)
    + (applications && `;${iariTag}="${applications}"`)
    + (botVersions.length > 0 ? `;${botVersionTag}="${botVersions.map((major) => `#=${major}`).join(',')}"` : '')
    + known(flags).map((tag) => `;${tag}`).join('')
    + (window > 1 ? `;${windowTag}="${window}"` : '')
}

export type ContactParams =
  | Iterable<readonly [name: string, value: string | undefined]>
  | Readonly<Record<string, string | undefined>>

/** Names in any case, values with or without quotes, URN colons escaped or not; anything unknown is passed over. */
export function readContactFeatures(params: ContactParams): ContactFeatures {
  const found: ContactFeatures = { features: new Set(), window: 1, botVersions: [] }
  for (const [rawName, rawValue] of Symbol.iterator in params ? params : Object.entries(params)) {
    const name = rawName.toLowerCase()
    const value = unquote(rawValue ?? '')
    if (name === icsiTag) addListed(found.features, icsi, icsiUrn, value)
    else if (name === iariTag) addListed(found.features, iari, iariUrn, value)
    else if (name === windowTag && /^\d{1,3}$/.test(value)) found.window = Math.min(Math.max(Number(value), 1), widest)
    else if (name === botVersionTag) found.botVersions.push(...majorVersions(value))
    else for (const [feature, tag] of Object.entries(flags)) if (tag === name) found.features.add(feature as Feature)
  }
  return found
}

const majorVersions = (value: string) => [...value.matchAll(/#=(\d{1,3})/g)].map(([, major]) => Number(major))

function addListed(features: Set<Feature>, table: Record<string, string>, urn: string, value: string): void {
  for (const item of value.split(',')) {
    const name = item.trim().replace(/%3a/gi, ':').toLowerCase()
    for (const [feature, tail] of Object.entries(table)) if (name === urn + tail) features.add(feature as Feature)
  }
}

const unquote = (value: string) => value.trim().replace(/^<?"?|"?>?$/g, '')
