import type { Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { MsrpEndpoint } from '../../msrp/endpoint'
import type { Way } from '../../msrp/offer-answer'
import type { MsrpMedia } from '../../msrp/sdp'
import type { Flow } from '../../sip/flow'

/** The largest body of a message that comes over MSRP, bytes; CPIM may wrap a little more round it. */
export const maxLarge = 1024 * 1024

/** The largest CPIM, bytes. */
export const maxLargeCpim = maxLarge + 4 * 1024

/** How many large messages may be on their way in, or out, at once. */
export const mostAtOnce = 64

/** Where a relay takes and gives what goes over MSRP. Devices connect to it, never the other way round. */
export interface LargeLine {
  endpoint: MsrpEndpoint
  secure: boolean
  /** It listens on every address: a device connects to the one by which it reached the relay. */
  isEverywhere: boolean
}

/** How a device on this flow comes to the line. */
export const wayTo = ({ endpoint, secure, isEverywhere }: LargeLine, { local }: Flow, clock: Clock): Way =>
  ({ endpoint, secure, role: 'passive', host: isEverywhere ? local.host : undefined, clock })

/** Whoever has an account could else have this relay connect to any place. @throws Fault `not-acceptable` for who does not come to the line */
export function mustCome({ setup, secure }: MsrpMedia, line: LargeLine): void {
  const connects = setup === undefined || setup === 'active' || setup === 'actpass'
  if (connects && secure === line.secure) return
  throw new Fault('not-acceptable', { text: `this relay waits to be connected to, ${line.secure ? 'with' : 'without'} TLS` })
}
