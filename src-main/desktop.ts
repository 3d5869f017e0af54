// The entry of the app in Electron. It joins the parts and starts them; what they do is theirs.
import { app as electron, powerMonitor, shell } from 'electron'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { App } from './app'
import { makeCommands } from './api'
import { systemClock } from './base/clock'
import { randomIds } from './base/ids'
import { explain, readFlags, signInByFlags, type Flags } from './command-line'
import { databasePackings, type DatabaseVerbs } from './database-verbs'
import { lockFolder, type FolderLock } from './folder-lock'
import { contentDoor } from './hosts/content-door'
import { serveWindows } from './hosts/electron/connect'
import { spawnDatabaseProcess } from './hosts/electron/database-process'
import { setMenu } from './hosts/electron/menu'
import { notifications } from './hosts/electron/notifications'
import { pageUrl, registerScheme, servePage, storeUrl } from './hosts/electron/page'
import { makeTray } from './hosts/electron/tray'
import { sealedVault } from './hosts/electron/vault'
import { ElectronWindows } from './hosts/electron/windows'
import { serveBridge } from './hosts/serve-bridge'
import { openLog } from './log'
import type { KeeperVerbs } from './relay/keeping/keeper'
import { openLedger } from './relay/ledger/port-ledger'
import { listenableAddresses } from './share/addresses'
import { multicastDiscovery } from './share/multicast'
import { fileVault } from './vault'
import { version } from '../package.json'

const { platform, env } = process
const here = import.meta.dirname

function fail(thrown: unknown): never {
  const { sentence, exitCode } = explain(thrown)
  process.stderr.write(`${sentence}\n`)
  electron.exit(exitCode)
  process.exit(exitCode)
}

/** Before anything else of Electron runs: where its own files go, what is sandboxed, which scheme is ours, who is first. */
function prepare(): { flags: Flags; lock: FolderLock } {
  // Whatever is made from here on is for its owner alone: the data folder may be one that others can look into.
  process.umask(0o077)
  const args = process.argv.slice(electron.isPackaged ? 1 : 2)
  const flags = readFlags(args, { platform, env, home: homedir(), ignoreUnknown: true })
  electron.enableSandbox()
  const own = join(flags.data, 'electron')
  try {
    mkdirSync(own, { recursive: true, mode: 0o700 })
  } catch { /* taking the lock says in a sentence what is wrong with the folder */ }
  electron.setPath('userData', own)
  registerScheme()
  // A second start brings the window of the first to the front, and then names it by the lock (exit code 3).
  electron.requestSingleInstanceLock()
  return { flags, lock: lockFolder(flags.data, 'Yanxin') }
}

async function start({ flags, lock }: { flags: Flags; lock: FolderLock }): Promise<void> {
  const log = openLog('desktop')
  await electron.whenReady()
  setMenu(platform)
  const windows = new ElectronWindows({ preload: join(here, '../preload/preload.cjs'), platform, log })

  // A notification may be clicked when no window is open: the next one to come is told.
  let toShow: string | undefined
  const show = (conversation?: string) => {
    if (windows.isOpen && conversation) app.show(conversation)
    else toShow = conversation
    windows.show()
  }
  const app = new App({
    data: flags.data, host: 'electron', platform, version, language: electron.getPreferredSystemLanguages()[0] ?? electron.getLocale(),
    vault: sealedVault(fileVault(join(flags.data, 'vault'))),
    openLedger: (file, ledgerLog) => openLedger<DatabaseVerbs>({
      spawn: () => spawnDatabaseProcess(join(here, 'database.js'), file), log: ledgerLog, clock: systemClock, packings: databasePackings,
    }),
    openKeeper: (file, keeperLog) => openLedger<KeeperVerbs>({
      spawn: () => spawnDatabaseProcess(join(here, 'database.js'), file, 'keeper'), log: keeperLog, clock: systemClock,
    }),
    openExternal: (url) => shell.openExternal(url),
    notify: notifications(show),
    ...(flags.ca && { ca: flags.ca }),
    discovery: multicastDiscovery({ addresses: () => listenableAddresses().map(({ host }) => host), platform, clock: systemClock, log }),
    clock: systemClock, ids: randomIds, random: Math.random, log,
  })
  const door = contentDoor({ content: app.content, files: () => app.files.kept, tile: (z, x, y) => app.tiles.tile(z, x, y), clock: systemClock, log })
  servePage({ folder: join(here, '../renderer'), content: { path: app.content, door } })
  await app.start()
  serveWindows((channel, url) => serveBridge({
    channel, log,
    join: (notices) => {
      const window = app.windows.attach({ notices })
      if (toShow && url !== storeUrl) {
        notices.show(toShow)
        toShow = undefined
      }
      return { commands: makeCommands(app, window), leave: () => window.detach() }
    },
  }), log)

  let isStopping = false
  electron.on('before-quit', (event) => {
    if (isStopping) return
    isStopping = true
    event.preventDefault()
    systemClock.after(15_000, () => electron.exit(1))
    void app.stop().catch((thrown: unknown) => log.error({ err: thrown }, 'the app did not stop cleanly')).then(() => {
      lock.release()
      electron.exit(0)
    })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => electron.quit())
  electron.on('second-instance', () => show())
  electron.on('activate', () => show())
  // The hidden page stays, and with it the app: messages go on coming.
  electron.on('window-all-closed', () => {})
  powerMonitor.on('resume', () => app.woke())

  await signInByFlags(app, flags, env['YANXIN_PASSWORD'], { clock: systemClock, say: (text) => void process.stderr.write(`${text}\n`) })
  const tray = makeTray({
    icon: join(here, '../../resources/icon.png'), language: app.language, open: () => show(), quit: () => electron.quit(),
  })
  app.events.on('unread', (total) => {
    electron.setBadgeCount(total)
    tray.unread(total)
  })
  windows.keepStore()
  if (!flags.noOpen) windows.show()
  process.stdout.write(`Yanxin ready: ${pageUrl}\n`)
}

try {
  start(prepare()).catch(fail)
} catch (thrown) {
  fail(thrown)
}
