import type { GroupPolicies } from '../contract/group'
import { malformed } from './mime'
import { child, escapeXml, readXml } from './xml'

export const groupDataType = 'application/vnd.oma.cpm-groupdata+xml'

const namespace = 'urn:oma:xml:cpm:groupdata'
/** Characters; a picture of 16 KB in base64 has 22,000. */
const size = 65_536

const targets = ['subject', 'description', 'icon', 'policy', 'code'] as const

/** One thing of a group that a member wants to be another (OMA CPM group data management). '' takes it away. */
export interface GroupData {
  target: (typeof targets)[number]
  /** A text; of an icon `type;base64`; of policies see `writePolicies`; of a code nothing, the focus makes it. */
  data: string
  action: 'set' | 'delete'
}

/** @throws Fault `malformed`, `too-large` */
export function readGroupData(input: string | Uint8Array): GroupData {
  const root = readXml(input, { size })
  if (root.name !== 'groupdata' || (root.namespace !== namespace && root.namespace !== '')) throw malformed('conference', 'no groupdata')
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
