import { ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { Fault } from '../../src-main/base/faults'
import type { FaultView } from '../../src-main/contract/faults'
import type { Hop } from '../../src-main/contract/message'
import { useParts } from './parts'

/**
 * The hops of one message, asked again when `state` changes, for which the message's status does well.
 */
export function useJourney(
  conversation: MaybeRefOrGetter<string | undefined>, id: MaybeRefOrGetter<string | undefined>, state?: MaybeRefOrGetter<unknown>,
) {
  const { bridge } = useParts()
  const hops = shallowRef<readonly Hop[]>([])
  const busy = ref(false)
  const fault = shallowRef<FaultView>()
  let round = 0

  async function refresh(): Promise<void> {
    const mine = ++round
    const [where, which] = [toValue(conversation), toValue(id)]
    if (!where || !which) return
    busy.value = true
    try {
      const next = await bridge.commands.journey(where, which)
      if (mine !== round) return
      hops.value = next
      fault.value = undefined
    } catch (thrown) {
      if (mine === round) fault.value = Fault.from(thrown).view()
    } finally {
      if (mine === round) busy.value = false
    }
  }

  watch([() => toValue(conversation), () => toValue(id), () => toValue(state)], ([where, which], [lastWhere, lastWhich]) => {
    if (where !== lastWhere || which !== lastWhich) hops.value = []
    void refresh()
  }, { immediate: true })
  return { hops, busy, fault, refresh }
}
