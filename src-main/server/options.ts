import type { Incoming } from '../sip/incoming'
import { readParams, writeParams } from '../sip/text'
import type { Account } from './accounts'

/** What the server itself understands. */
export const allow = 'MESSAGE, OPTIONS, REGISTER'
/** RFC 5366, 5367, 5368, 4488: what a focus is asked with. */
const ofGroups = ['recipient-list-invite', 'recipient-list-subscribe', 'multiple-refer', 'norefersub']
/** Option tags that may be required of the server (RFC 3261 8.2.2.3). */
export const extensions = ['outbound', ...ofGroups]
const own: [string, string][] = [['Allow', allow], ['Accept', '*/*'], ['Accept-Encoding', 'deflate, identity'], ['Supported', ['outbound', 'path', ...ofGroups].join(', ')]]

/** RFC 3261 11: what this server can do. */
export function answerForServer(incoming: Incoming): void {
  incoming.reply(200, 'OK', { headers: own })
}

/** What is between a device and its relay only, and what holds for an account when each of its devices says it. */
const isPrivate = (name: string): boolean => name.startsWith('+g.yanxin.')
const ofAll = '+g.yanxin.album'

/** All that an account's devices can do, each feature once and lists joined (RFC 3840, RCC.07 2.6). */
export function unionOfFeatures(account: Account): string {
  const union = new Map<string, string>()
  const devices = [...account.devices.values()]
  for (const { features } of account.inbox ? [...devices, account.inbox] : devices) {
    for (const [name, value] of readParams(features, 0)) {
      if (isPrivate(name)) continue
      const before = union.get(name)
      union.set(name, before && value ? [...new Set([...before.split(','), ...value.split(',')])].join(',') : value || before || '')
    }
  }
  if (devices.length > 0 && devices.every(({ features }) => features.includes(ofAll))) union.set(ofAll, '')
  return writeParams(union)
}

/** Capabilities of a user: 200 when a device is there, 480 when all are away; what they can do is said either way. */
export function answerForUser(incoming: Incoming, account: Account): void {
  const contact: [string, string] = ['Contact', `<${account.address}>${unionOfFeatures(account)}`]
  if (account.online) incoming.reply(200, 'OK', { headers: [contact, ['Allow', 'MESSAGE, OPTIONS'], ['Accept', '*/*']] })
  else incoming.reply(480, 'Temporarily Unavailable', { headers: account.devices.size ? [contact] : [] })
}
