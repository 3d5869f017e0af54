import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isNearHost } from '../../base/near-host'
import { Fault } from '../../base/faults'

type Heard = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void
/** As `dns.lookup`. */
export type Lookup = (hostname: string, options: LookupOptions, heard: Heard) => void

const isNear = ({ address, family }: LookupAddress): boolean => isNearHost(family === 6 ? `[${address}]` : address)

const near = (host: string): Fault => new Fault('refused', { text: `${host} is in the private network, where this bot may not be reached` })

/**
 * A URL that may be asked. One that names this computer or the private network is refused by its name; what a name resolves to is
 * looked at when the connection is made, by `guarded`.
 * @throws Fault `malformed`, `refused`
 */
export function targetOf(text: string, isPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) throw new Fault('malformed', { text: `${text.slice(0, 200)} is no HTTP address` })
  if (!isPrivate && isNearHost(url.hostname)) throw near(url.hostname)
  return url
}

/** Resolves names, and refuses those of which any address is near: whoever made the name may have made it for that. */
export function guarded(lookup: Lookup = systemLookup as Lookup): Lookup {
  return (hostname, options, heard) => lookup(hostname, options, (error, found, family) => {
    if (error) return heard(error, found, family)
    const all = typeof found === 'string' ? [{ address: found, family: family ?? 4 }] : found
    if (all.some(isNear)) return heard(near(hostname) as unknown as NodeJS.ErrnoException, '', 0)
    heard(null, found, family)
  })
}
