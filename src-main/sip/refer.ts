import type { Dialogs } from './dialogs'
import { readCSeq } from './cseq'
import type { Headers } from './headers'
import type { Incoming } from './incoming'
import { readNameAddress, writeNameAddress } from './name-address'
import { establish } from './new-dialog'
import { Notifier } from './notifier'
import { reasonOf } from './reasons'
import { isToken, malformed } from './text'
import type { Params } from './text'

/** RFC 3515 2.1: who is to be asked, and by what. */
export interface ReferTo {
  /** Without its `method`. `cid:` names the body part that lists several (RFC 5368 3). */
  uri: string
  /** Upper case; INVITE where none is said (RFC 3261 19.1.1). */
  method: string
  /** Parameters of the header. */
  params: Params
}

/** @throws Fault `malformed` */
export function readReferTo(text: string): ReferTo {
  const { uri, params } = readNameAddress(text)
  const [, place = '', method, rest = ''] = /^(sips?:[^?]*?);method=([^;?]*)(.*)$/i.exec(uri) ?? []
  if (method === undefined) return { uri, method: 'INVITE', params }
  if (!isToken(method)) throw malformed('a Refer-To with a broken method')
  return { uri: place + rest, method: method.toUpperCase(), params }
}

export function writeReferTo({ uri, method, params }: { uri: string; method?: string; params?: Iterable<readonly [string, string]> }): string {
  const question = uri.indexOf('?')
  const [place, headers] = question < 0 ? [uri, ''] : [uri.slice(0, question), uri.slice(question)]
  return writeNameAddress({ uri: method === undefined ? uri : `${place};method=${method}${headers}`, ...(params && { params }) })
}

/** RFC 4488 4: whether the REFER's sender wants to be told what comes of it. */
export const wantsNotify = (headers: Headers): boolean => !/^\s*false\b/i.test(headers.get('Refer-Sub') ?? '')

/** How long what a REFER asks for may take, in seconds. */
const patience = 60

/**
 * Takes a REFER on: 202, and to whom did not decline it (RFC 4488) a NOTIFY that it is tried (RFC 3515 2.4.4).
 * @returns tells what came of it, once
 * @throws Fault `malformed`, `cancelled`, `connection-lost`
 */
export function acceptRefer(dialogs: Dialogs, incoming: Incoming, contact: string): (status: number, reason?: string) => void {
  const { headers } = incoming.request
  if (!wantsNotify(headers)) {
    incoming.reply(202, undefined, { headers: [['Refer-Sub', 'false']] })
    return () => {}
  }
  const dialog = establish(dialogs, incoming, 202, { contact })
  // RFC 3515 2.4.6: the number tells one from another in the same dialog.
  const event = { type: 'refer', id: String(readCSeq(headers.get('CSeq')!).number) }
  let said = fragment(100)
  const notifier = new Notifier(dialogs, dialog, event, { state: () => said, ended() {} }, { least: 1, most: patience, usual: patience }, 'active', patience)
  notifier.notifyState()
  return (status, reason) => {
    said = fragment(status, reason)
    notifier.terminate('noresource', { content: said })
  }
}

/** RFC 3515 2.4.5: a status line as a message/sipfrag (RFC 3420). */
const fragment = (status: number, reason = reasonOf(status)) =>
  ({ headers: [['Content-Type', 'message/sipfrag;version=2.0'] as const], body: Buffer.from(`SIP/2.0 ${status} ${reason}\r\n`) })
