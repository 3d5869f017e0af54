import type { Flow } from '../../sip/flow'
import type { Incoming } from '../../sip/incoming'
import { splitAll } from '../../sip/text'

type Recorded = [name: 'Record-Route', value: string][]

/**
 * RFC 3261 16.6 step 4, as the proxy that the relay is too: in a dialog a device comes by the way that it took before. COMPAT(linphone): it
 * sends nothing in a dialog by its own proxy, and without this asks DNS for the group's domain.
 */
export function wayOf({ request: { headers } }: Incoming): Recorded {
  const [first] = splitAll(headers.all('Route'))
  return first === undefined ? [] : [['Record-Route', first]]
}

/** The same for a device that has not said its way: over the connection that it registered on. */
export const wayOver = ({ local: { host, port }, transport }: Flow): Recorded =>
  [['Record-Route', `<sip:${host.includes(':') ? `[${host}]` : host}:${port};transport=${transport};lr>`]]
