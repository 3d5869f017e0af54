import type { GroupPolicies } from '../contract/group'
import { fromBase64, malformed, toBase64 } from './mime'
import { child, escapeXml, readRoot } from './xml'

export const groupDataType = 'application/vnd.oma.cpm-groupdata+xml'

const namespace = 'urn:oma:xml:cpm:groupdata'
/** Characters; a picture of 16 KB in base64 has 22,000. */
const size = 65_536

const targets = ['subject', 'description', 'icon', 'policy', 'code'] as const

/** One thing of a group that a member wants to be another (OMA CPM group data management). '' takes it away. */
export interface GroupData {
  target: (typeof targets)[number]
  /** A text; of an icon see `writeIcon`, of policies `writePolicies`; of a code nothing, the focus makes it. */
  data: string
  action: 'set' | 'delete'
}

/** @throws Fault `malformed`, `too-large` */
export function readGroupData(input: string | Uint8Array): GroupData {
  const root = readRoot(input, 'conference', { name: 'groupdata', namespace, size })
  const said = child(root, 'target-type')?.text.trim()
  const target = targets.find((each) => each === said)
  if (!target) throw malformed('conference', 'an unknown target-type')
  const action = child(root, 'action-type')?.text.trim()
  if (action !== 'set' && action !== 'delete') throw malformed('conference', 'an unknown action-type')
  return { target, action, data: action === 'delete' ? '' : child(root, 'data')?.text ?? '' }
}

export const writeGroupData = ({ target, action, data }: GroupData): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n'
  + `<groupdata xmlns="${namespace}"><target-type>${target}</target-type><action-type>${action}</action-type>`
  + (action === 'delete' ? '' : `<data>${escapeXml(data)}</data>`) + '</groupdata>'

/** As the data of target `policy`: `post=admins;add=all;history=shared`. */
export const writePolicies = ({ post, add, history }: GroupPolicies): string => `post=${post};add=${add};history=${history}`

/** What is not said is open to all, and history hidden. */
export function readPolicies(data: string): GroupPolicies {
  const said = new Set(data.split(';').map((each) => each.trim().toLowerCase()))
  return {
    post: said.has('post=admins') ? 'admins' : 'all',
    add: said.has('add=admins') ? 'admins' : 'all',
    history: said.has('history=shared') ? 'shared' : 'hidden',
  }
}

/** As the data of target `icon`: `image/png;BASE64`. */
export const writeIcon = ({ contentType, body }: { contentType: string; body: Uint8Array }): string =>
  `${contentType};${toBase64(body)}`

/** @throws Fault `malformed` */
export function readIcon(data: string): { contentType: string; body: Uint8Array } {
  const [, contentType, base64] = /^([^;]*);([^;]+)$/.exec(data) ?? []
  if (contentType === undefined || base64 === undefined) throw malformed('conference', 'an icon is its type and base64')
  return { contentType: contentType.trim().toLowerCase(), body: fromBase64(base64, 'conference') }
}
