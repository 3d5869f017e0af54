import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { SECOND, type Timer } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import type { FaultView } from '../../src-main/contract/faults'
import type { MemberReceipt } from '../../src-main/contract/group'
import { useParts } from './parts'

/** How soon it is asked again after the journal grew, in ms: receipts of many come one after the other. */
const SOON = SECOND

/** Who has got and read a message of a group, followed while it is on show. */
export function useReceipts(conversation: MaybeRefOrGetter<string | undefined>, id: MaybeRefOrGetter<string | undefined>) {
  const { bridge, clock } = useParts()
  const receipts = shallowRef<readonly MemberReceipt[]>()
  const fault = shallowRef<FaultView>()
  let timer: Timer | undefined
  let round = 0

  async function refresh(): Promise<void> {
    timer?.cancel()
    timer = undefined
    const mine = ++round
    const [where, which] = [toValue(conversation), toValue(id)]
    if (!where || !which) return
    try {
      const next = await bridge.commands.memberReceipts(where, which)
      if (mine !== round) return
      receipts.value = next
      fault.value = undefined
    } catch (thrown) {
      if (mine === round) fault.value = Fault.from(thrown).view()
    }
  }
  watch([() => toValue(conversation), () => toValue(id)], () => {
    receipts.value = undefined
    void refresh()
  }, { immediate: true })
  const off = bridge.notices.on('journalGrew', () => { timer ??= clock.after(SOON, () => void refresh()) })
  onScopeDispose(() => {
    off()
    timer?.cancel()
  })
  return { receipts, fault, refresh }
}
