import { isToken, malformed, readNumber } from '../sip/text'
import { isHost } from '../sip/uri'

/** RFC 4975 6. */
export interface MsrpUri {
  /** msrps: over TLS. */
  secure: boolean
  /** `''` when there is none; says nothing in a comparison. */
  user: string
  /** Lower case; an IPv6 address keeps its brackets. */
  host: string
  port?: number
  /** `''` for one without, as a relay has that is asked by AUTH. */
  session: string
  /** Lower case; `tcp` is the only one that is defined. */
  transport: string
}

/** RFC 4975 15.4: the port of a URI that names none. */
export const defaultPort = 2855

const shape = /^(msrps?):\/\/(?:([^@/;]*)@)?(\[[^\]]*\]|[^:/;]+)(?::(\d+))?(?:\/([^;]*))?((?:;[^;]*)*)$/i
// RFC 3986 2: printable ASCII, and what breaks out of a path is not.
const foreign = /[^\x21-\x7e]/
// RFC 4975 9: session-id = 1*( unreserved / "+" / "=" / "/" ); escapes are let through.
const sessionChars = /^[A-Za-z0-9\-._~+=/%]*$/

/** Reads an MSRP URI. @throws Fault `malformed` */
export function readMsrpUri(text: string): MsrpUri {
  const match = foreign.test(text) ? null : shape.exec(text)
  if (!match) throw malformed('no MSRP URI')
  const [, scheme, user = '', host, port, session = '', params = ''] = match
  if (!isHost(host!) || !sessionChars.test(session)) throw malformed('an MSRP URI with foreign characters')
  const [transport = ''] = params.slice(1).split(';')
  if (!isToken(transport)) throw malformed('an MSRP URI without its transport')
  return {
    secure: scheme!.toLowerCase() === 'msrps', user, host: host!.toLowerCase(), session, transport: transport.toLowerCase(),
    ...(port !== undefined && { port: readNumber(port, 65_535, 'port') }),
  }
}

export const writeMsrpUri = ({ secure, user, host, port, session, transport }: MsrpUri): string =>
  `${secure ? 'msrps' : 'msrp'}://${user && `${user}@`}${host}${port === undefined ? '' : `:${port}`}${session && `/${session}`};${transport}`

/**
 * One spelling of all that RFC 4975 6.1 takes for the same: scheme, host and transport in any case, the session id as it is; a port
 * that is named is never the same as none; user and other parameters do not count. @throws Fault `malformed`
 */
export const uriKey = (text: string): string => writeMsrpUri({ ...readMsrpUri(text), user: '' })

/** RFC 4975 6.1; what is no MSRP URI is like nothing. */
export function isSameUri(one: string, other: string): boolean {
  try {
    return uriKey(one) === uriKey(other)
  } catch {
    return false
  }
}

/** A host as it stands in a URI: an IPv6 address takes brackets. */
export const uriHost = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

/** A host as sockets take it. */
export const plainHost = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)
