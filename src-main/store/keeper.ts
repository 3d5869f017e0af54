import type { Change, ChangePage, FillPage } from '../contract/message'
import { applyChanges, applyFill, storeState, type Batch } from './apply'
import type { StoreDatabase, StoreState } from './database'
import type { Feed } from './feed'

/** Changes asked for at once. */
const ASK = 2_000
/** A backlog goes in by transactions this large at most: the more changes together, the more of them share a page. */
const LARGEST = 64_000
/** Pages of a filling asked for at once, and in one transaction at most: the first is small, so that something shows. */
const ASK_PAGES = 40
const MOST_PAGES = 320

/** The journal's history is not the one that the database holds: an older copy of it was put back. */
export class Replaced extends Error {
  constructor() {
    super('the journal was replaced')
  }
}

/** The database failed, not the journal. */
export class StoreFailure extends Error {
  constructor(cause: unknown) {
    super('the store failed', { cause })
  }
}

interface Gathered extends Batch {
  more: boolean
}

/**
 * Keeps one database equal to the journal, a transaction at a time: fills it, then follows the changes. It holds nothing that
 * a crash could lose. A filling that was asked for before changes must be written before them, or it would take them back.
 */
export class Keeper {
  readonly db: StoreDatabase
  readonly generation: number
  /** The journal's newest number, as far as it was told. */
  newest = 0
  readonly #feed: Feed
  #state: StoreState | undefined
  #messages = 0
  #aheadFill: Promise<FillPage> | undefined
  #aheadChanges: Promise<Gathered> | undefined
  #goal = ASK
  #goalPages = ASK_PAGES
  #isClosed = false

  constructor(db: StoreDatabase, generation: number, feed: Feed) {
    this.db = db
    this.generation = generation
    this.#feed = feed
  }

  /** Opens the database and looks how it stands. */
  async open(): Promise<this> {
    await stored(async () => {
      await this.db.open()
      this.#state = await storeState(this.db)
    })
    return this
  }

  close(): void {
    this.#isClosed = true
    this.db.close()
  }

  get isComplete(): boolean {
    return this.#state !== undefined && this.#state.fill === undefined
  }

  /** The last journal number that it holds. */
  get applied(): number {
    return this.#state?.n ?? 0
  }

  /** Messages that a filling has written, and about how many there are. */
  get progress(): { done: number; total: number } {
    const { done, total } = this.#state?.fill ?? { done: this.#messages, total: this.#messages }
    return { done, total }
  }

  /** Pages that were asked for wait to be written: changes must not be followed before. */
  get hasAhead(): boolean {
    return this.#aheadFill !== undefined
  }

  /**
   * One transaction of the filling.
   * @param readOn whether to ask for the next pages while IndexedDB writes
   * @throws Replaced
   */
  async fill(readOn: boolean): Promise<void> {
    const page = await (this.#aheadFill ?? this.#gatherPages(this.#state?.fill?.next ?? null))
    this.#aheadFill = undefined
    this.newest = Math.max(this.newest, page.newest)
    if (this.#state && page.epoch !== this.#state.epoch) {
      // Another opening of the journal, perhaps another history: its changes say. What was asked for before them is dropped.
      await this.follow()
      return
    }
    if (readOn && page.next !== undefined) {
      this.#aheadFill = this.#gatherPages(page.next)
      this.#aheadFill.catch(() => {})
    }
    const { done } = this.progress
    await this.#become(await stored(() => applyFill(this.db, this.#state, page)))
    this.#messages = done + page.pages.reduce((sum, { messages }) => sum + messages.length, 0)
  }

  /**
   * One transaction of changes. Resolves with true when more are there.
   * @throws Replaced
   */
  async follow(): Promise<boolean> {
    const before = this.#state
    if (!before) throw new StoreFailure(new Error('nothing was filled'))
    const batch = await (this.#aheadChanges ?? this.#gather(before.n, before.epoch, this.#goal))
    this.#aheadChanges = undefined
    const isNew = batch.upTo > before.n || batch.epoch !== before.epoch
    this.#goal = batch.more ? Math.min(this.#goal * 2, LARGEST) : ASK
    if (isNew) {
      if (batch.more) {
        // Read on while IndexedDB writes.
        this.#aheadChanges = this.#gather(batch.upTo, batch.epoch, this.#goal)
        this.#aheadChanges.catch(() => {})
      }
      await this.#become(await stored(() => applyChanges(this.db, before, batch)))
    }
    return batch.more
  }

  async #become(state: StoreState | undefined): Promise<void> {
    const seq = this.#state?.seq ?? 0
    this.#state = state
    if (state?.seq === seq + 1) return
    // Somebody else wrote, or the database was emptied under us: what was read ahead belongs elsewhere.
    await Promise.allSettled([this.#aheadFill, this.#aheadChanges])
    this.#aheadFill = this.#aheadChanges = undefined
  }

  async #gather(after: number, epoch: string, goal: number): Promise<Gathered> {
    const changes: Change[] = []
    const ask = { upTo: after, epoch }
    for (;;) {
      const page: ChangePage = await this.#feed.changes(ask.upTo, ASK, ask.epoch)
      if (page.isReplaced || page.newest < after) throw new Replaced()
      this.newest = Math.max(this.newest, page.newest)
      for (const change of page.changes) changes.push(change)
      // A journal that says "more" without going on would be asked for ever.
      const more = page.more && page.upTo > ask.upTo
      ask.upTo = Math.max(ask.upTo, page.upTo)
      ask.epoch = page.epoch
      if (!more || changes.length >= goal || this.#isClosed) return { after, upTo: ask.upTo, epoch: ask.epoch, changes, more }
    }
  }

  async #gatherPages(cursor: string | null): Promise<FillPage> {
    const first = await this.#feed.filling(cursor, Math.min(ASK_PAGES, this.#goalPages))
    const whole: FillPage = { ...first, pages: [...first.pages], conversations: [...first.conversations] }
    while (whole.next !== undefined && whole.pages.length < this.#goalPages && !this.#isClosed) {
      const more: FillPage = await this.#feed.filling(whole.next, ASK_PAGES)
      // Of another opening: asked for again once it is known to be the same history.
      if (more.epoch !== whole.epoch) break
      whole.pages.push(...more.pages)
      whole.conversations.push(...more.conversations)
      whole.total = more.total
      if (more.next === undefined) delete whole.next
      else whole.next = more.next
    }
    this.#goalPages = Math.min(this.#goalPages * 2, MOST_PAGES)
    return whole
  }
}

/** Marks what fails inside as the database's failure. */
export async function stored<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw new StoreFailure(thrown)
  }
}
