import { onScopeDispose, shallowReactive } from 'vue'
import type { FaultView } from '../../src-main/contract/faults'
import { useApp, useParts } from '../state'

/** Somebody who can be put into a group. */
export interface Person {
  address: string
  name: string
}

/** How long after the last key an address that is being typed is asked about, in ms. */
const TYPING = 400

/** Who can be in a group: asked once about each who comes into sight. */
export function useCandidates() {
  const { clock } = useParts()
  const app = useApp()
  /** Null for those who can. */
  const known = shallowReactive(new Map<string, FaultView | null>())
  const asked = new Set<string>()
  let timer: ReturnType<typeof clock.after> | undefined

  async function ask(addresses: readonly string[]): Promise<void> {
    const fresh = addresses.filter((address) => !asked.has(address))
    if (fresh.length === 0) return
    for (const address of fresh) asked.add(address)
    try {
      for (const { address, fault } of await app.commands.groupCandidates(fresh)) known.set(address, fault ?? null)
    } catch {
      // Who could not be asked can be chosen: the group itself says who was left out.
      for (const address of fresh) asked.delete(address)
    }
  }
  /** About an address that may be typed further. */
  function askSoon(address: string): void {
    timer?.cancel()
    timer = clock.after(TYPING, () => void ask([address]))
  }
  onScopeDispose(() => timer?.cancel())
  return { ask: (addresses: readonly string[]) => void ask(addresses), askSoon, faultOf: (address: string) => known.get(address) ?? undefined }
}
