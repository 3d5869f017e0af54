import { inject, provide, type InjectionKey } from 'vue'
import type { Roster } from '../state'
import { useChatWords } from './words'

/** How those who write in a thread are called. */
export interface ThreadPeople {
  nameOf(address: string): string
  /** Every name that somebody may be mentioned by. */
  namesOf(address: string): string[]
}

const key: InjectionKey<ThreadPeople> = Symbol('thread people')

/** Gives a thread the names of its people. @param known what they call themselves, where that is known */
export function providePeople(known: (address: string) => string | undefined, roster: () => Roster | undefined): ThreadPeople {
  const { addressWords } = useChatWords()
  const people: ThreadPeople = {
    nameOf: (address) => known(address) ?? addressWords(address),
    namesOf(address) {
      const words = addressWords(address)
      return [roster()?.table.get(address)?.name, known(address), words, words.replace(/@.*$/s, '')].filter((name) => name !== undefined && name !== '') as string[]
    },
  }
  provide(key, people)
  return people
}

export function usePeople(): ThreadPeople {
  const { addressWords } = useChatWords()
  return inject(key, () => ({ nameOf: addressWords, namesOf: (address: string) => [addressWords(address)] }), true)
}
