import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SECOND, type Clock } from './base/clock'
import { Fault } from './base/faults'
import { readAccount } from './client/address'
import type { AppState, SignIn } from './contract/calls'
import { faults, type FaultCode } from './contract/faults'
import { readRelayUri } from './network/resolve'

/** The flags of `npm start --`; design.md, *Commands*. */
export interface Flags {
  browser: boolean
  noOpen: boolean
  /** The browser host's port; 0 picks one. */
  port?: number
  /** The data folder, absolute. */
  data: string
  /** Signed in by *Try it on this computer*. */
  demo: boolean
  account?: string
  relay?: string
  /** The content server of an operator whose relay does not say where files go. */
  files?: string
  /** The certificates that are trusted besides the system's, PEM. */
  ca?: string
  /** Every earlier link of the browser host becomes worthless. */
  newToken: boolean
}

const options = {
  browser: { type: 'boolean' },
  'no-open': { type: 'boolean' },
  port: { type: 'string' },
  data: { type: 'string' },
  demo: { type: 'boolean' },
  account: { type: 'string' },
  relay: { type: 'string' },
  files: { type: 'string' },
  ca: { type: 'string' },
  'new-token': { type: 'boolean' },
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** Where a person's data lies if nothing else is said, by the custom of the system. */
export function defaultDataFolder(platform: string, env: Environment, home: string): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support/Yanxin')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Yanxin')
  return join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'yanxin')
}

const bad = (text: string, cause?: unknown): Fault => new Fault('bad-argument', { text, cause })

export interface System {
  platform: string
  env: Environment
  home: string
  /** Electron and the system put arguments of their own among ours. */
  ignoreUnknown?: boolean
}

/** Flags as they were given. @throws Fault `bad-argument` with one sentence */
export function readFlags(args: readonly string[], { platform, env, home, ignoreUnknown }: System): Flags {
  const known = (arg: string) => !arg.startsWith('-') || (/^--([a-z-]+)/.exec(arg)?.[1] ?? '') in options
  let values
  try {
    const ours = ignoreUnknown ? args.filter(known) : [...args]
    values = parseArgs({ args: ours, options, strict: true, allowPositionals: ignoreUnknown ?? false }).values
  } catch (thrown) {
    const flags = Object.keys(options).map((name) => `--${name}`).join(' ')
    throw bad(`${(thrown as Error).message.split('. ')[0]}. The flags are ${flags}.`, thrown)
  }
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(/^\d+$/.test(values.port!) && port < 65_536)) throw bad(`--port ${values.port} is not a port: a number from 0 to 65535.`)
  if (values.relay && !values.account) throw bad('--relay needs --account ADDRESS.')
  if (values.files && !values.account) throw bad('--files needs --account ADDRESS and --relay URI.')
  if (values.account && !values.relay) throw bad('--account needs --relay URI, for example sip:127.0.0.1:5060;transport=tcp.')
  if (values.account && values.demo) throw bad('--demo and --account exclude each other.')
  return {
    browser: values.browser ?? false,
    noOpen: values['no-open'] ?? false,
    demo: values.demo ?? false,
    newToken: values['new-token'] ?? false,
    data: values.data ? resolve(values.data) : defaultDataFolder(platform, env, home),
    ...(port !== undefined && { port }),
    ...(values.account && { account: values.account }),
    ...(values.relay && { relay: values.relay }),
    ...(values.files && { files: values.files }),
    ...(values.ca && { ca: readCertificates(values.ca) }),
  }
}

function readCertificates(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw bad(`--ca ${file} cannot be read: ${(thrown as Error).message}.`, thrown)
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw bad(`--ca ${file} holds no certificate in PEM form.`)
  return text
}

/** What signing in asks of the app. */
export interface SignsIn {
  state(): AppState
  signIn(details: SignIn): Promise<unknown>
  tryHere(): Promise<unknown>
}

export interface SigningIn {
  clock: Clock
  /** Tells the person what is being waited for. */
  say(text: string): void
}

/** How long a relay that cannot be reached yet is waited for: whoever starts both at once must not lose the race, ms. */
const patience = 30 * SECOND

/** What a person at a terminal is told of the faults that signing in meets; the window has its locales. */
const words: Partial<Record<FaultCode, string>> = {
  'wrong-password': 'the password is wrong',
  'cannot-connect': 'the relay cannot be reached',
  'changed-certificate': 'its certificate is not the one that was compared when it was joined',
  'bad-certificate': 'its certificate is not trusted; --ca FILE names one that is',
  refused: 'the relay does not take this account',
}

/**
 * Signs in as the flags say: `--demo`, or `--account` and `--relay` with the password from YANXIN_PASSWORD. An account that is
 * open already stays as it is, so that a start without network is no failed sign-in.
 * @throws Fault with one sentence
 */
export async function signInByFlags(app: SignsIn, flags: Flags, password: string | undefined, { clock, say }: SigningIn): Promise<void> {
  if (flags.demo) await app.tryHere()
  const { account: address, relay, files } = flags
  if (!address || !relay) return
  const { account: open, link } = app.state()
  const isOpen = open?.address === readAccount(address) && open.relay === readRelayUri(relay).uri
  if (isOpen && link.at !== 'stopped') return
  if (password === undefined) throw bad('--account needs the password in the environment variable YANXIN_PASSWORD.')
  const until = clock.now() + patience
  for (let isTold = false; ; isTold = true) {
    try {
      await app.signIn({ address, password, relay, ...(files !== undefined && { files }) })
      return
    } catch (thrown) {
      const { code, message, detail } = Fault.from(thrown)
      const why = words[code] ? `${words[code]} (${message})` : message
      if (faults[code].then !== 'wait' || clock.now() >= until) {
        throw new Fault(code, { cause: thrown, detail, text: `${address} cannot sign in at ${relay}: ${why}.` })
      }
      if (!isTold) say(`${address} cannot sign in at ${relay} yet: ${why}; trying again for ${patience / SECOND} seconds …`)
      await new Promise<void>((resolve) => void clock.after(SECOND / 2, resolve))
    }
  }
}

/** What a person reads when the program cannot start or go on, and its exit code: 3 when another holds the data folder. */
export function explain(thrown: unknown): { sentence: string; exitCode: number } {
  const fault = Fault.from(thrown)
  const sentence = fault.code === 'internal' ? `Yanxin stopped because of a mistake of its own: ${fault.message}` : fault.message
  return { sentence, exitCode: fault.code === 'folder-locked' ? 3 : fault.code === 'bad-argument' ? 2 : 1 }
}
