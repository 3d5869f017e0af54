import { Fault } from '../base/faults'
import type { Ids } from '../base/ids'
import type { Dialog } from './dialog'
import { recordedRoutes, stateOfRequest } from './dialog'
import type { Dialogs } from './dialogs'
import type { OutgoingRequest } from './endpoint'
import { Headers } from './headers'
import type { HeaderList, Incoming } from './incoming'
import { contactOf } from './name-address'

/** A request of ours that is to make a dialog. */
export interface NewDialogRequest {
  /** The Request-URI. */
  uri: string
  /** Values of From and To without tags: `"Mei" <sip:mei@lab.test>`. */
  from: string
  to: string
  /** Our Contact with its parameters: `<sip:conf-1@lab.test>;isfocus`. */
  contact: string
  headers?: HeaderList
  body?: Uint8Array
  /** Values of Route, the nearest first. */
  routes?: readonly string[]
  callId?: string
}

/** Makes the request, each time with the next number (RFC 3261 8.1.1). */
export interface Opening {
  readonly callId: string
  readonly tag: string
  make(method: string, more?: HeaderList): OutgoingRequest
}

export function opening(request: NewDialogRequest, ids: Ids): Opening {
  const { uri, from, to, contact, body, callId = ids.token() } = request
  const tag = ids.token(10)
  let cseq = 0
  return {
    callId, tag,
    make(method, more = []) {
      const headers = new Headers()
      for (const route of request.routes ?? []) headers.add('Route', route)
      headers.add('From', `${from};tag=${tag}`).add('To', to).add('Call-ID', callId).add('CSeq', `${++cseq} ${method}`).add('Contact', contact)
      for (const [name, value] of more) headers.add(name, value)
      for (const [name, value] of request.headers ?? []) headers.add(name, value)
      return { method, uri, headers, ...(body && { body }) }
    },
  }
}

export interface DialogAnswer {
  /** Our Contact with its parameters. */
  contact: string
  headers?: HeaderList | undefined
  body?: Uint8Array | undefined
}

/**
 * Answers a request so that it makes a dialog (RFC 3261 12.1.1), or begins another usage of the one that it stands in.
 * @throws Fault `malformed` when nothing was answered yet, `cancelled` when it was answered already, `connection-lost`
 */
export function establish(dialogs: Dialogs, incoming: Incoming, status: 200 | 202, { contact, headers = [], body }: DialogAnswer): Dialog {
  const { request } = incoming
  if (incoming.answered) throw new Fault('cancelled', { text: `the ${request.method} was answered before` })
  contactOf(request.headers)
  recordedRoutes(request.headers)
  const recorded = request.headers.all('Record-Route').map((value) => ['Record-Route', value] as const)
  incoming.reply(status, undefined, { headers: [...recorded, ['Contact', contact], ...headers], ...(body && { body }) })
  if (!incoming.answer) throw new Fault('connection-lost', { text: 'the flow is closed' })
  const known = dialogs.find(request)
  if (known) {
    known.refresh(request.headers)
    return known
  }
  return dialogs.add(incoming.flow, stateOfRequest(request, incoming.answer.headers.get('To')!, contact))
}
