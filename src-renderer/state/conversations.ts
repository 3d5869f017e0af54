import { defineStore, storeToRefs } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { isReadOnly } from '../../src-main/contract/kept-address'
import type { Conversation } from '../../src-main/contract/message'
import { useApp } from './app'
import { isMuted } from './mute'
import { useNow } from './now'
import { useProjection } from './projection'

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

// A row that did not change is the same object, and every key asks all of them.
const folded = new WeakMap<Conversation, { name: string; address: string; who: string }>()
function foldedOf(conversation: Conversation) {
  let found = folded.get(conversation)
  if (!found) {
    const address = fold(conversation.id.replace(/^[a-z]+:/iu, ''))
    folded.set(conversation, (found = { name: fold(conversation.name ?? ''), address, who: address.split('@', 1)[0]! }))
  }
  return found
}

/**
 * Does the conversation match what was typed above the list: part of its name or of whom the address names, in any case. Where
 * that is counts only for somebody who types an `@`: else a letter of their own domain would find everybody.
 */
export function matches(conversation: Conversation, filter: string): boolean {
  const wanted = fold(filter).trim()
  if (!wanted) return true
  const { name, address, who } = foldedOf(conversation)
  return name.includes(wanted) || (wanted.includes('@') ? address : who).includes(wanted)
}

const useConversationStore = defineStore('conversations', () => {
  const projection = useProjection()
  const everybody = shallowRef<readonly Conversation[]>([])
  const ready = ref(false)
  const filter = ref('')
  // What was only sent to many is found, and fills no list.
  const all = computed(() => (everybody.value.some(({ isQuiet }) => isQuiet) ? everybody.value.filter(({ isQuiet }) => !isQuiet) : everybody.value))
  const table = computed(() => new Map(everybody.value.map((one) => [one.id, one])))
  const list = computed(() => (filter.value.trim() ? everybody.value.filter((one) => matches(one, filter.value)) : all.value))
  const app = useApp()
  /** Other people, as far as one can write to them: whom to put into a group, to send to, to give a card of. */
  const people = computed(() => all.value.filter(({ id, isChatbot, group }) => !isChatbot && !group && !isReadOnly(id) && id !== app.account?.address))
  const now = useNow()
  // A muted one asks for nobody, unless somebody was named in it.
  const unread = computed(() => all.value.reduce((sum, one) => sum + (isMuted(one, now.value) && one.mention === undefined ? 0 : one.unread), 0))

  watch(() => projection.reader, (reader, _, onCleanup) => {
    everybody.value = []
    ready.value = false
    if (!reader) return
    onCleanup(reader.conversations((next) => {
      everybody.value = next
      ready.value = true
    }))
  }, { immediate: true, flush: 'sync' })

  return { all, list, people, ready, unread, filter, table }
})

/** The conversations of the account, newest first, live. */
export function useConversations() {
  const { all, list, people, ready, unread, filter, table } = storeToRefs(useConversationStore())
  return { all, list, people, ready, unread, filter, byId: (id: string | undefined) => (id ? table.value.get(id) : undefined) }
}
