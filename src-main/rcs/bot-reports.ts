import { lineOf, wordsOf } from './bot-text'
import { malformed } from './mime'
import { child, escapeXml, readXml } from './xml'

export const revokeType = 'application/vnd.gsma.rcsrevoke+xml'
export const spamReportType = 'application/vnd.gsma.rcsspam-report+xml'

const namespace = { revoke: 'urn:gsma:params:xml:ns:rcs:rcs:rcsrevoke', spam: 'urn:gsma:params:xml:ns:rcs:rcs:spamreport' } as const
const size = 16_384
/** RFC 5438 has no limit for imdn.Message-ID; `cpim.ts` takes as many characters. */
const longestId = 255

/** Messages that one report may name, and the longest texts of it, in characters. */
export const spamLimits = { messages: 10, type: 50, words: 500 } as const

/** Somebody tells the operator that a bot sends spam (rcs.md 4.4). */
export interface SpamReport {
  /** The bot's address. */
  chatbot: string
  /** imdn.Message-ID of some of its messages, up to 10. */
  messages: string[]
  type?: string
  /** What the person writes about it. */
  words?: string
}

/**
 * A message that its bot takes back before it was delivered. COMPAT: nothing that we know says how its body looks (rcs.md 4.4): the
 * id is taken wherever it stands. @throws Fault `malformed`, `too-large`
 */
export function readRevoke(input: string | Uint8Array): string {
  const root = readXml(input, { size })
  const id = (child(root, 'Message-ID') ?? (root.name === 'Message-ID' ? root : undefined))?.text.trim() ?? ''
  if (id === '' || id.length > longestId) throw malformed('report', 'no Message-ID')
  return id
}

export const writeRevoke = (messageId: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<imRevoke xmlns="${namespace.revoke}"><Message-ID>${escapeXml(messageId)}</Message-ID></imRevoke>`

/** More messages than may be named are left out. @throws Fault `malformed`, `too-large` */
export function readSpamReport(input: string | Uint8Array): SpamReport {
  const root = readXml(input, { size })
  if (root.name !== 'SR') throw malformed('report', 'another root')
  const chatbot = child(root, 'Chatbot')?.text.trim() ?? ''
  if (!/^(sip|sips|tel):\S{1,500}$/i.test(chatbot)) throw malformed('report', 'no Chatbot')
  const ids = root.children.filter(({ name }) => name === 'Message-ID').map(({ text }) => text.trim()).filter((id) => id !== '' && id.length <= longestId)
  const type = lineOf(child(root, 'spam-type')?.text, spamLimits.type)
  const words = wordsOf(child(root, 'free-text')?.text, spamLimits.words)
  return {
    chatbot, messages: [...new Set(ids)].slice(0, spamLimits.messages),
    ...(type !== undefined && { type }), ...(words !== undefined && { words }),
  }
}

export const writeSpamReport = ({ chatbot, messages, type, words }: SpamReport): string => {
  const tag = (name: string, text: string | undefined): string => (text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<SR xmlns="${namespace.spam}">${tag('Chatbot', chatbot)}`
    + `${messages.slice(0, spamLimits.messages).map((id) => tag('Message-ID', id)).join('')}${tag('spam-type', type)}${tag('free-text', words)}</SR>`
}
