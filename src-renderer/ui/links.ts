/** A piece of a message: words, or a link with where it really goes. */
export type Piece =
  | { kind: 'text'; text: string }
  /** `host` is set where the text could mislead about it: foreign letters, a name before an @. */
  | { kind: 'link'; text: string; href: string; host?: string }

// A path is ASCII alone: in Chinese a link is often followed by words without a space. Direction marks and spaces end it too.
const path = String.raw`[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*`
const host = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}.\-]*[\p{L}\p{N}])?`
const finder = new RegExp(
  String.raw`\b(https?:\/\/(?:[A-Za-z0-9._~%!$&'*+,;=:\-]*@)?)(${host})((?::\d{1,5})?(?:[/?#]${path})?)` +
    String.raw`|\b(www\.)(${host})((?::\d{1,5})?(?:[/?#]${path})?)` +
    String.raw`|\b(sip:conf-[A-Za-z0-9._\-]+@[A-Za-z0-9.\-]+;code=[A-Za-z0-9_\-]+)` +
    String.raw`|\b([A-Za-z0-9._%+\-]+@[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?\.[A-Za-z]{2,24})\b`,
  'giu',
)

/** Cuts a message into words and links. */
export function findLinks(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  finder.lastIndex = 0
  for (let match = finder.exec(text); match; match = finder.exec(text)) {
    const found = match[7] !== undefined ? invitation(match[7]) : match[8] !== undefined ? mail(match[8]) : web(match)
    if (!found) continue
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) })
    pieces.push(found)
    from = match.index + found.text.length
    finder.lastIndex = from
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) })
  return pieces
}

/** The invitation to a group: it is asked about here before anybody joins. */
const invitation = (link: string): Piece & { kind: 'link' } => ({ kind: 'link', text: link, href: link })

const mail = (address: string): Piece & { kind: 'link' } => ({ kind: 'link', text: address, href: `mailto:${address}` })

function web(match: RegExpExecArray): (Piece & { kind: 'link' }) | undefined {
  const lead = match[1] ?? match[4] ?? ''
  const name = cutHost(match[2] ?? match[5] ?? '')
  const whole = match[2] ?? match[5] ?? ''
  const tail = name === whole ? (match[3] ?? match[6] ?? '') : ''
  const text = trimEnd(lead + name + tail)
  let url: URL
  try {
    url = new URL(match[4] !== undefined ? `https://${text}` : text)
  } catch {
    return undefined
  }
  if (!url.hostname.includes('.') && url.hostname !== 'localhost') return undefined
  const shown = (match[4] !== undefined ? lead + name : name).toLowerCase()
  const misleads = url.username !== '' || url.hostname !== shown
  return { kind: 'link', text, href: url.href, ...(misleads && { host: url.hostname }) }
}

const cjk = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`
const latinBefore = new RegExp(String.raw`^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?=[${cjk}])`, 'u')

/** `a.cn看看` is the host `a.cn` and the word 看看, while `例子.中国` is a host as it stands. */
function cutHost(text: string): string {
  const latin = latinBefore.exec(text)
  return latin ? latin[0] : text
}

const closing: Record<string, string> = { ')': '(', ']': '[' }

/** A full stop, a comma or a closing bracket without its opening one belong to the sentence, not to the link. */
function trimEnd(text: string): string {
  const open = new Map<string, number>()
  for (const character of text) if (`()[]`.includes(character)) open.set(character, (open.get(character) ?? 0) + 1)
  let end = text.length
  for (; end > 0; end--) {
    const last = text[end - 1]!
    const pair = closing[last]
    if (pair !== undefined) {
      const those = open.get(last) ?? 0
      if (those <= (open.get(pair) ?? 0)) break
      open.set(last, those - 1)
    } else if (!`.,;:!?'*`.includes(last)) break
  }
  return text.slice(0, end)
}
