import type { FaultView } from '../../src-main/contract/faults'
import type { OwnAddress } from '../../src-main/contract/share'

/** A fingerprint as it is compared by eye: sixteen groups of four, capitals. */
export const inGroups = (fingerprint: string): string => (fingerprint.toUpperCase().match(/.{4}/g) ?? []).join(' ')

/** `host:port` as people write it. */
export const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** The address that is offered first: of this network, or else of this computer alone; a public one is a person's own choice. */
export const firstOf = (addresses: readonly OwnAddress[]): string => (addresses.find(({ reach }) => reach === 'near') ?? addresses.find(({ reach }) => reach !== 'public'))?.host ?? ''

/** The key of what stands wrong with a number or name, under `share` and `join`; undefined for another fault. */
export function whoFault({ code, detail }: FaultView): 'known' | 'foreign' | 'badWho' | undefined {
  if (code !== 'bad-argument') return undefined
  return detail?.['field'] === 'known' ? 'known' : detail?.['field'] === 'who' ? 'foreign' : 'badWho'
}
