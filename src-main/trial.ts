import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './base/clock'
import type { Ids } from './base/ids'
import type { Log } from './base/log'
import { Echo } from './trial/echo'
import type { ClientLedger } from './client/journal'
import { tidyHourly } from './operation/tidy'
import { answerOptions, allow, ownFeatures } from './network/capabilities'
import { LargeMessages } from './network/large/large-messages'
import { Session } from './network/session'
import { keepPort, keptPort, portsToTry } from './hosts/browser/port'
import { writeContactFeatures } from './rcs/capabilities'
import { startRelayServer, type FilesOffer, type RelayServer } from './relay-server'
import { ownComputerFileRules } from './server/files/rules'
import { ha1sOf } from './server/passwords'
import type { Flow } from './sip/flow'

/** RFC 6761 6.3: names under `localhost` never leave the computer. */
const domain = 'yanxin.localhost'
export const trialAccount = `sip:me@${domain}`
export const echoAccount = `sip:echo@${domain}`

export interface TrialParts {
  /** Of the relay's database; made if it is not there. */
  folder: string
  openLedger(file: string, log: Log): Promise<ClientLedger>
  userAgent: string
  clock: Clock
  ids: Ids
  random: () => number
  log: Log
  /** How long the echo takes to read and to write, in ms. */
  pace?: number
}

/** A relay inside the app with an echo to talk to. */
export interface Trial {
  /** The password of `trialAccount` for as long as this runs; it is another one each time. */
  readonly password: string
  /** A connection to the relay, in memory. */
  connect(): Promise<Flow>
  /** The echo says hello to the trial's account; it is heard once, however often it is said. */
  greet(language: 'zh' | 'en'): void
  stop(): Promise<void>
}

/** *Try it on this computer*: starts the headless relay's parts in this process, and the echo beside them. */
export async function startTrial(parts: TrialParts): Promise<Trial> {
  const { folder, openLedger, clock, ids, random, log, userAgent } = parts
  const ledger = await openLedger(join(folder, 'relay.sqlite'), log)
  let server: RelayServer | undefined
  try {
    const passwords = await Promise.all([trialAccount, echoAccount].map((address) => renewAccount(ledger, address, clock, ids)))
    const files = filesOffer(folder, random)
    const relay = (server = await startRelayServer({ domain, ledger, clock, ids, random, log: log.child({ part: 'relay' }), userAgent, files, msrp: { host: '127.0.0.1', ports: [0] } }))
    // Its links name the port.
    keepPort(files.folder, relay.files!.port)
    const tidying = tidyHourly(ledger, () => relay.tidy(), { clock, log })
    const connect = (): Promise<Flow> => relay.connect()
    const echo = startEcho({ ...parts, connect, password: passwords[1]! })
    return {
      password: passwords[0]!,
      connect,
      greet: (language) => echo.greet(language),
      async stop() {
        tidying.cancel()
        await echo.stop()
        await relay.stop(1_000)
        await ledger.close()
      },
    }
  } catch (thrown) {
    await server?.stop(0)
    await ledger.close()
    throw thrown
  }
}

/** Its files lie on this computer once more, for as long as anybody may want them. */
function filesOffer(trial: string, random: () => number): FilesOffer {
  const folder = join(trial, 'files')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const at = { host: '127.0.0.1', ports: portsToTry(undefined, keptPort(folder), random) }
  return { at, folder, rules: ownComputerFileRules }
}

/** Nobody needs to know these passwords, so they are made anew each time and never kept. */
async function renewAccount(ledger: ClientLedger, address: string, clock: Clock, ids: Ids): Promise<string> {
  const password = ids.token(26)
  const ha1 = ha1sOf(address, password)
  const { added } = await ledger.commit('accounts.add', { address, ...ha1, createdAt: clock.now() })
  if (!added) await ledger.commit('accounts.password', { address, ...ha1 })
  return password
}

function startEcho(parts: TrialParts & { connect(): Promise<Flow>; password: string }): { greet(language: 'zh' | 'en'): void; stop(): Promise<void> } {
  const { clock, ids, random, log, connect, password, userAgent, pace } = parts
  const features = ownFeatures(writeContactFeatures(['is-bot']))
  const session = new Session({
    account: echoAccount, password, instance: 'urn:uuid:00000000-0000-4000-8000-00000000ec40', features, connect,
    userAgent: `${userAgent} echo`, addresses: () => [], clock, ids, random, log: log.child({ part: 'echo' }),
  })
  const echo = new Echo({ wire: session, account: echoAccount, clock, ids, ...(pace !== undefined && { pace }) })
  let greeting: 'zh' | 'en' | undefined
  const greet = () => {
    if (!greeting || session.link.at !== 'online') return
    echo.greet(trialAccount, greeting)
    greeting = undefined
  }
  // What it takes; it has nothing long to say.
  const large = new LargeMessages({ session, account: echoAccount, clock, ids, log })
  session.events.on('online', greet)
  session.events.on('request', (incoming) => {
    switch (incoming.request.method) {
      case 'MESSAGE': return echo.heard(incoming)
      case 'INVITE': return large.answer(incoming, async (request) => echo.hear(request))
      case 'OPTIONS': return answerOptions(incoming, echoAccount, features)
      default: return incoming.reply(405, undefined, { headers: [['Allow', allow]] })
    }
  })
  session.start()
  return {
    greet(language) {
      greeting = language
      greet()
    },
    async stop() {
      echo.stop()
      await session.stop()
      await large.stop()
    },
  }
}
