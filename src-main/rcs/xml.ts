import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Fault } from '../base/faults'
import { decodeUtf8, malformed, type BodyPart } from './mime'

/** An element with its namespace worked out; comments and processing instructions are left out. */
export interface XmlElement {
  /** Without its prefix. */
  name: string
  /** Empty when it has none. */
  namespace: string
  /** By name as written; namespace declarations included. */
  attributes: ReadonlyMap<string, string>
  children: readonly XmlElement[]
  /** The element's own text, in one piece. */
  text: string
}

export interface XmlLimits {
  /** Characters. @default 65_536 */
  size?: number
  /** Elements inside each other. @default 16 */
  depth?: number
}

type Node = Record<string, unknown>

const attributesKey = ':@'
const textKey = '#text'
const cdataKey = '#cdata'
const deepest = 64

const parser = new XMLParser({
  preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', processEntities: false, trimValues: false,
  parseTagValue: false, parseAttributeValue: false, cdataPropName: cdataKey, ignoreDeclaration: true,
  ignorePiTags: true, maxNestedTags: deepest,
})

/**
 * The one door to XML. The library expands entities and takes cut input by itself, so a DOCTYPE is refused before it
 * sees the text, the text is validated first, and entities are ours: the five of XML 4.6 and numbers, nothing else.
 * @throws Fault `malformed`, or `too-large` beyond `size`
 */
export function readXml(input: string | Uint8Array, { size = 65_536, depth = 16 }: XmlLimits = {}): XmlElement {
  if (input.length > size * (typeof input === 'string' ? 1 : 4)) throw tooLarge(size)
  const text = (typeof input === 'string' ? input : decodeUtf8(input, 'xml')).replace(/^\uFEFF/, '').trim()
  if (text.length > size) throw tooLarge(size)
  if (!text.startsWith('<') || !text.endsWith('>')) throw malformed('xml', 'text around the root element')
  if (text.search(foreign) >= 0) throw malformed('xml', 'a character that XML does not have')
  refuseDoctype(text)
  let nodes: Node[]
  try {
    const verdict = XMLValidator.validate(text)
    if (verdict !== true) throw malformed('xml', verdict.err.msg)
    nodes = parser.parse(text) as Node[]
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw malformed('xml', 'not well-formed', thrown)
  }
  const roots = nodes.filter((node) => !(textKey in node))
  if (roots.length !== 1) throw malformed('xml', 'not one root element')
  return element(roots[0]!, new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]), Math.min(depth, deepest))
}

/**
 * A document of one vocabulary. Some senders leave the namespace out.
 * @throws Fault `malformed` where the root is another, and as `readXml`
 */
export function readRoot(input: string | Uint8Array, part: BodyPart, { name, namespace, ...limits }: XmlLimits & { name: string; namespace: string }): XmlElement {
  const root = readXml(input, limits)
  if (root.name !== name || (root.namespace !== namespace && root.namespace !== '')) throw malformed(part, 'another root')
  return root
}

const tooLarge = (limit: number) => new Fault('too-large', { text: 'XML is too large', detail: { limit } })

/** After `<!` only a comment or CDATA may come: DOCTYPE, ENTITY and the rest never reach the parser. */
function refuseDoctype(text: string): void {
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', at + 2)) {
    if (!text.startsWith('--', at + 2) && !text.startsWith('[CDATA[', at + 2)) throw malformed('xml', 'a DOCTYPE')
  }
}

function element(node: Node, above: ReadonlyMap<string, string>, depth: number): XmlElement {
  if (depth <= 0) throw malformed('xml', 'nested too deep')
  const tag = Object.keys(node).find((key) => key !== attributesKey)
  if (tag === undefined) throw malformed('xml', 'an element without a name')
  const attributes = new Map<string, string>()
  let namespaces = above
  for (const [name, value] of Object.entries((node[attributesKey] ?? {}) as Record<string, unknown>)) {
    const decoded = decodeEntities(String(value))
    attributes.set(name, decoded)
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
    if (namespaces === above) namespaces = new Map(above)
    ;(namespaces as Map<string, string>).set(name.slice(6), decoded)
  }
  const [prefix, name] = split(tag)
  const namespace = namespaces.get(prefix)
  if (namespace === undefined && prefix !== '') throw malformed('xml', `the prefix ${prefix} is not declared`)
  let text = ''
  const children: XmlElement[] = []
  for (const child of node[tag] as Node[]) {
    if (textKey in child) text += decodeEntities(String(child[textKey]))
    else if (cdataKey in child) text += plainText(child[cdataKey] as Node[])
    else children.push(element(child, namespaces, depth - 1))
  }
  return { name, namespace: namespace ?? '', attributes, children, text }
}

const plainText = (pieces: readonly Node[]) => pieces.map((piece) => String(piece[textKey] ?? '')).join('')

function split(tag: string): [prefix: string, name: string] {
  const colon = tag.indexOf(':')
  return colon < 0 ? ['', tag] : [tag.slice(0, colon), tag.slice(colon + 1)]
}

const five: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&/g, (_, decimal, hex, name) => {
    if (name) return five[name as string]!
    const code = decimal ? Number(decimal) : hex ? parseInt(hex as string, 16) : -1
    if (!isChar(code)) throw malformed('xml', 'an unknown entity')
    return String.fromCodePoint(code)
  })
}

/** XML 1.0 2.2. */
const isChar = (code: number) => code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xD7FF)
  || (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF)

/** The first child of that name. */
export const child = (parent: XmlElement | undefined, name: string): XmlElement | undefined =>
  parent?.children.find((candidate) => candidate.name === name)

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
// What XML 1.0 2.2 leaves out.
const foreign = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/** For text and attributes. What XML cannot carry becomes U+FFFD, so that a strange id never stops a receipt. */
export const escapeXml = (text: string): string =>
  text.toWellFormed().replace(foreign, '\uFFFD').replace(/[&<>"']/g, (one) => escapes[one]!)
