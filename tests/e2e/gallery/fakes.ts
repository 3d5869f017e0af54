import { ref } from 'vue'
import { Events } from '../../../src-main/base/events'
import { systemClock, type Clock } from '../../../src-main/base/clock'
import { Fault } from '../../../src-main/base/faults'
import { randomIds } from '../../../src-main/base/ids'
import type { CampaignCommands } from '../../../src-main/contract/campaign'
import type { AppState, Commands, SearchCoverage } from '../../../src-main/contract/calls'
import type { JobView } from '../../../src-main/contract/jobs'
import type { Content, Conversation, Message, SearchHit } from '../../../src-main/contract/message'
import type { CatalogRow } from '../../../src-main/store/catalog'
import type { ProjectorReport } from '../../../src-main/store/report'
import type { Bridge, BridgeConnection, NoticeTable } from '../../../src-renderer/bridge'
import type { Parts } from '../../../src-renderer/state/parts'
import type { Reader } from '../../../src-renderer/state/reader'
import { groupCommands, type MadeGroup } from './groups'
import { facts } from './bots'
import { fileJobs } from './sent-files'
import { shareCommands } from './shared'
import { journeyOf, ME, NOW, type World } from './world'

const started = Date.now()
/** The gallery's time: its own day, going on as the real one does. */
export const galleryClock: Clock = { ...systemClock, now: () => NOW + Date.now() - started }

export interface Stage {
  parts: Parts
  /** A message arrives, for tests of following and announcing. */
  receive(conversation: string, text: string): void
  typing(conversation: string, ms: number, from?: string): void
  connect(connection: BridgeConnection): void
  become(app: Partial<AppState>): void
  opened: string[]
  /** What was given to main to keep, in order. */
  kept: Blob[]
  /** What was wanted of files on their way. */
  wishes: unknown[][]
  /** What bots were told to have been tapped. */
  answers: unknown[][]
  /** A message with any content arrives. */
  hear(conversation: string, content: Content): void
  /** Files on their way come further. */
  goOn(): void
}

