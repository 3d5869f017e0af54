import '../../../src-renderer/ui/tokens.css'
import '../../../src-renderer/ui/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '../../../src-renderer/App.vue'
import { makeI18n } from '../../../src-renderer/locales'
import { useApp } from '../../../src-renderer/state/app'
import { useOutbox } from '../../../src-renderer/state/outbox'
import { partsKey } from '../../../src-renderer/state/parts'
import type { JobView } from '../../../src-main/contract/jobs'
import type { CatalogRow } from '../../../src-main/store/catalog'
import type { ProjectorReport } from '../../../src-main/store/report'
import type { BridgeConnection } from '../../../src-renderer/bridge'
import { campaignCommands } from './campaigns'
import { makeStage, type Stage } from './fakes'
import { addBots } from './bots'
import { addGroups } from './groups'
import { fileJobs } from './sent-files'
import { makeWorld, NOW } from './world'

declare global {
  interface Window {
    stage: Stage
  }
}

// ?lang=zh|en &theme=light|dark &account=none|trial &list=empty|loading &link=waiting|stopped|cut-off|connecting &limit=BYTES &line=lost|refused|slow &fault=CODE &tiles=1 &many=N &groups=1 &bots=1 &index=building &many-sent=running|stopped|failed|uploading|not-up|files &job=reading|done|wrong|many|many-up &share=on|waiting|own|none &storage=whole|cancelled|rebuilding|full|filling
const ask = new URLSearchParams(location.search)
const language = ask.get('lang') === 'zh' ? 'zh' : 'en'
const world = makeWorld(language, Number(ask.get('many') ?? 9_986))
world.app.settings = { ...world.app.settings, language, theme: ask.get('theme') === 'dark' ? 'dark' : 'light' }
if (ask.get('tiles')) world.app.settings.tileServer = 'https://tiles.example/{z}/{x}/{y}.png'
if (ask.get('account') === 'none') {
  delete world.app.account
  world.app.link = { at: 'signed-out' }
}
if (ask.get('account') === 'trial') world.app.account = { address: 'sip:you@trial.local', isLocalTrial: true, journal: 'gallery' }
if (ask.get('list') === 'empty') world.conversations = []
if (ask.get('limit')) world.app.link = { at: 'online', fileLimit: Number(ask.get('limit')) }
if (ask.get('link') === 'waiting') world.app.link = { at: 'waiting', until: NOW + 14_000, attempt: 4, fault: { code: 'cannot-connect' } }
if (ask.get('link') === 'stopped') world.app.link = { at: 'stopped', fault: { code: 'wrong-password' } }
if (ask.get('link') === 'cut-off') {
  world.app.link = { at: 'stopped', fault: { code: 'wrong-password' } }
  world.app.account = { ...world.app.account!, pin: 'ab'.repeat(32) }
}
if (ask.get('link') === 'connecting') world.app.link = { at: 'connecting', attempt: 3 }

if (ask.get('bots')) addBots(world, language)
const groups = ask.get('groups') ? addGroups(world, language) : undefined

const line = ask.get('line')
const connection: BridgeConnection = line === 'refused' ? { at: 'refused' } : { at: 'open' }
const row = { store: 'gallery', reading: 1 }
const live = { at: 'live', applied: 1, newest: 1 } as const
const storages: Record<string, { row: CatalogRow; report: ProjectorReport }> = {
  whole: { row: { ...row, ended: { at: 'done', when: NOW - 7_200_000, messages: 1_204_318 } }, report: live },
  cancelled: { row: { ...row, ended: { at: 'cancelled', when: NOW - 60_000 } }, report: live },
  rebuilding: { row: { ...row, building: 2 }, report: { ...live, rebuild: { at: 'running', done: 431_200, total: 1_204_318 } } },
  full: { row: { ...row, building: 2 }, report: { ...live, rebuild: { at: 'failed', done: 431_200, total: 1_204_318, fault: { code: 'disk-full' }, until: NOW + 9_000 } } },
  filling: { row, report: { at: 'filling', done: 81_200, total: 1_204_318 } },
}
const backup = { id: 'job', kind: 'import', unit: 'bytes', total: 812_000_000, done: 812_000_000, startedAt: NOW - 40_000 } as const
const jobs: Record<string, JobView[]> = {
  reading: [{ ...backup, at: 'running', done: 431_000_000, detail: { file: 'sms-20240501211409.xml', messages: 41_233, files: 1_204 } }],
  done: [{ ...backup, at: 'done', detail: { file: 'sms.xml', messages: 12_377, added: 12_345, known: 30, conversations: 87, drafts: 3, damaged: 2, lines: '1204, 88210', lostFiles: 1, cutAt: 0 } }],
  files: fileJobs(0),
  many: [{ id: 'job', kind: 'campaign', unit: 'messages', total: 10_000, done: 4_188, startedAt: NOW - 40_000, at: 'running', detail: { campaign: 'now' } }],
  'many-up': [
    { id: 'job', kind: 'campaign', unit: 'messages', total: 312, done: 0, startedAt: NOW - 40_000, at: 'running', detail: { campaign: 'now' } },
    { id: 'film', kind: 'upload', unit: 'bytes', total: 18_400_000, done: 7_900_000, startedAt: NOW - 9_000, at: 'running', detail: { campaign: 'now', file: 1, name: 'film.mp4' } },
  ],
  wrong: [{ ...backup, at: 'failed', fault: { code: 'bad-type' } }],
}
const stage = makeStage(world, {
  storage: storages[ask.get('storage') ?? 'whole'], isLoading: ask.get('list') === 'loading', isSlow: line === 'slow', connection, signInFault: ask.get('fault') ?? undefined,
  jobs: jobs[ask.get('job') ?? ''], share: ask.get('share') ?? undefined, campaigns: campaignCommands(language, ask.get('many-sent') ?? undefined), groups,
  coverage: ask.get('index') ? { from: NOW - 40 * 86_400_000, done: 431_200, total: 1_204_318, next: 0 } : undefined,
})
window.stage = stage

const vue = createApp(App)
vue.provide(partsKey, stage.parts)
vue.use(createPinia())
vue.runWithContext(() => {
  useApp()
  useOutbox()
})
vue.use(makeI18n(language)).mount('#app')
if (line === 'lost') setTimeout(() => stage.connect({ at: 'lost', until: NOW + 9_000, attempt: 2, appEnded: false }), 50)
