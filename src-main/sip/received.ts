import type { Flow } from './flow'
import type { Headers } from './headers'
import { magicCookie, splitTopVia } from './via'
import type { Via } from './via'
import { writeParams } from './text'

/** What the topmost Via of a request says, after it has been marked with where the request really came from. */
export interface TopVia {
  via: Via
  /** `''` where there is none that counts (RFC 4475 3.2.1: the magic cookie alone is none). */
  branch: string
}

/**
 * RFC 3261 18.2.1 and RFC 3581 4: writes `received` (where the sender's name for itself is another) and `rport` (where
 * it asked) into the topmost Via.
 */
export function markTopVia(headers: Headers, flow: Flow, via: Via): TopVia {
  const { params } = via
  const wantsPort = params.get('rport') === ''
  if (wantsPort) params.set('rport', String(flow.remote.port))
  if (wantsPort || bare(via.host) !== flow.remote.host) params.set('received', flow.remote.host)
  else params.delete('received')
  // Written only when it has changed: the sender's own spelling is kept otherwise.
  if (wantsPort || params.has('received')) {
    const { rest } = splitTopVia(headers.get('Via')!)
    const port = via.port === undefined ? '' : `:${via.port}`
    headers.setFirst('Via', `SIP/${via.version}/${via.transport} ${via.host}${port}${writeParams(params)}${rest}`)
  }
  const branch = params.get('branch') ?? ''
  return { via, branch: branch.startsWith(magicCookie) && branch.length > magicCookie.length ? branch : '' }
}

const bare = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)
