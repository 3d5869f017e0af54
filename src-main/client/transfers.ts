import type { Jobs, JobControl } from '../app/jobs'
import { backoff } from '../base/backoff'
import { DAY, MINUTE, SECOND, type Timer } from '../base/clock'
import { Fault } from '../base/faults'
import { isNearHost } from '../base/near-host'
import { filesOf } from '../contract/files'
import { faults } from '../contract/faults'
import type { FileView, Message, RemoteFile, Transfer } from '../contract/message'
import { threadHeaders } from '../network/requests'
import type { QueueRow } from '../relay/queue/row'
import { networkLane, type Self } from './envelopes'
import type { ClientLedger } from './journal'
import { fetchFile, fetchThumbnail, forgetFile, sendFile, type Dialects, type Moving, type TransferRunParts } from './transfer-run'

export interface TransfersParts extends TransferRunParts {
  self: Self
  ledger: ClientLedger
  jobs: Jobs
  random: () => number
  /** A commit put rows into the network lane; the journal's number is `n`. */
  made(n: number, rows: readonly QueueRow[]): void
}

/** What the person wants of a file's bytes. */
export type Wish = 'go' | 'pause' | 'cancel'

/** How many move at once. */
const lanes = { up: 2, down: 3 } as const
/** While a job holds its place: a connection that broke is made anew at once, and soon. */
const soon = { tries: 4, first: SECOND / 2, longest: 4 * SECOND }
/** Without its place, so that others come to their turn. */
const later = { first: 15 * SECOND, longest: 10 * MINUTE }
/** How often bytes that do not fit may come before it is the server that is wrong. */
const DAMAGED = 2
/** How long what is here of a file waits for the rest. */
const PATIENCE = 30 * DAY

// waiting --place free, online--> running --all there--> (gone)
//    ^  ^                          |  |
//    |  '--timer, online-- resting-'  '--pause, cancel, fault--> (gone; the journal says how)
//    '------------------------'
interface Item {
  conversation: string
  id: string
  from: string
  index: number
  way: Transfer['way']
  /** Only its thumbnail is wanted. */
  isSmall: boolean
  at: 'waiting' | 'running' | 'resting'
  tries: number
  damaged: number
  isAgain: boolean
  rest?: Timer
  job?: string
  running?: Promise<void>
  wish?: 'pause' | 'cancel'
}

const hostOf = (url: string | undefined): string | undefined => (url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined)

const keyOf = ({ id, from, index }: Pick<Item, 'id' | 'from' | 'index'>): string => `${from} ${id} ${index}`

/** Moves the bytes of files: which ones now, again after what passes, and on after a restart, sleep or another network. */
export class Transfers {
  readonly #parts: TransfersParts
  readonly #items = new Map<string, Item>()
  readonly #dialects: Dialects = new Map()
  readonly #running = new Set<Promise<void>>()
  #link: { at: 'offline' } | { at: 'online'; server: string | undefined } = { at: 'offline' }
  #limit: number | undefined
  /** Ends what is no job: thumbnails. */
  readonly #quit = new AbortController()
  #stopped = false

  constructor(parts: TransfersParts) {
    this.#parts = parts
  }

  /** Takes up what the last process left. */
  async start(): Promise<void> {
    const { ledger, partial, clock } = this.#parts
    for (const message of await ledger.read('journal.transfers', null)) this.take(message, true)
    for await (const { name, changedAt } of partial.list()) if (changedAt < clock.now() - PATIENCE) await partial.remove(name)
  }

  /** Everything stops where it is; nothing of it is lost. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#quit.abort()
    for (const item of this.#items.values()) {
      item.rest?.cancel()
      if (item.job !== undefined) this.#parts.jobs.cancel(item.job)
    }
    await Promise.all(this.#running)
    this.#parts.http.close()
  }

  /** Where files may go; undefined while nobody knows. */
  get server(): { uri: string | undefined } | undefined {
    return this.#link.at === 'online' ? { uri: this.#link.server } : undefined
  }

  /** The largest file that the content server was last said to take, bytes. */
  get limit(): number | undefined {
    return this.#limit
  }

