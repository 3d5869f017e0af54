/** A link of a bot as a person should see it before it is opened. */
export interface UrlLook {
  /** Why it is not opened: it dresses up as another by a name before its host, is of a kind that stays in, or is no link. */
  refused?: 'credentials' | 'scheme' | 'broken'
  /** As it would be opened. */
  url: string
  /** The host that is really asked, as the network knows it (RFC 5890 A-label); absent where there is none. */
  host?: string
  /** The same in its own letters, where they are not ASCII. */
  letters?: string
  /** Its letters can be taken for Latin ones. */
  isLookAlike?: true
  /** Nothing hides what goes there. */
  isOpen?: true
}

const hosted = ['https:', 'http:']
const others = ['mailto:', 'tel:', 'sms:', 'sip:', 'sips:', 'geo:']

/** Looks at a link; what may leave is decided again, in main, by the one allow-list. */
export function lookAtUrl(text: string): UrlLook {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { refused: 'broken', url: text }
  }
  if (others.includes(url.protocol)) return { url: url.href }
  if (!hosted.includes(url.protocol)) return { refused: 'scheme', url: text }
  const host = url.hostname
  const letters = inLetters(host)
  return {
    ...((url.username !== '' || url.password !== '') && { refused: 'credentials' as const }),
    url: url.href, host: url.port === '' ? host : `${host}:${url.port}`,
    ...(letters !== host && { letters }), ...(letters.split('.').some(isLookAlike) && { isLookAlike: true as const }),
    ...(url.protocol === 'http:' && { isOpen: true as const }),
  }
}

/** Labels that mix Latin with another alphabet, or are of Cyrillic, Greek or Armenian alone: UTS 39, 5.2, in short. */
function isLookAlike(label: string): boolean {
  const isLatin = /\p{Script=Latin}/u.test(label)
  const isNear = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(label)
  return isNear && (isLatin || /^[\p{Script=Common}\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d\u03bf\u03bd\u03b1]+$/u.test(label))
}

/** A host in its own letters; labels that cannot be read stay as they are. */
const inLetters = (host: string): string =>
  host.split('.').map((label) => (label.startsWith('xn--') ? decode(label.slice(4)) ?? label : label)).join('.')

// RFC 3492 5: the numbers of Punycode in host names.
const [BASE, FIRST, LAST, SKEW, DAMP, BIAS, START] = [36, 1, 26, 38, 700, 72, 128]

/** Punycode (RFC 3492 6.2), what stands behind `xn--`. */
function decode(text: string): string | undefined {
  const cut = text.lastIndexOf('-')
  const out = cut > 0 ? [...text.slice(0, cut)].map((one) => one.codePointAt(0)!) : []
  let [code, at, bias] = [START, 0, BIAS]
  for (let from = cut > 0 ? cut + 1 : 0; from < text.length;) {
    const before = at
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = from < text.length ? digitOf(text.charCodeAt(from++)) : BASE
      if (digit >= BASE) return undefined
      at += digit * weight
      const least = Math.max(FIRST, Math.min(LAST, k - bias))
      if (digit < least) break
      weight *= BASE - least
    }
    const count = out.length + 1
    bias = adapt(at - before, count, before === 0)
    code += Math.floor(at / count)
    at %= count
    if (code > 0x10ffff) return undefined
    out.splice(at++, 0, code)
  }
  return String.fromCodePoint(...out)
}

const digitOf = (code: number): number => (code >= 48 && code < 58 ? code - 22 : code >= 97 && code < 123 ? code - 97 : BASE)

/** RFC 3492 6.1. */
function adapt(moved: number, count: number, isFirst: boolean): number {
  let delta = Math.floor(moved / (isFirst ? DAMP : 2))
  delta += Math.floor(delta / count)
  let k = 0
  for (; delta > ((BASE - FIRST) * LAST) / 2; k += BASE) delta = Math.floor(delta / (BASE - FIRST))
  return k + Math.floor(((BASE - FIRST + 1) * delta) / (delta + SKEW))
}
