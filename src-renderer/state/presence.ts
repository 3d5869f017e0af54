import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { MINUTE } from '../../src-main/base/clock'
import type { PeerView } from '../../src-main/contract/calls'
import { useApp } from './app'
import { useParts } from './parts'

/** How long what OPTIONS told is believed, in ms. */
const FRESH = MINUTE
/** How many are asked at once. */
const AT_ONCE = 4

const usePresenceStore = defineStore('presence', () => {
  const { bridge, clock } = useParts()
  const app = useApp()
  const peers = shallowReactive(new Map<string, PeerView>())
  const askedAt = new Map<string, number>()
  let waiting: string[] = []
  let running = 0

  async function ask(address: string): Promise<void> {
    running++
    try {
      peers.set(address, await bridge.commands.peer(address))
    } catch {
      // Nobody answered: what is shown stays until somebody does.
    }
    running--
    goOn()
  }
  function goOn(): void {
    while (running < AT_ONCE && waiting.length > 0) void ask(waiting.shift()!)
  }

  /** Asks about those who are looked at now; who was scrolled away before their turn is not asked. */
  function look(addresses: readonly string[]): void {
    if (app.link.at !== 'online') return
    const now = clock.now()
    for (const address of waiting) askedAt.delete(address)
    waiting = addresses.filter((address) => now - (askedAt.get(address) ?? -Infinity) >= FRESH)
    for (const address of waiting) askedAt.set(address, now)
    goOn()
  }
  return { peers, look }
})

/** Who is there of those that are on screen: asked when they come into sight, and every minute while the window is in front. */
export function usePresence(seen: MaybeRefOrGetter<readonly string[]>) {
  const { clock, front } = useParts()
  const app = useApp()
  const store = usePresenceStore()
  watch([() => toValue(seen), () => app.link.at], ([addresses]) => store.look(addresses), { immediate: true })
  const timer = clock.every(FRESH, () => void (front.focused.value && store.look(toValue(seen))))
  onScopeDispose(() => timer.cancel())
  return { peerOf: (address: string): PeerView | undefined => store.peers.get(address) }
}
