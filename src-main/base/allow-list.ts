/** Schemes that may leave the app, and whether they name a host. Everything else (file:, javascript:, smb:, …) stays in. */
const schemes: Readonly<Record<string, { host: boolean }>> = {
  'https:': { host: true },
  'http:': { host: true },
  'mailto:': { host: false },
  'tel:': { host: false },
  'sms:': { host: false },
  'sip:': { host: false },
  'sips:': { host: false },
  'geo:': { host: false },
}

/** Longer links are refused: no browser or mail program needs them, and the shell behind `openExternal` has limits of its own. */
const longest = 2_048

/**
 * The one allow-list for every URL that leaves the app: the URL as it may be opened, or undefined.
 * Refused are unknown schemes, control characters and blanks, and a name or password before the host, which dresses one
 * address up as another.
 */
export function allowedUrl(text: string): string | undefined {
  if (text.length > longest || /[\s\u0000-\u001f\u007f"<>\\^`{|}]/u.test(text)) return undefined
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  const scheme = schemes[url.protocol]
  if (!scheme) return undefined
  const rest = text.slice(url.protocol.length)
  if (scheme.host) {
    if (!/^\/\/[^/]/.test(rest) || url.username !== '' || url.password !== '') return undefined
  } else if (rest === '' || rest.startsWith('/')) {
    // `sip://x` and `mailto://x` are no addresses, and programs read them in different ways.
    return undefined
  }
  return url.href
}
