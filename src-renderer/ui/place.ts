import { inject, provide, reactive, type InjectionKey } from 'vue'

/** What the fourth column shows. */
export type Panel = { kind: 'journey'; id: string; at: number } | { kind: 'search' } | { kind: 'peer' }

/** Where the person is in the window. */
export interface Place {
  view: 'chats' | 'many' | 'settings'
  conversation?: string | undefined
  panel?: Panel | undefined
  /** What of sending to many is open: what is being made ready, or what was sent under an id; else all of it. */
  many?: 'new' | { sent: string } | undefined
  /** The part of the settings to begin at. */
  part?: 'import' | 'share' | undefined
  dialog?: 'new' | 'new-group' | 'join-group' | 'keys' | 'sign-out' | 'sign-in' | 'join' | undefined
  /** The invitation to a group that was followed, while it is asked about. */
  invitation?: string | undefined
  /** A message to go to in the open conversation; a new object each time. */
  jump?: { place: number } | undefined
  /** A text that goes back into the composer; a new object each time. */
  takenBack?: { text: string }
  /** The conversation whose composer is to record a voice message, until it does. */
  recordIn?: string | undefined
  /** Counts up when the composer, or the search over all, should take the focus. */
  wantsComposer: number
  wantsSearch: number
}

const key: InjectionKey<Place> = Symbol('place')

/** Makes the window's one place; its root calls it. */
export function providePlace(): Place {
  const place = reactive<Place>({ view: 'chats', wantsComposer: 0, wantsSearch: 0 })
  provide(key, place)
  return place
}

export function usePlace(): Place {
  const place = inject(key)
  if (!place) throw new Error('usePlace outside of the window')
  return place
}

/** Opens a conversation, at a message where one is named, and leaves whatever else was open. */
export function goTo(place: Place, conversation: string | undefined, at?: number): void {
  if (place.conversation !== conversation) place.panel = undefined
  place.view = 'chats'
  place.dialog = undefined
  place.conversation = conversation
  place.jump = at === undefined ? undefined : { place: at }
  if (at === undefined) place.wantsComposer++
}

/** To where an old telephone's messages are brought in. */
export function toImport(place: Place): void {
  place.part = 'import'
  place.view = 'settings'
}
