import { createPinia } from 'pinia'
import { createApp, effectScope, shallowRef, type Ref } from 'vue'
import { Events } from '../../../src-main/base/events'
import { defaultSettings, type AppState, type Commands } from '../../../src-main/contract/calls'
import type { Conversation, Message } from '../../../src-main/contract/message'
import type { CatalogRow } from '../../../src-main/store/catalog'
import type { ProjectorReport } from '../../../src-main/store/report'
import type { PageMessages } from '../../../src-main/store/read'
import type { Bridge, BridgeConnection } from '../../../src-renderer/bridge'
import type { NoticeTable } from '../../../src-renderer/bridge/bridge'
import { useApp } from '../../../src-renderer/state/app'
import { partsKey, type Parts } from '../../../src-renderer/state/parts'
import type { Reader } from '../../../src-renderer/state/reader'
import { HandClock } from '../../fakes/clock'

export const mei = 'sip:mei@test'
export const lan = 'sip:lan@test'
export const me = 'sip:me@test'

export const message = (place: number, change: Partial<Message> = {}): Message => ({
  conversation: mei, place, id: `id-${place}`, from: mei, outgoing: false, at: place * 1_000, sentAt: place * 1_000,
  content: { kind: 'text', text: `text ${place}` }, status: 'delivered', ...change,
})

/** The store as a table that tells its readers of every change. */
export class FakeStore implements Reader {
  readonly #rows = new Map<string, Conversation>()
  readonly #messages = new Map<string, Message[]>()
  readonly #lists = new Set<() => void>()
  readonly #pages = new Map<() => void, string>()

  /** Pages that are read live now. */
  get livePages(): string[] {
    return [...this.#pages.values()]
  }

  set(conversation: string, messages: Message[], change: Partial<Conversation> = {}): void {
    this.setPages(conversation, messages)
    this.setRow(conversation, change)
  }

  setRow(conversation: string, change: Partial<Conversation> = {}): void {
    const messages = this.#messages.get(conversation) ?? []
    const last = messages.at(-1)
    const old = this.#rows.get(conversation)
    this.#rows.set(conversation, {
      id: conversation, readPlace: messages.length, unread: 0, ...old, count: messages.length, lastAt: last?.at ?? 0, ...(last && { last }), ...change,
    })
    for (const tell of this.#lists) tell()
  }

  setPages(conversation: string, messages: Message[]): void {
    this.#messages.set(conversation, messages)
    for (const [tell, name] of this.#pages) if (name.endsWith(` ${conversation}`)) tell()
  }

  conversations(on: (list: Conversation[]) => void): () => void {
    const tell = () => on([...this.#rows.values()].sort((a, b) => b.lastAt - a.lastAt))
    this.#lists.add(tell)
    queueMicrotask(() => this.#lists.has(tell) && tell())
    return () => void this.#lists.delete(tell)
  }

  page(conversation: string, number: number, on: (messages: PageMessages | undefined) => void): () => void {
    const tell = () => {
      const found = this.#messages.get(conversation)?.slice(number * 50, number * 50 + 50) ?? []
      on(found.length ? found : undefined)
    }
    this.#pages.set(tell, `${number} ${conversation}`)
    queueMicrotask(() => this.#pages.has(tell) && tell())
    return () => void this.#pages.delete(tell)
  }

  close(): void {}
}

/** A store's row of the catalog, and what was asked of it. */
export class FakeCatalog {
  asked: string[] = []
  #row: CatalogRow | undefined
  readonly #watches = new Set<(row: CatalogRow | undefined) => void>()

  set(row: CatalogRow | undefined): void {
    this.#row = row
    for (const on of this.#watches) on(row)
  }

  watch(on: (row: CatalogRow | undefined) => void): () => void {
    this.#watches.add(on)
    on(this.#row)
    return () => void this.#watches.delete(on)
  }

  askRebuild = async (): Promise<undefined> => void this.asked.push('rebuild')
  cancelRebuild = async (): Promise<undefined> => void this.asked.push('cancel')
  close(): void {}
}

export interface World {
  clock: HandClock
  store: FakeStore
  catalog: FakeCatalog
  /** What whoever projects says. */
  report(report: ProjectorReport): void
  notices: Bridge['notices']
  focused: Ref<boolean>
  /** Every command that was given, in order. */
  calls: [name: string, ...args: unknown[]][]
  /** How main keeps a file; its hash is counted up by default. */
  keepBy(keep: Parts['keep']): void
  /** What main answers; a command without an answer resolves with nothing. */
  answers: Partial<Commands>
  connect(connection: BridgeConnection): void
  hide(): void
  /** Runs a composable as a component's setup would; `end` is the component's end. */
  use<T>(setup: () => T): T & { end(): void }
}

export const appState = (change: Partial<AppState> = {}): AppState => ({
  version: '0', host: 'browser', platform: 'test', content: '/content/x/', link: { at: 'online' }, settings: defaultSettings,
  account: { address: me, isLocalTrial: true, journal: 'j1' }, ...change,
})

/** Promises settled, nothing timed. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A window with everything outside it played: main, store, clock, focus. */
export async function openWorld(state: AppState = appState()): Promise<World> {
  const clock = new HandClock()
  const store = new FakeStore()
  const catalog = new FakeCatalog()
  let onReport: (report: ProjectorReport) => void = () => {}
  const notices = new Events<NoticeTable>()
  const events = new Events<{ connection: [BridgeConnection] }>()
  const focused = shallowRef(true)
  const calls: World['calls'] = []
  const answers: Partial<Commands> = { state: () => Promise.resolve(state) }
  const hides = new Set<() => void>()
  let connection: BridgeConnection = { at: 'open' }
  const commands = new Proxy({} as Commands, {
    get: (_, name: keyof Commands) => async (...args: unknown[]) => {
      calls.push([name, ...args])
      return (answers[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args)
    },
  })
  const bridge: Bridge = { commands, notices, events, get connection() { return connection }, reconnect() {}, close() {} }
  let ids = 0
  let kept = 0
  let keeping: Parts['keep'] = async (_, blob) => ({ hash: String(++kept).padStart(64, '0'), size: blob.size })
  const parts: Parts = {
    bridge, clock, random: () => 0, ids: { token: () => `mine-${++ids}`, uuid: () => `uuid-${++ids}` },
    front: { focused, prefersDark: shallowRef(false), languages: ['zh-CN'], onHide: (run) => (hides.add(run), () => hides.delete(run)) },
    openReader: () => store,
    openCatalog: () => catalog,
    project: (options) => {
      ;({ onReport } = options)
      return { grew() {}, stop() {} }
    },
    keep: (content, blob) => keeping(content, blob),
    forget: async () => {},
  }
  const vue = createApp({})
  vue.provide(partsKey, parts)
  vue.use(createPinia())
  vue.runWithContext(() => useApp())
  await settle()
  calls.length = 0
  return {
    clock, store, catalog, report: (report) => onReport(report), notices, focused, calls, answers,
    connect(next) {
      connection = next
      events.emit('connection', next)
    },
    keepBy: (keep) => void (keeping = keep),
    hide: () => hides.forEach((run) => run()),
    use(setup) {
      const scope = effectScope(true)
      const used = vue.runWithContext(() => scope.run(setup))!
      return { ...used, end: () => scope.stop() }
    },
  }
}
