import { defineStore } from 'pinia'
import { computed, getCurrentScope, onScopeDispose, shallowRef } from 'vue'
import { Events } from '../../src-main/base/events'
import { Fault } from '../../src-main/base/faults'
import { defaultSettings, type AppState, type LinkView, type Settings, type SignIn } from '../../src-main/contract/calls'
import type { FaultView } from '../../src-main/contract/faults'
import { useParts } from './parts'
import { useProjection } from './projection'

/** A fault on show until the person has seen it. */
export interface Toast {
  key: number
  fault: FaultView
}

/** More toasts than this say nothing more. */
const MOST_TOASTS = 4

/** The app as main describes it, the line to main, and the faults to show. */
export const useApp = defineStore('app', () => {
  const { bridge, front, forget } = useParts()
  const projection = useProjection()
  const { commands } = bridge
  const state = shallowRef<AppState>()
  const broken = shallowRef<FaultView>()
  const connection = shallowRef(bridge.connection)
  const faults = shallowRef<readonly Toast[]>([])
  const shows = new Events<{ show: [conversation: string] }>()
  let keys = 0

  const account = computed(() => state.value?.account)
  const link = computed<LinkView>(() => state.value?.link ?? { at: 'signed-out' })
  const settings = computed<Settings>(() => state.value?.settings ?? defaultSettings)
  const ready = computed(() => state.value !== undefined)
  const fill = computed(() => projection.report)
  const language = computed<'zh' | 'en'>(() => {
    const chosen = settings.value.language
    if (chosen !== 'auto') return chosen
    const first = front.languages.find((tag) => /^(zh|en)\b/i.test(tag))
    return first?.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  })
  const theme = computed<'light' | 'dark'>(() => {
    const chosen = settings.value.theme
    return chosen === 'auto' ? (front.prefersDark.value ? 'dark' : 'light') : chosen
  })

  const take = (next: AppState): AppState => {
    const before = state.value?.startFault?.code
    state.value = next
    broken.value = undefined
    projection.journal = next.account?.journal
    // At the start, and when damage is found later.
    if (next.startFault && next.startFault.code !== before) report(Fault.of(next.startFault))
    return next
  }

  function report(thrown: unknown): void {
    const fault = Fault.from(thrown).view()
    const others = faults.value.filter((toast) => toast.fault.code !== fault.code)
    faults.value = [...others, { key: ++keys, fault }].slice(-MOST_TOASTS)
  }
  const dismiss = (key: number) => void (faults.value = faults.value.filter((toast) => toast.key !== key))

  /** What was asked for, or undefined and a fault on show. */
  async function attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work
    } catch (thrown) {
      report(thrown)
      return undefined
    }
  }

  async function refresh(): Promise<void> {
    try {
      take(await commands.state())
    } catch (thrown) {
      // A line that was lost, or refused, is told by `connection`.
      if (!state.value && bridge.connection.at === 'open') broken.value = Fault.from(thrown).view()
    }
  }

  async function signIn(details: SignIn): Promise<void> {
    take(await commands.signIn(details))
  }

  async function tryHere(): Promise<string> {
    const { state: next, conversation } = await commands.tryHere()
    take(next)
    return conversation
  }

  async function signOut(keep: 'history' | 'nothing'): Promise<void> {
    take(await commands.signOut(keep))
    if (keep === 'nothing') await forget()
  }

  async function saveSettings(change: Partial<Settings>): Promise<void> {
    const saved = await commands.saveSettings(change)
    if (state.value) state.value = { ...state.value, settings: saved }
  }

  /** Hears that a conversation was chosen elsewhere: in a notification, by a link. Ends with the scope that asked. */
  function onShow(listener: (conversation: string) => void): void {
    const off = shows.on('show', listener)
    if (getCurrentScope()) onScopeDispose(off)
  }
  const show = (conversation: string) => shows.emit('show', conversation)

  const unhear = [
    bridge.notices.on('stateChanged', take),
    bridge.notices.on('show', show),
    bridge.events.on('connection', (next) => {
      connection.value = next
      if (next.at === 'open') void refresh()
    }),
  ]
  onScopeDispose(() => unhear.forEach((off) => off()))
  if (bridge.connection.at === 'open') void refresh()

  return {
    state, account, link, settings, ready, broken, connection, language, theme, fill, faults, commands,
    report, dismiss, attempt, refresh, take, signIn, tryHere, signOut, saveSettings, show, onShow,
  }
})
