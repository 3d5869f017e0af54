import { MINUTE, SECOND } from '../base/clock'
import { Fault } from '../base/faults'
import type { Headers } from '../sip/headers'
import type { NameAddress } from '../sip/name-address'
import { readContacts } from '../sip/name-address'
import { writeParams } from '../sip/text'
import { readUri } from '../sip/uri'
import { ownText } from './own-text'

/** How long a registration may last, in ms. */
export const shortest = MINUTE
export const longest = 60 * MINUTE
const usual = 10 * MINUTE

/** What a REGISTER asks (RFC 3261 10.2). */
export type Asked =
  /** No Contact: only which bindings there are. */
  | { kind: 'query' }
  /** `Contact: *` with `Expires: 0`. */
  | { kind: 'remove-all' }
  | { kind: 'change'; contacts: Contact[] }

export interface Contact {
  uri: string
  /** What names the device. */
  instance: string
  /** RFC 5626: it may replace a flow of the same instance. */
  regId: string | undefined
  /** ms; 0 takes it away. */
  expires: number
  /** Feature parameters, as they are kept. */
  features: string
  /** Contact parameters that are echoed, without expires and q. */
  params: string
}

const most = 8

/** @throws Fault `malformed`; a Fault with status 423 when it asks for less than `shortest` (RFC 3261 10.3 step 7) */
export function readAsked(headers: Headers): Asked {
  const values = headers.all('Contact')
  if (!values.length) return { kind: 'query' }
  const header = headers.get('Expires')
  const all = readContacts(values)
  if (all === '*') {
    if (header?.trim() !== '0') throw new Fault('malformed', { text: 'Contact * goes with Expires 0 only' })
    return { kind: 'remove-all' }
  }
  if (all.length > most) throw new Fault('malformed', { text: `more than ${most} contacts` })
  const agent = headers.get('User-Agent') ?? ''
  return { kind: 'change', contacts: all.map((address) => readContact(address, header, agent)) }
}

function readContact({ uri, params }: NameAddress, header: string | undefined, agent: string): Contact {
  const expires = readSeconds(params.get('expires') ?? header)
  if (expires !== 0 && expires < shortest) {
    throw new Fault('refused', { text: 'registrations last at least a minute', detail: { status: 423, minExpires: shortest / SECOND } })
  }
  const features: [string, string][] = []
  const echoed: [string, string][] = []
  for (const [name, value] of params) {
    if (name === 'expires' || name === 'q') continue
    echoed.push([name, value])
    if (isFeature(name)) features.push([name, value])
  }
  return {
    uri: ownText(uri), expires: Math.min(expires, longest),
    instance: ownText(instanceOf(uri, params.get('+sip.instance'), agent)),
    regId: params.get('reg-id'),
    features: ownText(writeParams(features)),
    params: ownText(writeParams(echoed)),
  }
}

// RFC 3840 9: feature parameters begin with +, but for the old ones; of these only what RCS uses says something.
const isFeature = (name: string): boolean => (name.startsWith('+') && name !== '+sip.instance') || name === 'isfocus' || name === 'automata'

/** RFC 5626 4.1; what has no instance is told apart by its program and place, so that a new port is no new device. */
function instanceOf(uri: string, instance: string | undefined, agent: string): string {
  const bare = instance?.replace(/^<|>$/g, '').toLowerCase()
  if (bare) return bare.slice(0, 200)
  const { user, host } = readUri(uri)
  return `${agent || 'device'} at ${user}@${host}`.slice(0, 200)
}

function readSeconds(text: string | undefined): number {
  if (text === undefined) return usual
  // RFC 3261 20.19, 10.2.1.1: what is no number counts as an hour.
  return /^\d{1,10}$/.test(text.trim()) ? Number(text) * SECOND : longest
}
