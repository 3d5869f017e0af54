import type { MsrpEndpoint } from '../../msrp/endpoint'
import type { Flow } from '../../sip/flow'

/** The largest body of a message that comes over MSRP, bytes; CPIM may wrap a little more round it. */
export const maxLarge = 1024 * 1024

/** The largest CPIM, bytes. */
export const maxLargeCpim = maxLarge + 4 * 1024

/** How many large messages may be on their way in, or out, at once. */
export const mostAtOnce = 64

/** Where a relay takes and gives large messages. Devices connect to it, never the other way round. */
export interface LargeLine {
  endpoint: MsrpEndpoint
  secure: boolean
  /** It listens on every address: a device connects to the one by which it reached the relay. */
  isEverywhere: boolean
}

export const hostFor = ({ isEverywhere }: LargeLine, { local }: Flow): string | undefined => (isEverywhere ? local.host : undefined)
