import { vi } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Dialogs } from '../../src-main/sip/dialogs'
import type { DialogsOptions } from '../../src-main/sip/dialogs'
import { Endpoint } from '../../src-main/sip/endpoint'
import type { EndpointOptions } from '../../src-main/sip/endpoint'
import type { Flow } from '../../src-main/sip/flow'
import type { Incoming } from '../../src-main/sip/incoming'
import type { SessionEnd, SessionUser } from '../../src-main/sip/invite-session'
import type { SipMessage, SipRequest, SipResponse } from '../../src-main/sip/message'
import { pairFlows } from '../../src-main/sip/pair'
import { HandClock } from '../fakes/clock'

export interface Side {
  endpoint: Endpoint
  dialogs: Dialogs
  flow: Flow
}

/** Mei and the focus of a group at the two ends of a connection, with what each has heard of the other. */
export function talk(options: { mei?: Partial<DialogsOptions>; focus?: Partial<DialogsOptions & EndpointOptions> } = {}) {
  const clock = new HandClock()
  const wire: string[] = []
  const heard: { mei: SipMessage[]; focus: SipMessage[] } = { mei: [], focus: [] }
  const side = (flow: Flow, more: Partial<DialogsOptions & EndpointOptions> = {}): Side => {
    const endpoint = new Endpoint({ clock, ids: randomIds, log: silentLog, userAgent: 'Yanxin/test', ...more })
    return { endpoint, dialogs: new Dialogs({ endpoint, clock, ids: randomIds, log: silentLog, random: () => 0.5, ...more }), flow }
  }
  const listen = (ends: [Flow, Flow]): void => {
    ends[0].events.on('message', (message) => {
      wire.push(`focus: ${named(message)}`)
      heard.mei.push(message)
    })
    ends[1].events.on('message', (message) => {
      wire.push(`mei: ${named(message)}`)
      heard.focus.push(message)
    })
  }
  const ends = pairFlows({ clock })
  listen(ends)
  const mei = side(ends[0], options.mei)
  const focus = side(ends[1], options.focus)
  mei.endpoint.attach(ends[0])
  focus.endpoint.attach(ends[1])
  /** Mei comes by another connection. */
  const again = (): [Flow, Flow] => {
    const more = pairFlows({ clock })
    listen(more)
    mei.endpoint.attach(more[0])
    focus.endpoint.attach(more[1])
    return more
  }
  const requests = (of: 'mei' | 'focus', method: string): SipRequest[] =>
    heard[of === 'mei' ? 'focus' : 'mei'].flatMap((message) => (message.kind === 'request' && message.method === method ? [message] : []))
  return { clock, wire, heard, mei, focus, again, requests }
}

const named = (message: SipMessage): string =>
  message.kind === 'request' ? message.method : `${message.status} ${message.headers.get('CSeq')!.split(' ')[1]}`

/** Who remembers what became of a session. */
export function user(answer: (incoming: Incoming) => void = ({ reply }) => reply(200)) {
  const ends: SessionEnd[] = []
  const seen: SipRequest[] = []
  const lost = vi.fn()
  const is: SessionUser = {
    request(incoming) {
      seen.push(incoming.request)
      answer(incoming)
    },
    ended: (end) => void ends.push(end),
    flowLost: lost,
  }
  return { is, ends, seen, lost }
}

/** Turns of the event loop until `holds`: messages need a few. */
export async function until(holds: () => boolean, what = holds.toString()): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    if (holds()) return
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  throw new Error(`it never came to that: ${what}`)
}

/** An answer to a request as another might send it. */
export function answerTo({ headers }: SipMessage, status: number, more: Record<string, string> = {}, tag = 'theirs'): SipResponse {
  const own = headers.clone()
  for (const name of ['Contact', 'Max-Forwards', 'User-Agent', 'Route', 'Event', 'Expires', 'Authorization']) own.remove(name)
  if (status > 100 && !own.get('To')!.includes(';tag=')) own.set('To', `${own.get('To')};tag=${tag}`)
  for (const [name, value] of Object.entries(more)) own.add(name, value)
  return { kind: 'response', status, reason: '', headers: own, body: Buffer.alloc(0) }
}
