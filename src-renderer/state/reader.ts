import { SECOND, type Clock } from '../../src-main/base/clock'
import type { Conversation } from '../../src-main/contract/message'
import type { StoreDatabase } from '../../src-main/store/database'
import { conversations, live, page, type PageMessages } from '../../src-main/store/read'

/** Live reads of the store: each tells its value now and after every change, until the returned function is called. */
export interface Reader {
  /** Newest first. */
  conversations(on: (list: Conversation[]) => void): () => void
  /** One page of a conversation; undefined when the store holds nothing of it. */
  page(conversation: string, number: number, on: (messages: PageMessages | undefined) => void): () => void
  close(): void
}

/** Reads of a Dexie store. One that fails (the projector throws a broken database away) is taken up again every second. */
export function storeReader(db: StoreDatabase, clock: Clock): Reader {
  const follow = <T>(read: () => Promise<T>, on: (value: T) => void): (() => void) => {
    let end = () => {}
    const begin = () => {
      end = live(read, on, () => {
        const timer = clock.after(SECOND, begin)
        end = () => timer.cancel()
      })
    }
    begin()
    return () => end()
  }
  return {
    conversations: (on) => follow(() => conversations(db), on),
    page: (conversation, number, on) => follow(() => page(db, conversation, number), on),
    close: () => db.close(),
  }
}
