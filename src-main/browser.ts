// The entry of the browser host: the same app in plain Node, its window a page on loopback.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { App } from './app'
import { makeCommands } from './api'
import { systemClock } from './base/clock'
import { randomIds } from './base/ids'
import { explain, readFlags, signInByFlags, type Flags } from './command-line'
import { lockFolderSoon } from './folder-lock'
import { contentDoor } from './hosts/content-door'
import { keepPort, keptPort, portsToTry } from './hosts/browser/port'
import { startLoopback, type Loopback } from './hosts/browser/loopback'
import { openToken } from './hosts/browser/token'
import { hasDisplay, openerCommand, startApart, windowCommand } from './hosts/browser/window'
import { serveBridge } from './hosts/serve-bridge'
import { openDatabase, openKeeper } from './ledger-thread'
import { openLog } from './log'
import { listenableAddresses } from './share/addresses'
import { multicastDiscovery } from './share/multicast'
import { fileVault } from './vault'
import { version } from '../package.json'

const { platform, env } = process
const say = (text: string) => process.stderr.write(`${text}\n`)

function fail(thrown: unknown): never {
  const { sentence, exitCode } = explain(thrown)
  say(sentence)
  process.exit(exitCode)
}

async function openAppWindow(loopback: Loopback, flags: Flags): Promise<void> {
  const chromium = env['CHROME_PATH']
  const command = windowCommand({
    url: loopback.ticketUrl(), chromium, profile: join(flags.data, 'window'), platform, isRoot: process.getuid?.() === 0,
  })
  await startApart(command).catch((thrown: Error) => say(`No window could be opened (${thrown.message}); open the link above in a browser.`))
}

async function start(): Promise<void> {
  // Whatever is made from here on is for its owner alone: the data folder may be one that others can look into.
  process.umask(0o077)
  const flags = readFlags(process.argv.slice(2), { platform, env, home: homedir() })
  const lock = await lockFolderSoon(flags.data, 'Yanxin in a browser', systemClock)
  const log = openLog('browser')
  const app = new App({
    data: flags.data, host: 'browser', platform, version, language: Intl.DateTimeFormat().resolvedOptions().locale,
    vault: fileVault(join(flags.data, 'vault')),
    openLedger: (file, ledgerLog) => openDatabase({ file, log: ledgerLog, clock: systemClock }),
    openKeeper: (file, keeperLog) => openKeeper({ file, log: keeperLog, clock: systemClock }),
    openExternal: (url) => startApart(openerCommand(url, platform)),
    ...(flags.ca && { ca: flags.ca }),
    discovery: multicastDiscovery({ addresses: () => listenableAddresses().map(({ host }) => host), platform, clock: systemClock, log }),
    clock: systemClock, ids: randomIds, random: Math.random, log,
  })
  await app.start()

  const kept = keptPort(flags.data)
  const token = openToken(flags.data, randomIds, flags.newToken)
  const loopback = await startLoopback({
    folder: join(import.meta.dirname, '../renderer'), ports: portsToTry(flags.port, kept, Math.random), token, log,
    content: contentDoor({ content: app.content, files: () => app.files.kept, tile: (z, x, y) => app.tiles.tile(z, x, y), clock: systemClock, log }),
    onWindow: (channel) => serveBridge({
      channel, log,
      join: (notices) => {
        const window = app.windows.attach({ notices })
        return { commands: makeCommands(app, window), leave: () => window.detach() }
      },
    }),
  })
  if (kept !== undefined && kept !== loopback.port && flags.port === undefined) {
    say(`Port ${kept}, which the window had until now, is taken; it is ${loopback.port} from now on, and the window fills its store anew.`)
  }
  keepPort(flags.data, loopback.port)

  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    // Whatever hangs does not keep the data folder for ever.
    systemClock.after(15_000, () => process.exit(1))
    await Promise.allSettled([loopback.stop(), app.stop()])
    lock.release()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
  // The command that started us was killed.
  process.once('disconnect', () => void stop())
  process.channel?.unref()

  try {
    await signInByFlags(app, flags, env['YANXIN_PASSWORD'], { clock: systemClock, say })
  } catch (thrown) {
    await Promise.allSettled([loopback.stop(), app.stop()])
    throw thrown
  }
  process.stdout.write(`Yanxin ready: http://127.0.0.1:${loopback.port}/#${token}\n`)
  if (!flags.noOpen && hasDisplay(platform, env)) await openAppWindow(loopback, flags)
}

start().catch(fail)
