import type { SignIn } from '../../src-main/contract/calls'
import type { FaultView } from '../../src-main/contract/faults'

export type SignInField = keyof SignIn
/** What stands wrong in a field, as a key of `welcome`. */
export type SignInErrors = Partial<Record<SignInField, 'noAddress' | 'badAddress' | 'noPassword' | 'noRelay' | 'badRelay' | 'badFiles'>>

/** The relay that an address suggests: its domain, over TLS (RFC 3263 would ask DNS; here it only saves typing). */
export function relayFor(address: string): string | undefined {
  const domain = /@([A-Za-z0-9.-]+(?::\d+)?|\[[0-9A-Fa-f:]+\])$/.exec(address.trim())?.[1]
  return domain && `sip:${domain};transport=tls`
}

/** What was typed, made whole: `mei@a.example` gets its scheme, a bare host becomes a relay URI, an empty relay the suggested one. */
export function readSignIn(typed: SignIn): { details: SignIn } | { errors: SignInErrors } {
  const errors: SignInErrors = {}
  const address = wholeAddress(typed.address.trim())
  if (typed.address.trim() === '') errors.address = 'noAddress'
  else if (!address) errors.address = 'badAddress'
  if (typed.password === '') errors.password = 'noPassword'
  const relay = typed.relay.trim() === '' ? relayFor(typed.address) : wholeRelay(typed.relay.trim())
  if (!relay) errors.relay = typed.relay.trim() === '' ? 'noRelay' : 'badRelay'
  if (errors.address === 'noAddress' && typed.relay.trim() === '') delete errors.relay
  const files = wholeFiles(typed.files?.trim() ?? '')
  if (files === undefined) errors.files = 'badFiles'
  if (Object.keys(errors).length > 0 || !address || !relay) return { errors }
  return { details: { address, password: typed.password, relay, ...(files && { files }) } }
}

function wholeAddress(text: string): string | undefined {
  if (/^(sips?:)[^\s@:]+@[^\s@]+$/i.test(text) || /^tel:\+?[\d().\- ]{3,}$/i.test(text)) return text
  if (/^[^\s@:]+@[^\s@:]+(:\d+)?$/.test(text)) return `sip:${text}`
  return /^\+?[\d().\- ]{3,}$/.test(text) ? `tel:${text.replace(/[^\d+]/g, '')}` : undefined
}

function wholeRelay(text: string): string | undefined {
  const uri = /^sips?:/i.test(text) ? text : `sip:${text}`
  if (!/^sips?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?(;[A-Za-z]+(=[A-Za-z0-9.-]+)?)*$/i.test(uri)) return undefined
  return /^sips:/i.test(uri) || /;transport=/i.test(uri) ? uri : `${uri};transport=tcp`
}

/** `files.office.example/ft` gets its scheme; undefined for what is no web address. */
function wholeFiles(text: string): string | undefined {
  if (text === '') return ''
  const uri = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  return /^https?:\/\/[^\s/]+/i.test(uri) && URL.canParse(uri) ? uri : undefined
}

/** Beside which field a fault of signing in is told; undefined where it is about none of them. */
export function fieldOf({ code, detail }: FaultView): SignInField | undefined {
  switch (code) {
    case 'bad-argument': return detail?.['field'] === 'files' ? 'files' : undefined
    case 'wrong-password': return 'password'
    case 'unknown-recipient': case 'not-registered': case 'not-yourself': return 'address'
    case 'cannot-connect': case 'no-answer': case 'connection-lost': case 'bad-certificate': case 'busy': return 'relay'
    default: return undefined
  }
}
