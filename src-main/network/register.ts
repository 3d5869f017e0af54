import { allowedUrl } from '../base/allow-list'
import { SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow } from '../sip/flow'
import type { SipResponse } from '../sip/message'
import { readContacts } from '../sip/name-address'
import { faultOf } from './answers'
import { allow } from './capabilities'
import { newDialogHeaders, type HeaderList } from './requests'

/** What stays the same from one REGISTER of an account to the next, and what moves on. */
export interface RegisterParts {
  /** Address of record. */
  account: string
  instance: string
  /** The feature parameters of our Contact. */
  features: string
  /** RFC 3261 10.2: all REGISTERs of one client have the same Call-ID … */
  callId: string
  tag: string
  /** … and a rising CSeq. The session counts here for all its requests. */
  cseq: number
  /** What we ask for, s; a 423 raises it. */
  expires: number
}

export interface Registered {
  /** s. */
  expires: number
  /** How often the server wants a sign of life, ms (RFC 5626 4.4.1; 120 s when it does not say). */
  flowTimer: number
  /** It keeps to RFC 5626: what it could not hand over on a dead flow goes over the new one. */
  knowsFlows: boolean
  /** Where the account's files go, when the registrar is a relay of ours and says so. */
  contentServer?: { uri: string; limit?: number }
  /** How large messages go, when the registrar is a relay of ours that takes them: their largest text in bytes, and whether over TLS. */
  large?: { limit: number; secure: boolean }
  /** Where groups are made, when the registrar is a relay of ours. */
  conferenceFactory?: string
}

/** Sends a request and answers challenges on the way. */
export type Ask = (request: { method: string; uri: string; headers: (cseq: number) => HeaderList }) => Promise<SipResponse>

const longestExpires = 24 * 3_600

/**
 * RFC 3261 10.2 with RFC 5626 4.2: registers this instance over `flow`.
 * @throws Fault `wrong-password`, `refused`, or what the answer means
 */
export async function register(parts: RegisterParts, flow: Flow, ask: Ask): Promise<Registered> {
  for (;;) {
    const response = await ask(request(parts, contact(parts, flow), parts.expires))
    if (response.status >= 200 && response.status < 300) return read(response, parts)
    // RFC 3261 10.3 (7): the server wants fewer refreshes than we asked for.
    const least = Number(response.headers.get('Min-Expires'))
    if (response.status === 423 && least > parts.expires && least <= longestExpires) {
      parts.expires = least
      continue
    }
    const fault = faultOf(response)
    // An account that the registrar does not know, or a domain: nothing that waiting would help.
    throw fault.code === 'unknown-recipient' ? new Fault('refused', { text: fault.message, detail: fault.detail }) : fault
  }
}

/** RFC 3261 10.2.2: takes back this instance's binding. */
export async function unregister(parts: RegisterParts, flow: Flow, ask: Ask): Promise<void> {
  await ask(request(parts, contact(parts, flow), 0))
}

const request = (parts: RegisterParts, contactValue: string, expires: number): Parameters<Ask>[0] => ({
  method: 'REGISTER',
  uri: registrarOf(parts.account),
  headers: (cseq) => [
    ...newDialogHeaders({ from: parts.account, to: parts.account, callId: parts.callId, tag: parts.tag, cseq, method: 'REGISTER' }),
    ['Contact', contactValue],
    ['Expires', String(expires)],
    ['Supported', 'path, outbound'],
    ['Allow', allow],
  ],
})

/** RFC 3261 10.2: the Request-URI names the domain only. */
export const registrarOf = (account: string): string => `sip:${account.slice(account.indexOf('@') + 1)}`

const contact = ({ account, features, instance }: RegisterParts, flow: Flow): string =>
  `<${placeOf(account, flow)}>;reg-id=1;+sip.instance="<${instance}>"${features}`

/** RFC 3261 12.1.1, RFC 5626 4.3: our Contact in a dialog that goes over this flow; `text` as RCC.07 wants it of who joins a group. */
export const dialogContact = ({ account, features, instance }: RegisterParts, flow: Flow): string =>
  `<${placeOf(account, flow)};ob>;+sip.instance="<${instance}>"${features};text`

function placeOf(account: string, { local, transport }: Flow): string {
  const user = account.slice(account.indexOf(':') + 1, account.indexOf('@'))
  const host = local.host.includes(':') ? `[${local.host}]` : local.host
  // The registrar answers over this flow (RFC 5626); the address is here for those that do not.
  const place = transport === 'pair' ? `${host};transport=tcp` : `${host}:${local.port};transport=${transport}`
  return `sip:${user}@${place}`
}

/** RFC 3261 10.2.4: the time of our own binding, which may be listed among others. */
function read({ headers }: SipResponse, { instance, expires }: RegisterParts): Registered {
  let said: string | undefined
  try {
    const contacts = readContacts(headers.all('Contact'))
    if (contacts !== '*') {
      const own = contacts.find(({ params }) => params.get('+sip.instance') === `<${instance}>`) ?? (contacts.length === 1 ? contacts[0] : undefined)
      said = own?.params.get('expires')
    }
  } catch {
    // A registrar that writes Contacts we cannot read has still registered us.
  }
  const contentServer = readContentServerHeader(headers.get('Yanxin-Content-Server'))
  const [, limit, secure] = /^\s*(\d{1,9})\s*(;\s*secure\b)?/i.exec(headers.get('Yanxin-Large-Message') ?? '') ?? []
  const conferenceFactory = /^\s*<(sips?:[^\s<>]+)>/i.exec(headers.get('Yanxin-Conference-Factory') ?? '')?.[1]
  const seconds = Number(said ?? headers.get('Expires') ?? expires)
  const flowTimer = Number(headers.get('Flow-Timer'))
  return {
    expires: seconds > 0 && seconds <= longestExpires * 30 ? Math.max(seconds, 10) : expires,
    flowTimer: (flowTimer >= 10 && flowTimer <= 3_600 ? flowTimer : 120) * SECOND,
    // RFC 5626 6 and 4.4: a registrar that uses the flow says so.
    ...(contentServer !== undefined && { contentServer }),
    ...(limit !== undefined && { large: { limit: Number(limit), secure: secure !== undefined } }),
    ...(conferenceFactory !== undefined && { conferenceFactory }),
    knowsFlows: headers.has('Flow-Timer') || headers.all('Require').some((names) => /\boutbound\b/i.test(names)),
  }
}

/** The URI of a content server (RCC.07 A.1.4, ftHTTPCSURI); nothing when files could not go there. */
export function readContentServer(text: string): string | undefined {
  const url = allowedUrl(text.trim())
  return url !== undefined && /^https?:/.test(url) ? url : undefined
}

/** `<URI>;max-size=BYTES`, as our relay writes it. */
function readContentServerHeader(text: string | undefined): Registered['contentServer'] {
  const [, url, params] = /^\s*<([^<>]*)>(.*)$/.exec(text ?? '') ?? []
  const uri = url === undefined ? undefined : readContentServer(url)
  const limit = /;\s*max-size\s*=\s*(\d{1,15})\b/i.exec(params ?? '')?.[1]
  return uri === undefined ? undefined : { uri, ...(limit !== undefined && { limit: Number(limit) }) }
}
