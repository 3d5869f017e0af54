import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useApp, useParts, type FileToSend } from '../state'
import { safeName, type Chosen } from './chosen'
import { isRemade, kindOf, notesOf, toSend, withFilm, withLooks, type TrayItem } from './item'
import { MOST_FILES } from './limits'
import { pictures, type MadePicture, type PictureWish } from './work'
import { film } from './work/film'

/** Why something is not in the tray. */
export interface Refused {
  why: 'empty' | 'folder' | 'many' | 'large' | 'unreadable'
  names: readonly string[]
}

interface Made {
  wish: PictureWish
  picture: Promise<MadePicture | null>
}

/** What is about to be sent, by conversation; kept while the window is open. */
export const useTrays = defineStore('trays', () => {
  const { ids, clock } = useParts()
  const app = useApp()
  const items = shallowReactive(new Map<string, readonly TrayItem[]>())
  const refused = shallowReactive(new Map<string, readonly Refused[]>())
  /** When everything about an item is known; by key. */
  const settled = new Map<string, Promise<TrayItem | undefined>>()
  const made = new WeakMap<File, Made>()

  const itemsOf = (conversation: string): readonly TrayItem[] => items.get(conversation) ?? []
  const find = (conversation: string, key: string) => itemsOf(conversation).find((item) => item.key === key)
  const change = (conversation: string, next: TrayItem) =>
    void items.set(conversation, itemsOf(conversation).map((item) => (item.key === next.key ? next : item)))

  /** Puts files into the tray, up to 30; what is refused is told in `refused`. @returns how many were added */
  function add(conversation: string, chosen: Chosen, more: Pick<TrayItem, 'isVoice' | 'duration'> = {}): number {
    const room = MOST_FILES - itemsOf(conversation).length
    const empty = chosen.files.filter(({ size }) => size === 0)
    const large = chosen.files.filter(isTooLarge)
    const full = chosen.files.filter((file) => file.size > 0 && !isTooLarge(file))
    refuse(conversation, 'folder', chosen.folders)
    refuse(conversation, 'empty', empty.map(({ name }) => name))
    refuse(conversation, 'large', large.map(({ name }) => name))
    refuse(conversation, 'many', full.slice(room).map(({ name }) => name))
    const added = full.slice(0, room).map((file): TrayItem => (
      { key: ids.token(), file, name: safeName(file.name), at: 'looking', wish: { isScaled: false, keepsAbout: false }, notes: [], ...more }
    ))
    items.set(conversation, [...itemsOf(conversation), ...added])
    for (const item of added) settled.set(item.key, look(conversation, item))
    return added.length
  }

  /** What the service will not take is told before it is sent; a picture can still be made smaller. */
  function isTooLarge({ size, type }: File): boolean {
    return app.link.at === 'online' && size > (app.link.fileLimit ?? Infinity) && !isRemade(type)
  }

  function refuse(conversation: string, why: Refused['why'], names: readonly string[]): void {
    if (names.length === 0) return
    const before = refused.get(conversation) ?? []
    const same = before.find((one) => one.why === why)
    refused.set(conversation, [...before.filter((one) => one !== same), { why, names: [...(same?.names ?? []), ...names] }])
  }

  /** Learns what it is, then what it looks like; also when it is sent meanwhile. */
  async function look(conversation: string, item: TrayItem): Promise<TrayItem | undefined> {
    let now = item
    const learn = (next: TrayItem) => {
      // What the person wished meanwhile stays.
      const here = find(conversation, item.key)
      now = here ? { ...next, wish: next.at === 'known' ? next.wish : here.wish } : next
      if (here) change(conversation, now)
    }
    try {
      await item.file.slice(0, 1).arrayBuffer()
      const head = await pictures.head(item.file) ?? undefined
      learn({
        ...now, at: head && !head.isHuge ? 'known' : 'ready', notes: notesOf({ file: item.file, ...(head && { head }) }),
        ...(head && { head, width: head.width, height: head.height, wish: { ...item.wish, isScaled: head.isLarge } }),
      })
      if (head && !head.isHuge) {
        learn(withLooks(now, await pictures.looks(item.file)))
        void measure(conversation, item.key)
      } else if (!head && !item.isVoice) {
        const kind = kindOf(now)
        if (kind === 'video' || kind === 'sound') learn(withFilm(now, await film(item.file, kind === 'video' ? 'video' : 'audio', clock)))
      }
      return now
    } catch {
      if (find(conversation, item.key)) {
        remove(conversation, item.key)
        refuse(conversation, 'unreadable', [item.name])
      }
      return undefined
    }
  }

  /** Makes it as it would go out, so that its size is known and sending waits for nothing. */
  async function measure(conversation: string, key: string): Promise<void> {
    const item = find(conversation, key)
    if (!item) return
    const picture = await makeOf(item).catch(() => null)
    const now = find(conversation, key)
    if (!picture || now?.wish !== item.wish) return
    change(conversation, { ...now, made: { size: picture.blob.size, width: picture.width, height: picture.height } })
  }

  function makeOf({ file, wish }: TrayItem): Promise<MadePicture | null> {
    const before = made.get(file)
    if (before && before.wish.isScaled === wish.isScaled && before.wish.keepsAbout === wish.keepsAbout) return before.picture
    const picture = pictures.make(file, wish)
    made.set(file, { wish, picture })
    return picture
  }

  function wish(conversation: string, keys: readonly string[], wanted: Partial<PictureWish>): void {
    for (const key of keys) {
      const item = find(conversation, key)
      if (!item?.head) continue
      const { made: _, ...rest } = item
      change(conversation, { ...rest, wish: { ...item.wish, ...wanted, ...(!item.head.isLarge && { isScaled: false }) } })
      void measure(conversation, key)
    }
  }

  function remove(conversation: string, key: string): void {
    const gone = find(conversation, key)
    if (gone?.url) URL.revokeObjectURL(gone.url)
    items.set(conversation, itemsOf(conversation).filter((item) => item.key !== key))
  }

  /** Moves it before (-1) or behind (1) its neighbour. @returns its new place, from 0 */
  function move(conversation: string, key: string, by: -1 | 1): number {
    const list = [...itemsOf(conversation)]
    const from = list.findIndex((item) => item.key === key)
    const to = Math.max(0, Math.min(list.length - 1, from + by))
    if (from >= 0) list.splice(to, 0, ...list.splice(from, 1))
    items.set(conversation, list)
    return to
  }

  /** Empties the tray for sending. */
  function take(conversation: string): FileToSend[] {
    const list = itemsOf(conversation)
    const files = list.map((item) => toSend(item, settled.get(item.key) ?? Promise.resolve(item), makeOf))
    for (const { key } of list) settled.delete(key)
    items.delete(conversation)
    refused.delete(conversation)
    return files
  }

  const dismiss = (conversation: string) => void refused.delete(conversation)
  const refusedOf = (conversation: string): readonly Refused[] => refused.get(conversation) ?? []
  return { itemsOf, refusedOf, add, wish, remove, move, take, dismiss }
})
