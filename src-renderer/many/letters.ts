import { computed } from 'vue'
import { fieldsOf, fill, type FieldUse } from '../../src-main/contract/personal'
import { bytesOver, MOST_BYTES } from '../chats/length'
import { useTrays } from '../attach/trays'
import { useApp, useMany, whole } from '../state'
import { MANY } from './enclosed'

/** What is still to be looked at before it goes to somebody. */
export interface EmptyField {
  use: FieldUse
  count: number
  /** The first of them. */
  first: number
}

export type Letters = ReturnType<typeof useLetters>

/** What each of the people would get, and what about that is not as it should be. */
export function useLetters() {
  const many = useMany()
  const app = useApp()
  const trays = useTrays()
  const hasFiles = computed(() => trays.itemsOf(MANY).length > 0)
  /** Something goes to each beside the words. */
  const isEnclosing = computed(() => hasFiles.value || many.location !== undefined)
  /** Words beside files go as before. */
  const mostBytes = computed(() => (app.link.at === 'online' && !hasFiles.value ? app.link.textLimit : undefined) ?? MOST_BYTES)
  const uses = computed(() => fieldsOf(many.words))
  const keys = computed(() => new Set(many.gathered.columns.map(({ key }) => key)))
  const letterOf = (index: number): string | undefined => {
    const person = many.gathered.people[index]
    return person && fill(many.words.trim(), whole(person, many.gathered.columns).fields)
  }

  /** Fields that no column has, and nothing stands for. */
  const unknown = computed(() => [...new Map(uses.value.filter(({ key, otherwise }) => !keys.value.has(key) && otherwise === undefined).map((use) => [use.key, use])).values()])
  /** Fields that are empty for some, and nothing stands for. */
  const blank = computed(() => {
    const wanted = new Map(uses.value.filter(({ key, otherwise }) => keys.value.has(key) && otherwise === undefined).map((use) => [use.key, use]))
    return [...wanted.values()].flatMap((use): EmptyField[] => {
      let [count, first] = [0, -1]
      for (const [i, { fields }] of many.gathered.people.entries()) {
        if (fields[use.key]?.trim()) continue
        if (count++ === 0) first = i
      }
      return count > 0 ? [{ use, count, first }] : []
    })
  })
  /** Those who would get nothing at all. */
  const empty = computed(() => {
    // Where something stands beside the fields, everybody gets that.
    const bare = fill(many.words, Object.fromEntries(many.gathered.columns.map(({ key }) => [key, ''])))
    if (isEnclosing.value || many.words.trim() === '' || bare.trim() !== '') return []
    return many.gathered.people.flatMap((_, i) => (letterOf(i)!.trim() === '' ? [i] : []))
  })
  const longest = computed(() => {
    const lengths = new Map<string, number>()
    for (const { fields } of many.gathered.people) {
      for (const [key, value] of Object.entries(fields)) if (value.length > (lengths.get(key) ?? 0)) lengths.set(key, value.length)
    }
    return lengths
  })
  /** The first for whom it is too long, and by how many bytes. */
  const over = computed(() => {
    // Looked at one by one only where the longest of every field could make it too long.
    const most = many.words.length + uses.value.reduce((sum, { key }) => sum + (longest.value.get(key) ?? 0), 0)
    if (most * 3 <= mostBytes.value) return undefined
    for (let index = 0; index < (uses.value.length > 0 ? many.gathered.people.length : 1); index++) {
      const bytes = bytesOver(letterOf(index) ?? many.words, mostBytes.value)
      if (bytes > 0) return { index, bytes }
    }
    return undefined
  })
  return { uses, unknown, blank, empty, over, isEnclosing, letterOf }
}
