import { SECOND, type Clock } from '../../src-main/base/clock'
import type { Conversation } from '../../src-main/contract/message'
import type { Catalog } from '../../src-main/store/catalog'
import type { StoreDatabase } from '../../src-main/store/database'
import { byNewest, conversationsSince, follow, page, type PageMessages } from '../../src-main/store/read'
import { Frame } from './frame'

/** Live reads of the store: each tells its value now and after every change, until the returned function is called. */
export interface Reader {
  /** Newest first; a row that did not change is the same object. */
  conversations(on: (list: readonly Conversation[]) => void): () => void
  /** One page of a conversation; undefined when the store holds nothing of it. */
  page(conversation: string, number: number, on: (messages: PageMessages | undefined) => void): () => void
  close(): void
}

/** A read that goes on when another database is read: `begin` is its life in one of them. */
interface Read {
  begin(db: StoreDatabase): () => void
  end(): void
}

/**
 * Reads of whichever database the catalog names: after a rebuild each goes on in the new one, and what was told holds until
 * that answers.
 * @param nextFrame runs what it is given when the window is about to be drawn
 */
export function storeReader(catalog: Catalog, clock: Clock, nextFrame: (run: () => void) => void): Reader {
  const frame = new Frame(nextFrame)
  const reads = new Set<Read>()
  let db: StoreDatabase | undefined
  let wanted: number | undefined
  let isClosed = false

  const move = async (generation: number | undefined, isLost = false): Promise<void> => {
    if (isClosed || generation === undefined || (generation === wanted && !isLost)) return
    wanted = generation
    const next = catalog.database(generation)
    try {
      await next.open()
    } catch {
      next.close()
      if (wanted === generation) again()
      return
    }
    if (isClosed || wanted !== generation) return next.close()
    const last = db
    db = next
    next.on('close', () => {
      if (db !== next) return
      // Deleted, or taken away by Chromium: whoever projects makes another and says so in the catalog.
      db = undefined
      again()
    })
    for (const read of reads) {
      read.end()
      read.end = read.begin(next)
    }
    last?.close()
  }
  const again = () => void clock.after(SECOND / 2, () => {
    if (db || isClosed) return
    catalog.row().then((row) => (row ? void move(row.reading, true) : again()), again)
  })
  const unwatch = catalog.watch((row) => void move(row?.reading))

  const add = (begin: Read['begin']): (() => void) => {
    const read: Read = { begin, end: () => {} }
    reads.add(read)
    if (db) read.end = begin(db)
    return () => {
      reads.delete(read)
      read.end()
    }
  }
  /** Tells the first value at once where it can, those after it by the frame. */
  const paced = <T>(on: (value: T) => void) => {
    let isFirst = true
    const key = {}
    return {
      tell(value: T) {
        if (isFirst) frame.tellFirst(key, () => on(value))
        else frame.tell(key, () => on(value))
        isFirst = false
      },
      end: () => frame.forget(key),
    }
  }

  return {
    conversations(on) {
      const { tell, end } = paced(on)
      const stop = add((from) => {
        let seq = -1
        let list: readonly Conversation[] = []
        return follow(() => conversationsSince(from, seq), (news) => {
          if (!news) return
          const isFirst = seq < 0
          if (news.rows.length === 0 && !isFirst) return
          seq = news.seq
          list = merge(list, news.rows)
          tell(list)
        }, clock)
      })
      return () => { stop(); end() }
    },
    page(conversation, number, on) {
      const { tell, end } = paced(on)
      const stop = add((from) => follow(() => page(from, conversation, number), tell, clock))
      return () => { stop(); end() }
    },
    close() {
      isClosed = true
      unwatch()
      for (const read of reads) read.end()
      reads.clear()
      db?.close()
      catalog.close()
    },
  }
}

/** `list` with the rows that changed, newest first. */
export function merge(list: readonly Conversation[], changed: readonly Conversation[]): readonly Conversation[] {
  const ids = new Set(changed.map(({ id }) => id))
  const news = [...changed].sort(byNewest)
  const merged: Conversation[] = []
  let at = 0
  for (const row of list) {
    if (ids.has(row.id)) continue
    while (at < news.length && byNewest(news[at]!, row) <= 0) merged.push(news[at++]!)
    merged.push(row)
  }
  for (; at < news.length; at++) merged.push(news[at]!)
  return merged
}
