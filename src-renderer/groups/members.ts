import { computed, watch } from 'vue'
import { useChatWords } from '../chats/words'
import { useApp, useGroup } from '../state'
import { inOrder, type MemberView } from './roster'

/** The members of a group in their order, as they are called here; nobody while they are not known. */
export function useMembers(conversation: () => string) {
  const app = useApp()
  const { roster, nameOf } = useGroup(conversation)
  const { addressWords } = useChatWords()
  return computed<readonly MemberView[]>(() => (
    roster.value ? inOrder(roster.value.members, (address) => nameOf(address) ?? addressWords(address), app.account?.address) : []
  ))
}

/** Puts them in order as soon as nothing else is to do, so that who looks at hundreds need not wait for it. */
export function prepareMembers(conversation: () => string): void {
  const { roster } = useGroup(conversation)
  const members = useMembers(conversation)
  watch(roster, () => void requestIdleCallback(() => void members.value), { immediate: true })
}
