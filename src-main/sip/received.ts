import type { Flow } from './flow'
import type { Headers } from './headers'
import { readVia } from './via'
import type { TopVia } from './via'
import { writeParams } from './text'

/**
 * RFC 3261 18.2.1 and RFC 3581 4: writes `received` (where the sender's name for itself is another) and `rport` (where
 * it asked) into the topmost Via.
 */
export function markTopVia(headers: Headers, { remote: { host, port } }: Flow, top: TopVia): void {
  if (top.endsWithPort) {
    headers.setFirst('Via', `${top.text}=${port};received=${host}`)
    return
  }
  const via = top.via ?? readVia(top.text)
  const { params } = via
  const wantsPort = params.get('rport') === ''
  if (wantsPort) params.set('rport', String(port))
  if (wantsPort || bare(via.host) !== host) params.set('received', host)
  else params.delete('received')
  // Written only when it has changed: the sender's own spelling is kept otherwise.
  if (!wantsPort && !params.has('received')) return
  headers.setFirst('Via', `SIP/${via.version}/${via.transport} ${top.sentBy}${writeParams(params)}${top.rest}`)
}

const bare = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)
