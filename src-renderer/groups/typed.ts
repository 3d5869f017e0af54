/** Marks that people put into numbers for the eye (RFC 3966 5.1.1). */
const separators = /[\s().\-\u2010-\u2015/]/g

/**
 * The address that somebody typed: a number or a user of the own domain, `user@domain`, or a URI; undefined while it is none yet.
 * @param domain of the own account
 */
export function addressTyped(text: string, domain: string | undefined): string | undefined {
  const typed = text.normalize('NFKC').trim()
  const scheme = /^(sips?|tel):/i.exec(typed)?.[1]?.toLowerCase()
  const rest = scheme ? typed.slice(scheme.length + 1) : typed
  const digits = rest.replace(separators, '')
  const isNumber = /^\+?\d{3,20}$/.test(digits)
  if (scheme === 'tel') return isNumber ? `tel:${digits}` : undefined
  if (rest.includes('@')) return /^[^\s<>@:;]+@[^\s<>@:;]+$/.test(rest) ? `sip:${rest.replace(/@.*$/, (host) => host.toLowerCase())}` : undefined
  if (domain === undefined) return undefined
  if (isNumber) return `sip:${digits}@${domain}`
  return /^[A-Za-z0-9._~!$&'*+=-]{2,64}$/.test(rest) ? `sip:${rest}@${domain}` : undefined
}
