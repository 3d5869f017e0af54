import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { SECOND } from '../../src-main/base/clock'
import type { Join, NearbyRelay, RelayLook, ShareView, ShareWish } from '../../src-main/contract/share'
import { useApp } from './app'
import { useParts } from './parts'

/** The relay that this computer shares: what stands, and what can be done with it. What is asked for rejects with a fault. */
export function useShare() {
  const { bridge } = useParts()
  const app = useApp()
  const view = shallowRef<ShareView>()
  const { commands } = bridge
  const take = (next: ShareView): void => void (view.value = next)
  onScopeDispose(bridge.notices.on('shareChanged', take))
  void app.attempt(commands.share().then(take))

  return {
    view,
    isOn: computed(() => view.value !== undefined && view.value.at !== 'off'),
    turnOn: async (wish: ShareWish) => take(await commands.shareOn(wish)),
    turnOff: async () => take(await commands.shareOff()),
    add: (who: string) => commands.shareAdd(who),
    renew: (address: string) => commands.shareRenew(address),
    remove: (address: string) => commands.shareRemove(address),
    /** Shares it and signs in to it here, or does neither. */
    host: async (wish: ShareWish, who: string) => void app.take(await commands.shareOwn(who, wish)),
  }
}

/** How often is asked what has been heard meanwhile, ms. */
const ASK = 1.5 * SECOND
/** After so long without anybody it is said that nobody was found, ms. */
const PATIENCE = 5 * SECOND

/** The relays of this network, for as long as somebody looks. */
export function useNearby() {
  const { bridge, clock } = useParts()
  const relays = shallowRef<readonly NearbyRelay[]>([])
  const isEarly = ref(true)
  const ask = async (): Promise<void> => {
    // A line that is lost says so itself.
    relays.value = await bridge.commands.nearby().catch(() => relays.value)
  }
  const asking = clock.every(ASK, () => void ask())
  const patience = clock.after(PATIENCE, () => void (isEarly.value = false))
  onScopeDispose(() => [asking, patience].forEach((timer) => timer.cancel()))
  void ask()
  return { relays, isEarly }
}

/** Joining a relay that a colleague shares. What is asked for rejects with a fault. */
export function useJoin() {
  const { bridge } = useParts()
  const app = useApp()
  return {
    look: (at: string): Promise<RelayLook> => bridge.commands.lookAtRelay(at),
    join: async (details: Join): Promise<void> => void app.take(await bridge.commands.join(details)),
  }
}
