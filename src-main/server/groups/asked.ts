import { Fault } from '../../base/faults'
import { inflateBounded } from '../../rcs/deflate'
import { cpimType, readCpim } from '../../rcs/cpim'
import { groupDataType, readGroupData, readIcon, readPolicies } from '../../rcs/group-data'
import { readMultipart } from '../../rcs/multipart'
import { headerValue } from '../../rcs/mime'
import { readResourceLists, resourceListsType } from '../../rcs/resource-lists'
import { readMediaType } from '../../sip/media-type'
import type { SipRequest } from '../../sip/message'
import { readReferTo } from '../../sip/refer'
import { addressOfRecord } from '../../sip/uri'
import type { Domain } from '../domain'
import type { Asked } from './rules'

/** Of a CPIM, bytes. */
const longestHead = 4 * 1024

const malformed = (text: string): Fault => new Fault('malformed', { text })

/** A URI as the address of an account. @throws Fault `malformed` */
const member = (uri: string, domain: Domain): string => domain.local(addressOfRecord(uri))

/**
 * Whom a recipient list in the body names (RFC 5366 4, RFC 5368 3); nothing when there is none.
 * @throws Fault `malformed`, `too-large`
 */
export function recipientsIn(request: SipRequest, domain: Domain): string[] {
  const list = bodyOf(request, resourceListsType)
  return list ? readResourceLists(list).map((uri) => member(uri, domain)) : []
}

/**
 * The body, or the part of it, that has this type; it may be deflated as a whole.
 * @throws Fault `malformed`, `too-large`, `bad-encoding`
 */
export function bodyOf({ headers, body: sent }: SipRequest, wanted: string): Uint8Array | undefined {
  const contentType = headers.get('Content-Type')
  if (contentType === undefined || sent.length === 0) return undefined
  const { type, params } = readMediaType(contentType)
  if (type !== wanted && !type.startsWith('multipart/')) return undefined
  const body = headers.get('Content-Encoding')?.trim().toLowerCase() === 'deflate' ? inflateBounded(sent) : sent
  if (type === wanted) return body
  return readMultipart(body, params.get('boundary'), { parts: 8 })
    .find(({ headers: own }) => readMediaType(headerValue(own, 'content-type') ?? 'text/plain').type === wanted)?.body
}

/**
 * The group data in a MESSAGE, bare or in CPIM as it comes over a session (rcs.md 1.8).
 * @throws Fault `malformed`, `too-large`
 */
export function groupDataIn(request: SipRequest): Uint8Array | undefined {
  const bare = bodyOf(request, groupDataType)
  if (bare) return bare
  const wrapped = bodyOf(request, cpimType)
  // Nearly everything is another thing, and need not be read for that.
  if (!wrapped || !Buffer.from(wrapped.buffer, wrapped.byteOffset, Math.min(wrapped.length, longestHead)).includes(groupDataType)) return undefined
  const { contentType, body } = readCpim(wrapped)
  return readMediaType(contentType).type === groupDataType ? body : undefined
}

/**
 * What a REFER wants of the group (RFC 4579 5.5 to 5.11): one or several in with INVITE, one out with BYE, an admin with `admin`, and the
 * end of the group with BYE for its own address.
 * @throws Fault `malformed`
 */
export function readRefer(request: SipRequest, group: string, domain: Domain): Asked {
  const said = request.headers.get('Refer-To')
  if (said === undefined) throw malformed('a REFER without Refer-To')
  const { uri, method, params } = readReferTo(said)
  if (/^cid:/i.test(uri)) {
    const of = recipientsIn(request, domain)
    if (!of.length) throw malformed('a list of nobody')
    return { do: 'invite', of }
  }
  const of = member(uri, domain)
  const admin = params.get('admin')
  if (admin === '1' || admin === '0') return { do: 'role', of, role: admin === '1' ? 'admin' : 'member' }
  if (method === 'INVITE') return { do: 'invite', of: [of] }
  if (method !== 'BYE') throw malformed(`a REFER with ${method.slice(0, 20)}`)
  return of === group ? { do: 'dissolve' } : { do: 'remove', of }
}

/**
 * What group data wants to be another.
 * @param mint makes a new code
 * @throws Fault `malformed`, `too-large`
 */
export function readSet(body: Uint8Array, mint: () => string): Asked {
  const { target, action, data } = readGroupData(body)
  switch (target) {
    case 'subject': return { do: 'set', subject: data }
    case 'description': return { do: 'set', description: data }
    case 'policy': return { do: 'set', policies: readPolicies(data) }
    case 'code': return { do: 'set', code: action === 'delete' ? null : mint() }
    case 'icon': return { do: 'set', icon: action === 'delete' ? null : readIcon(data) }
  }
}