  /** Brings a file that is of no message to the content server, from where an earlier try has left it. @throws Fault what `sendFile` throws */
  bring(file: Pick<Moving, 'id' | 'index' | 'file' | 'signal' | 'progress'>): Promise<RemoteFile> {
    return sendFile(this.#parts, this.#dialects, { ...file, from: this.#parts.self.account, isAgain: true, server: this.server?.uri })
  }

  /** The link is there, or there anew: whatever waited for it goes on now. */
  online(server: { uri: string; limit?: number } | undefined): void {
    this.#link = { at: 'online', server: server?.uri }
    this.#limit = server?.limit
    for (const item of this.#items.values()) {
      if (item.at !== 'resting') continue
      item.rest?.cancel()
      Object.assign(item, { at: 'waiting', tries: 0 })
    }
    this.#next()
  }

  offline(): void {
    this.#link = { at: 'offline' }
  }

  /** The files of a message that have to move are taken up. */
  take(message: Message, isAgain = false): void {
    const { conversation, id, from, content } = message
    filesOf(content).forEach((file, index) => {
      if (!file) return
      const { transfer, remote, thumbnail } = file
      const small = remote?.thumbnail
      const isSmall = transfer?.at === 'offered' && !thumbnail && small !== undefined && (small.until ?? remote?.until ?? Infinity) > this.#parts.clock.now()
      if (!transfer || (transfer.at !== 'waiting' && !isSmall)) return
      const item: Item = { conversation, id, from, index, way: transfer.way, isSmall, at: 'waiting', tries: 0, damaged: 0, isAgain }
      if (!this.#items.has(keyOf(item))) this.#items.set(keyOf(item), item)
    })
    this.#next()
  }

  /** @throws Fault `bad-argument` for a file that has nothing to move */
  async wish(message: Message, index: number, wish: Wish): Promise<void> {
    const { id, from, content } = message
    const file = filesOf(content)[index]
    if (!file?.transfer) throw new Fault('bad-argument', { detail: { field: 'file' } })
    const item = this.#items.get(keyOf({ id, from, index }))
    if (wish === 'go') {
      if (item && !item.isSmall) return
      if (item) await this.#end(item)
      const now = await this.#told(message, index, { way: file.transfer.way, at: 'waiting' })
      if (now) this.take(now, true)
      return
    }
    if (item) await this.#end(item, wish)
    await this.#told(message, index, afterWish(file.transfer.way, wish))
    if (wish === 'cancel' && file.transfer.way === 'down') await forgetFile(this.#parts, { id, from, index, file })
  }

  /** Stops one, and waits until nothing of it moves. */
  async #end(item: Item, wish?: Item['wish']): Promise<void> {
    item.rest?.cancel()
    if (wish) item.wish = wish
    if (item.job !== undefined) this.#parts.jobs.cancel(item.job)
    await item.running
    this.#items.delete(keyOf(item))
  }

  async #told({ id, from }: Pick<Item, 'id' | 'from'>, index: number, transfer: Transfer): Promise<Message | undefined> {
    const { ledger, clock, made } = this.#parts
    const { n, message } = await ledger.commit('journal.transfer', { id, from, file: index, transfer, now: clock.now() })
    made(n, [])
    return message ?? undefined
  }

  #next(): void {
    if (this.#stopped || this.#link.at === 'offline') return
    for (const way of ['up', 'down'] as const) {
      const ofWay = [...this.#items.values()].filter((item) => item.way === way)
      const free = lanes[way] - ofWay.filter(({ at }) => at === 'running').length
      for (const item of ofWay.filter(({ at }) => at === 'waiting').slice(0, Math.max(0, free))) this.#run(item)
    }
  }

  #run(item: Item): void {
    item.at = 'running'
    const running = this.#move(item).catch((thrown: unknown) => {
      this.#parts.log.error({ err: thrown, id: item.id }, 'a transfer ended by a mistake')
      this.#items.delete(keyOf(item))
    }).finally(() => {
      this.#running.delete(running)
      this.#next()
    })
    item.running = running
    this.#running.add(running)
  }

  async #move(item: Item): Promise<void> {
    const { ledger, jobs } = this.#parts
    const message = await ledger.read('journal.message', { conversation: item.conversation, id: item.id })
    const file = message && filesOf(message.content)[item.index]
    const isWanted = file?.transfer && (item.isSmall || file.transfer.at === 'waiting') && (item.way === 'down' || message?.status === 'queued')
    if (!message || !file || !isWanted || this.#stopped) {
      this.#items.delete(keyOf(item))
      return
    }
    if (item.isSmall) {
      await this.#small(item, file, this.#quit.signal).catch(() => undefined)
      this.#items.delete(keyOf(item))
      return
    }
    if (item.way === 'down' && !item.isAgain && !this.#mayAsk(file.remote?.url)) {
      this.#items.delete(keyOf(item))
      await this.#told(item, item.index, { way: 'down', at: 'offered' })
      return
    }
    let ended: Fault | undefined
    const job = jobs.start({
      kind: item.way === 'up' ? 'upload' : 'download', unit: 'bytes', total: file.size,
      detail: { conversation: item.conversation, message: item.id, file: item.index, name: file.name },
      run: async (control) => {
        try {
          await this.#persist(item, file, control)
        } catch (thrown) {
          ended = Fault.from(thrown)
          // Who goes on later has not failed.
          if (this.#isPassing(item, ended)) jobs.cancel(job.id)
          throw ended
        }
      },
    })
    item.job = job.id
    await job.ended
    delete item.job
    await this.#ended(item, ended)
  }

  /** Tries, and soon again after what passes; a try that brought something counts as none. */
  async #persist(item: Item, file: FileView, control: JobControl): Promise<void> {
    const { clock, random, log } = this.#parts
    let most = 0
    for (let tries = 1; ; tries++) {
      const before = most
      const progress = (done: number): void => {
        most = Math.max(most, done)
        control.progress(done)
      }
      try {
        return await this.#once(item, file, control.signal, progress)
      } catch (thrown) {
        const fault = Fault.from(thrown)
        log.info({ fault: fault.view(), id: item.id, file: item.index, way: item.way, tries }, 'a transfer broke off')
        if (most > before) tries = 1
        item.isAgain = true
        if (control.signal.aborted || tries >= soon.tries || (fault.code !== 'connection-lost' && fault.code !== 'no-answer' && fault.code !== 'cannot-connect')) throw fault
        await pause(clock, backoff(tries, random(), soon), control.signal)
      }
    }
  }

  async #once(item: Item, file: FileView, signal: AbortSignal, progress: (done: number) => void): Promise<void> {
    const { ledger, made, self, clock } = this.#parts
    const key = { id: item.id, from: item.from, file: item.index }
    const moving = this.#moving(item, file, signal, progress)
    if (item.way === 'up') {
      const remote = await sendFile(this.#parts, this.#dialects, moving)
      const headers = (): [string, string][] => threadHeaders(self.account, item.conversation, self.ids)
      const { n, rows } = await ledger.commit('journal.uploaded', {
        ...key, remote, leaving: { lane: networkLane, expiresAt: clock.now() + PATIENCE, headers: headers(), wordsHeaders: headers() },
      })
      made(n, rows)
      return
    }
    await this.#small(item, file, signal)
    const change = await fetchFile(this.#parts, moving)
    made((await ledger.commit('journal.downloaded', { ...key, change })).n, [])
  }

  /** A thumbnail that does not come is done without. */
  async #small(item: Item, file: FileView, signal: AbortSignal): Promise<void> {
    const { ledger, made, log } = this.#parts
    if (!this.#mayAsk(file.remote?.thumbnail?.url)) return
    try {
      const change = await fetchThumbnail(this.#parts, this.#moving(item, file, signal, () => undefined))
      if (change) made((await ledger.commit('journal.downloaded', { id: item.id, from: item.from, file: item.index, change })).n, [])
    } catch (thrown) {
      if (signal.aborted) throw thrown
      log.info({ fault: Fault.from(thrown).view(), id: item.id }, 'a thumbnail did not come')
    }
  }

  /**
   * Whether what somebody sent is asked for without the person: nothing in our own network but our own content server, which
   * is known once the link is there.
   */
  #mayAsk(url: string | undefined): boolean {
    const host = hostOf(url)
    return host !== undefined && (!isNearHost(host) || host === hostOf(this.server?.uri))
  }

  #moving({ id, from, index, isAgain }: Item, file: FileView, signal: AbortSignal, progress: (done: number) => void): Moving {
    return { id, from, index, file, isAgain, signal, progress, server: this.#link.at === 'online' ? this.#link.server : undefined }
  }

  #isPassing(item: Item, fault: Fault): boolean {
    if (item.wish || this.#stopped || this.#link.at === 'offline') return true
    if (fault.code === 'file-damaged') return item.damaged + 1 < DAMAGED
    return faults[fault.code].then === 'wait'
  }

  async #ended(item: Item, fault: Fault | undefined): Promise<void> {
    const { clock, random } = this.#parts
    if (item.wish || this.#stopped) return
    if (!fault) return void this.#items.delete(keyOf(item))
    if (fault.code === 'cancelled') {
      // From the list of jobs: what is there stays.
      this.#items.delete(keyOf(item))
      await this.#told(item, item.index, { way: item.way, at: 'paused' })
    } else if (this.#isPassing(item, fault)) {
      if (fault.code === 'file-damaged') item.damaged++
      const after = typeof fault.detail['after'] === 'number' ? fault.detail['after'] : 0
      item.at = 'resting'
      item.rest = clock.after(Math.max(backoff(++item.tries, random(), later), after), () => {
        item.at = 'waiting'
        this.#next()
      })
    } else {
      this.#items.delete(keyOf(item))
      await this.#told(item, item.index, { way: item.way, at: 'failed', fault: fault.view() })
    }
  }
}

function afterWish(way: Transfer['way'], wish: 'pause' | 'cancel'): Transfer {
  if (wish === 'pause') return { way, at: 'paused' }
  return way === 'down' ? { way, at: 'offered' } : { way, at: 'failed', fault: new Fault('cancelled').view() }
}

/** @throws Fault `cancelled` */
function pause(clock: TransfersParts['clock'], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel()
      reject(new Fault('cancelled'))
    }
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
