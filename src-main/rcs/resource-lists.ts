import { Fault } from '../base/faults'
import { escapeXml, readRoot, type XmlElement } from './xml'

export const resourceListsType = 'application/resource-lists+xml'

const namespace = 'urn:ietf:params:xml:ns:resource-lists'
const size = 256 * 1024
const most = 1_000

/**
 * The URIs of a recipient list (RFC 4826, RFC 5366 4), lists inside lists included, each once and in order. Attributes of an entry
 * (RFC 5364 copyControl) are for mail; everybody here sees everybody.
 * @throws Fault `malformed`, `too-large`
 */
export function readResourceLists(input: string | Uint8Array): string[] {
  const root = readRoot(input, 'conference', { name: 'resource-lists', namespace, size })
  const found = new Set<string>()
  const collect = (parent: XmlElement): void => {
    for (const each of parent.children) {
      if (each.name === 'list') collect(each)
      const uri = each.name === 'entry' ? each.attributes.get('uri')?.trim() : undefined
      if (uri) found.add(uri)
      if (found.size > most) throw new Fault('too-large', { text: 'a recipient list is too long', detail: { limit: most } })
    }
  }
  collect(root)
  return [...found]
}

export const writeResourceLists = (uris: Iterable<string>): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n'
  + `<resource-lists xmlns="${namespace}"><list>${[...uris].map((uri) => `<entry uri="${escapeXml(uri)}"/>`).join('')}</list></resource-lists>`
