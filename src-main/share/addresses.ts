import { networkInterfaces } from 'node:os'
import { isNearHost } from '../base/near-host'
import type { OwnAddress } from '../contract/share'

/** The addresses on which this computer can be reached: those of its own networks first, what only it can reach itself last. */
export function listenableAddresses(interfaces = networkInterfaces()): OwnAddress[] {
  const order = { near: 0, public: 1, 'this-computer': 2 }
  return Object.entries(interfaces)
    .flatMap(([network, addresses]) => (addresses ?? []).flatMap((each): OwnAddress[] => {
      // A link-local address of IPv6 means nothing without the name of an interface, which is another one elsewhere.
      if (/^fe[89ab]/i.test(each.address)) return []
      if (each.internal) return each.address === '127.0.0.1' ? [{ host: each.address, network, reach: 'this-computer' }] : []
      return [{ host: each.address, network, reach: isNearHost(each.family === 'IPv6' ? `[${each.address}]` : each.address) ? 'near' : 'public' }]
    }))
    .sort((a, b) => order[a.reach] - order[b.reach] || Number(a.host.includes(':')) - Number(b.host.includes(':')))
}