/** A bridge and a store without anything behind them but a world. */
export function makeStage(world: World, options: { isLoading: boolean; isSlow: boolean; connection: BridgeConnection; signInFault?: string | undefined; coverage?: SearchCoverage | undefined; jobs?: JobView[] | undefined; share?: string | undefined; campaigns?: CampaignCommands | undefined; storage?: { row: CatalogRow; report: ProjectorReport } | undefined; groups?: Map<string, MadeGroup> | undefined }): Stage {
  const notices = new Events<NoticeTable>()
  const events = new Events<{ connection: [BridgeConnection] }>()
  const watchers = new Set<() => void>()
  const changed = () => watchers.forEach((run) => run())
  let app = world.app
  let connection = options.connection
  const opened: string[] = []
  const kept: Blob[] = []
  const wishes: unknown[][] = []
  const answers: unknown[][] = []

  const become = (next: Partial<AppState>) => {
    app = { ...app, ...next }
    notices.emit('stateChanged', app)
    return app
  }
  const update = (id: string, change: (list: Message[]) => Message[], more: Partial<Conversation> = {}) => {
    const list = change(world.threads.get(id) ?? [])
    world.threads.set(id, list)
    const last = list.at(-1)
    world.conversations = world.conversations
      .map((one) => (one.id === id ? { ...one, count: list.length, lastAt: last?.at ?? one.lastAt, ...(last && { last }), ...more } : one))
      .sort((a, b) => b.lastAt - a.lastAt)
    changed()
  }
  const hear = (id: string, content: Content) => {
    const before = world.conversations.find((one) => one.id === id)!
    update(id, (list) => [...list, {
      conversation: id, place: list.length, id: randomIds.token(), from: id, outgoing: false, at: galleryClock.now(), sentAt: galleryClock.now(), content, status: 'delivered',
    }], { unread: before.unread + 1 })
  }
  const receive = (id: string, text: string) => hear(id, { kind: 'text', text })
  const typing = (conversation: string, ms: number, from = conversation) => notices.emit('typing', { conversation, from, until: galleryClock.now() + ms })

  const commands: Partial<Commands> = {
    ...options.campaigns,
    state: async () => (options.isSlow ? new Promise<AppState>(() => {}) : app),
    signIn: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      throw new Fault((options.signInFault ?? 'wrong-password') as 'wrong-password')
    },
    tryHere: async () => ({ state: become({ account: { address: ME, isLocalTrial: true, journal: 'gallery' } }), conversation: 'sip:echo@yan.example' }),
    signOut: async () => {
      const { account: _, ...rest } = app
      return (app = { ...rest, link: { at: 'signed-out' } })
    },
    saveSettings: async (change) => become({ settings: { ...app.settings, ...change } }).settings,
    ...groupCommands(world, options.groups ?? new Map<string, MadeGroup>(), (conversation) => {
      changed()
      notices.emit('groupChanged', conversation)
    }),
    async send(conversation, id, text, mentions) {
      update(conversation, (list) => [...list, {
        conversation, place: list.length, id, from: ME, outgoing: true, at: galleryClock.now(), sentAt: galleryClock.now(), content: { kind: 'text', text, ...(mentions && { mentions }) }, status: 'queued',
      }], { draft: '' })
      if (options.groups?.has(conversation)) return
      const rise = (status: Message['status'], ms: number) => setTimeout(() => update(conversation, (list) => list.map((one) => (one.id === id ? { ...one, status } : one))), ms)
      rise('sent', 250)
      rise('delivered', 700)
      rise('displayed', 1_400)
      setTimeout(() => typing(conversation, 1_200), 1_500)
      setTimeout(() => receive(conversation, text), 2_700)
    },
    async sendLocation(conversation, id, location) {
      update(conversation, (list) => [...list, {
        conversation, place: list.length, id, from: ME, outgoing: true, at: galleryClock.now(), sentAt: galleryClock.now(), content: { kind: 'location', location }, status: 'sent',
      }])
    },
    async answer(conversation, id, { to, chip: { text, data, action } }) {
      answers.push([conversation, to ?? '', text, data])
      update(conversation, (list) => [...list, {
        conversation, place: list.length, id, from: ME, outgoing: true, at: galleryClock.now(), sentAt: galleryClock.now(), status: 'sent',
        content: { kind: 'answer', text, ...(to !== undefined && { to }), is: action ? 'action' : 'reply', ...(data !== undefined && { data }) },
      }])
    },
    deviceFacts: async () => facts,
    async shareDevice(conversation, id, told) {
      update(conversation, (list) => [...list, {
        conversation, place: list.length, id, from: ME, outgoing: true, at: galleryClock.now(), sentAt: galleryClock.now(), content: { kind: 'shared', facts: told }, status: 'sent',
      }])
    },
    async sendFiles(conversation, id, { text, files }) {
      update(conversation, (list) => [...list, {
        conversation, place: list.length, id, from: ME, outgoing: true, at: galleryClock.now(), sentAt: galleryClock.now(), content: { kind: 'files', ...(text && { text }), files }, status: 'queued',
      }], { draft: '' })
    },
    sendAgain: async (conversation, id) => update(conversation, (list) => list.map((one) => (one.id === id ? (({ fault: _, ...rest }) => ({ ...rest, status: 'queued' as const }))(one) : one))),
    saveDraft: async (conversation, draft) => update(conversation, (list) => list, { draft }),
    markRead: async (conversation, place) => {
      const count = world.threads.get(conversation)?.length ?? 0
      update(conversation, (list) => list, { readPlace: place, unread: Math.max(0, count - place) })
    },
    typing: async () => {},
    async openConversation(to) {
      if (!/[\w+]/.test(to) || to.startsWith('?')) throw new Fault('bad-argument')
      const id = /^[+\d ]+$/.test(to) ? `tel:${to.replaceAll(' ', '')}` : to.includes('@') ? `sip:${to}` : `sip:${to}@yan.example`
      if (!world.threads.has(id)) {
        world.threads.set(id, [])
        world.conversations = [{ id, count: 0, lastAt: galleryClock.now(), readPlace: 0, unread: 0 }, ...world.conversations]
        changed()
      }
      return id
    },
    peer: async (address) => ({ address, reach: 'unknown', online: undefined, isChatbot: false, features: [], askedAt: NOW, ...world.peers.get(address) }),
    journey: async (conversation, id) => {
      const found = world.threads.get(conversation)?.find((one) => one.id === id)
      return found ? journeyOf(found) : []
    },
    async search({ text, conversation, before, limit }) {
      const wanted = text.toLowerCase()
      const hits: SearchHit[] = []
      for (const [id, list] of world.threads) {
        if (conversation !== undefined && id !== conversation) continue
        for (const message of list) {
          if (message.content.kind === 'text' && message.content.text.toLowerCase().includes(wanted) && message.at < (before ?? Infinity)) hits.push({ conversation: id, place: message.place, message })
        }
      }
      hits.sort((a, b) => b.message.at - a.message.at)
      return { hits: hits.slice(0, limit), ...(hits.length > limit && { next: hits[limit - 1]!.message.at }), ...(options.coverage && { coverage: options.coverage }) }
    },
    ...shareCommands(options.share, become),
    looking: async () => {},
    jobs: async () => options.jobs ?? [],
    lastCheck: async () => null,
    cancelJob: async () => {},
    importBegin: async () => { throw new Fault('disk-full', { detail: { needed: 4.1e9, free: 1.2e9 } }) },
    transfer: async (conversation, message, file, wish) => {
      wishes.push([conversation, message, file, wish])
    },
    openExternal: async (url) => {
      opened.push(url)
      if (options.signInFault === 'not-allowed') throw new Fault('not-allowed')
    },
  }

  const reader: Reader = {
    conversations(on) {
      const tell = () => on(world.conversations)
      return follow(tell)
    },
    page(conversation, number, on) {
      const tell = () => {
        const messages = world.threads.get(conversation)?.slice(number * 50, number * 50 + 50) ?? []
        on(messages.length > 0 ? messages : undefined)
      }
      return follow(tell)
    },
    close() {},
  }
  function follow(tell: () => void) {
    let isOver = false
    const run = () => void (isOver || options.isLoading || tell())
    // The real store answers after some ms; the window must look right until then.
    setTimeout(run, 8)
    const later = () => void setTimeout(run, 3)
    watchers.add(later)
    return () => {
      isOver = true
      watchers.delete(later)
    }
  }

  const bridge: Bridge = {
    commands: commands as Commands, notices, events,
    get connection() { return connection },
    reconnect() {}, close() {},
  }
  const parts: Parts = {
    bridge, clock: galleryClock, ids: randomIds, random: Math.random,
    front: { focused: ref(true), prefersDark: ref(matchMedia('(prefers-color-scheme: dark)').matches), languages: navigator.languages, onHide: () => () => {} },
    openReader: () => reader,
    openCatalog: () => ({
      watch(on) {
        on(options.storage?.row)
        return () => {}
      },
      askRebuild: async () => undefined, cancelRebuild: async () => undefined, close() {},
    }),
    project: ({ onReport }) => {
      onReport(options.storage?.report ?? { at: 'live', applied: 1, newest: 1 })
      return { grew() {}, stop() {} }
    },
    keep: async (_, blob) => (kept.push(blob), { hash: `${blob.size}`.padStart(64, '0'), size: blob.size }),
    forget: async () => {},
  }
  const connect = (next: BridgeConnection) => {
    connection = next
    events.emit('connection', next)
  }
  return { parts, receive, typing, connect, become, opened, kept, wishes, answers, hear, goOn: () => fileJobs(240_000).forEach((job) => notices.emit('job', job)) }
}
