import { computed, inject, type Component, type ComputedRef, type InjectionKey } from 'vue'
import type { Conversation } from '../../src-main/contract/message'
import type { useApp } from '../state'

/** What of the composer the list of suggestions knows. */
export interface Writing {
  text: string
  /** Where the caret stands in it. */
  caret: number
}

/** What is put in where one writes, in place of what stands from `from` to `to`. */
export interface Suggested {
  from: number
  to: number
  text: string
}

/** What a component of `suggestions` offers to the composer. */
export interface Suggestions {
  /** A key goes to the list first. @returns whether it was the list's */
  press(event: KeyboardEvent): boolean
  /** Whom a text that is about to be sent names. */
  mentionsIn(text: string): string[]
  /** The ids of its list and of what is chosen in it now, while it is open: for those who cannot see. */
  readonly list: string | undefined
  readonly active: string | undefined
}

/**
 * What a kind of conversation brings of its own, groups for one: components that a thread draws without knowing them. Each is
 * given the conversation as `conversation`; who joins the parts provides the kinds.
 */
export interface ThreadKind {
  is(conversation: Conversation): boolean
  /** Under the name in the header, while nobody is typing. */
  state: Component
  /** About it, in the fourth column. */
  details: Component
  /** Beside a message's journey; given its `message` too. */
  receipts: Component
  /** Where the composer stands while nothing can be written. */
  foot: Component
  /** Above the composer; given the `writing`, tells `choose`, exposes `Suggestions`. */
  suggestions: Component
  /** The invitation to one of them in what was typed or pasted. */
  invitationIn(text: string): string | undefined
  /** Joins by an invitation. Resolves with the conversation. */
  join(app: ReturnType<typeof useApp>, invitation: string): Promise<string>
}

export const threadKinds: InjectionKey<readonly ThreadKind[]> = Symbol('thread kinds')

/** All kinds that this window knows. */
export const useThreadKinds = (): readonly ThreadKind[] => inject(threadKinds, [])

/** The kind of a conversation; undefined for one-to-one. */
export function useThreadKind(conversation: () => Conversation | undefined): ComputedRef<ThreadKind | undefined> {
  const kinds = useThreadKinds()
  return computed(() => {
    const row = conversation()
    return row && kinds.find((kind) => kind.is(row))
  })
}
