import { nextTick, onBeforeUnmount, onMounted, type Ref } from 'vue'
import { useConversations } from '../state'
import { keyAction, type KeyAction } from '../ui/keys'
import { goTo, type Place } from '../ui/place'
import { isMac } from '../ui/platform'

/** The window's keyboard map, at work while the shell stands. */
export function useKeys(place: Place, isNarrow: Readonly<Ref<boolean>>): void {
  const { all } = useConversations()

  const step = (by: 1 | -1) => {
    const at = all.value.findIndex(({ id }) => id === place.conversation)
    const next = all.value[at < 0 ? (by > 0 ? 0 : all.value.length - 1) : at + by]
    if (next) goTo(place, next.id)
  }
  const actions: Record<KeyAction, () => void> = {
    new: () => (place.dialog = 'new'),
    next: () => step(1),
    previous: () => step(-1),
    settings: () => (place.view = 'settings'),
    'cheat-sheet': () => (place.dialog = 'keys'),
    'search-here'() {
      if (place.view === 'chats' && place.conversation) place.panel = { kind: 'search' }
      else actions['search-all']()
    },
    'search-all'() {
      place.view = 'chats'
      if (isNarrow.value) place.conversation = undefined
      void nextTick(() => place.wantsSearch++)
    },
    escape() {
      if (place.view === 'many' && place.many) place.many = undefined
      else if (place.view !== 'chats') place.view = 'chats'
      else if (place.panel) place.panel = undefined
      place.wantsComposer++
    },
  }

  function press(event: KeyboardEvent) {
    const target = event.target as HTMLElement
    const isWriting = target.matches('input, textarea, select, [contenteditable]')
    const action = keyAction(event, { isMac, isWriting })
    if (action === undefined || event.defaultPrevented) return
    // What lies over the window has the keyboard; its own Escape closes it.
    if (place.dialog || document.querySelector('[role="dialog"], [role="menu"]')) {
      if (action !== 'escape') event.preventDefault()
      return
    }
    event.preventDefault()
    actions[action]()
  }
  onMounted(() => window.addEventListener('keydown', press))
  onBeforeUnmount(() => window.removeEventListener('keydown', press))
}
