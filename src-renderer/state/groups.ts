import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { Fault } from '../../src-main/base/faults'
import type { FaultView } from '../../src-main/contract/faults'
import type { GroupMember, GroupView } from '../../src-main/contract/group'
import { useApp } from './app'
import { useConversations } from './conversations'
import { useParts } from './parts'

/** A group and who is in it, as this window knows it. */
export interface Roster {
  group: GroupView
  members: readonly GroupMember[]
  table: ReadonlyMap<string, GroupMember>
}

/** The rosters that are on show, each asked for once and again when it is another. */
const useRosters = defineStore('rosters', () => {
  const { bridge } = useParts()
  const app = useApp()
  const rosters = shallowReactive(new Map<string, Roster>())
  const faults = shallowReactive(new Map<string, FaultView>())
  const users = new Map<string, number>()
  const asking = new Set<string>()
  const stale = new Set<string>()

  async function load(conversation: string): Promise<void> {
    stale.add(conversation)
    if (asking.has(conversation)) return
    asking.add(conversation)
    while (stale.delete(conversation)) {
      try {
        const { group, members } = await bridge.commands.group(conversation)
        rosters.set(conversation, { group, members, table: new Map(members.map((member) => [member.address, member])) })
        faults.delete(conversation)
      } catch (thrown) {
        faults.set(conversation, Fault.from(thrown).view())
      }
    }
    asking.delete(conversation)
  }

  /** Keeps a roster fresh until the returned function is called. */
  function use(conversation: string): () => void {
    users.set(conversation, (users.get(conversation) ?? 0) + 1)
    if (!rosters.has(conversation) && !asking.has(conversation)) void load(conversation)
    return () => {
      const left = (users.get(conversation) ?? 1) - 1
      if (left > 0) users.set(conversation, left)
      else users.delete(conversation)
    }
  }

  const unhear = [
    bridge.notices.on('groupChanged', (conversation) => {
      if (users.has(conversation)) void load(conversation)
      else rosters.delete(conversation)
    }),
    // What changed while main could not be reached was not told.
    bridge.events.on('connection', ({ at }) => {
      if (at !== 'open') return
      for (const conversation of rosters.keys()) if (!users.has(conversation)) rosters.delete(conversation)
      for (const conversation of users.keys()) void load(conversation)
    }),
  ]
  watch(() => app.account?.journal, () => {
    rosters.clear()
    faults.clear()
  }, { flush: 'sync' })
  onScopeDispose(() => unhear.forEach((off) => off()))
  return { rosters, faults, use, load }
})

/** The group of a conversation, followed live; nothing where the conversation is none. */
export function useGroup(conversation: MaybeRefOrGetter<string | undefined>) {
  const store = useRosters()
  const { byId } = useConversations()
  const id = computed(() => {
    const asked = toValue(conversation)
    return byId(asked)?.group ? asked : undefined
  })
  watch(id, (next, _, onCleanup) => {
    if (next) onCleanup(store.use(next))
  }, { immediate: true, flush: 'sync' })

  const roster = computed(() => (id.value ? store.rosters.get(id.value) : undefined))
  return {
    roster,
    /** Why it is not known. */
    fault: computed(() => (id.value && !roster.value ? store.faults.get(id.value) : undefined)),
    refresh: async () => { if (id.value) await store.load(id.value) },
    /** What somebody calls themselves, where that is known. */
    nameOf: (address: string): string | undefined => byId(address)?.name?.trim() || roster.value?.table.get(address)?.name?.trim() || undefined,
  }
}
