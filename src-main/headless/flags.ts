import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DAY } from '../base/clock'
import { Fault } from '../base/faults'
import { defaultRules, type Rules } from '../server/rules'
import { defaultFileRules, type FileRules } from '../server/files/rules'
import { botOptions, botUsage, readBotCommand, type BotCommand } from './bot-flags'
import { address, bad, bytes, days, readBase, readHostPort, readOrigin, whole } from './flag-values'

const transports = ['tcp', 'tls', 'ws', 'wss'] as const

/** Where to listen, from `tcp:HOST:PORT`. */
export interface ListenAt {
  transport: (typeof transports)[number]
  host: string
  port: number
}

/** The content server: where it listens, and how clients reach it where a proxy stands in front. */
export interface FilesOn {
  host: string
  port: number
  isSecret: boolean
  url?: string
  rules: FileRules
}

/** Where to listen for MSRP, from `tls:HOST:PORT`. */
export interface MsrpOn {
  host: string
  port: number
  isSecret: boolean
}

export type Command =
  | {
    command: 'serve'; domain: string; data: string; sip: ListenAt[]; http?: { host: string; port: number }; tls?: { cert: string; key: string }
    /** Web pages that may connect over WebSocket, e.g. `https://phone.example`; absent for all. */
    origins?: string[]
    rules: Rules
    files?: FilesOn
    /** Where it listens for large messages. */
    msrp?: MsrpOn
    /** How long after a check of the storage the next one is due, ms; 0 for never. */
    checkEvery: number
  }
  | { command: 'check'; data: string; quick: boolean }
  | { command: 'disk'; data: string; top: number; vacuum: boolean }
  | { command: 'backup'; data: string; to: string }
  | { command: 'restore'; data: string; from: string }
  | { command: 'user add' | 'user password' | 'user remove'; address: string; data: string }
  | { command: 'user list'; data: string }
  | { command: 'device list'; address?: string; data: string }
  | { command: 'device remove'; address: string; instance: string; data: string }
  | BotCommand

export const usage = `serve --domain DOMAIN --data DIR --sip tcp:HOST:PORT [--sip tls:HOST:PORT] [--sip ws:HOST:PORT] [--sip wss:HOST:PORT]
      [--http HOST:PORT]           health, metrics, and chatbots
      [--tls-cert FILE --tls-key FILE] [--config FILE]
      [--ws-origin ORIGIN]         a web page that may connect, as https://phone.example; without it every page may
      [--msrp tcp:HOST:PORT]       messages longer than 64 KB, as tls:HOST:PORT too; without it there are none
      [--files [https:]HOST:PORT]  pictures, voice and files are kept here, over HTTP or HTTPS
      [--files-url URL]            and reached there, where a proxy stands in front: https://files.example/ft
      [--file-limit SIZE]          the largest file; 100M
      [--files-quota SIZE]         all files of an account; 1G
      [--files-keep DAYS]          how long a file can be fetched; 30
      [--keep DAYS]                how long a message waits for its recipient; 30
      [--forget-devices DAYS]      a device not seen for so long is forgotten; 90
      [--queue-limit N]            messages that may wait for one device; 10000
      [--queue-bytes N]            and bytes of them, as 256M; K, M, G
      [--connections-per-host N]   connections of a host on which nobody signed in; 1000
      [--check-every DAYS]         the storage is checked when there is little to do; 1, 0 for never
user add ADDRESS --data DIR        the password is one line of standard input
user password ADDRESS --data DIR   the same
user list --data DIR
user remove ADDRESS --data DIR
device list [ADDRESS] --data DIR
device remove ADDRESS DEVICE --data DIR
${botUsage}
check --data DIR [--quick]         is the storage whole? also while the relay runs; ends with 1 when it is not
disk --data DIR [--top N]          what takes space; --vacuum gives free pages back (not while the relay runs)
backup --data DIR --to FILE        a copy of a relay that runs, checked; FILE may be a folder
restore --data DIR --from FILE     puts a backup back (not while the relay runs); what was there is kept aside`

const options = {
  config: { type: 'string' },
  domain: { type: 'string' },
  data: { type: 'string' },
  sip: { type: 'string', multiple: true },
  http: { type: 'string' },
  'ws-origin': { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  keep: { type: 'string' },
  'forget-devices': { type: 'string' },
  'queue-limit': { type: 'string' },
  'queue-bytes': { type: 'string' },
  'connections-per-host': { type: 'string' },
  'check-every': { type: 'string' },
  msrp: { type: 'string' },
  files: { type: 'string' },
  'files-url': { type: 'string' },
  'file-limit': { type: 'string' },
  'files-quota': { type: 'string' },
  'files-keep': { type: 'string' },
} as const
const keepOptions = {
  to: { type: 'string' },
  from: { type: 'string' },
  top: { type: 'string' },
  quick: { type: 'boolean' },
  vacuum: { type: 'boolean' },
} as const
type Values = { -readonly [K in keyof typeof options]?: (typeof options)[K] extends { multiple: true } ? string[] : string }
type KeepValues = { -readonly [K in keyof typeof keepOptions]?: (typeof keepOptions)[K]['type'] extends 'boolean' ? boolean : string }

/** What each of these takes beside --data. */
const keepFlags = { check: ['quick'], disk: ['top', 'vacuum'], backup: ['to'], restore: ['from'] } as const
const isKeep = (command: string): command is keyof typeof keepFlags => command in keepFlags

const commands: readonly string[] = ['user add', 'user password', 'user remove', 'user list', 'device list', 'device remove']

const botCommands: readonly string[] = ['add', 'change', 'token', 'list', 'remove', 'dead', 'replay'].map((each) => `bot ${each}`)

/** The command line of `npm run relay`. @throws Fault `bad-argument` with one sentence */
export function readCommand(args: readonly string[]): Command {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options: { ...options, ...keepOptions, ...botOptions }, strict: true, allowPositionals: true })
  } catch (thrown) {
    throw bad(`${(thrown as Error).message.split('. ')[0]}.`, thrown)
  }
  const { values, positionals } = parsed
  const [first, second, ...rest] = positionals
  if (first !== undefined && isKeep(first)) {
    if (second !== undefined) throw bad(`${first} takes flags only, not “${second}”.`)
    return readKeep(first, values)
  }
  if (first === undefined || first === 'serve') {
    if (second !== undefined) throw bad(`serve takes flags only, not “${second}”.`)
    for (const name of Object.keys({ ...keepOptions, ...botOptions })) if (name in values) throw bad(`serve does not take --${name}.`)
    return readServe(values)
  }
  const command = `${first} ${second ?? ''}`.trim()
  if (botCommands.includes(command)) return readBotCommand(command, rest, values, folder(values))
  if (!commands.includes(command)) throw bad(`There is no command “${command}”.`)
  const data = folder(values)
  for (const name of Object.keys(values)) if (name !== 'data') throw bad(`${command} does not take --${name}.`)
  const take = (most: number): void => {
    if (rest.length > most) throw bad(`${command} does not take “${rest[most]}”.`)
  }
  switch (command) {
    case 'user add': case 'user password': case 'user remove':
      take(1)
      return { command, address: address(rest[0], command), data }
    case 'user list':
      take(0)
      return { command, data }
    case 'device list':
      take(1)
      return { command, data, ...(rest[0] !== undefined && { address: address(rest[0], command) }) }
    case 'device remove':
      take(2)
      if (!rest[1]) throw bad('device remove needs the device as well, as device list shows it.')
      return { command, address: address(rest[0], command), instance: rest[1], data }
    default:
      throw new Fault('internal', { text: command })
  }
}

function readServe(flags: Values): Command {
  const values: Values = { ...(flags.config !== undefined && readConfig(flags.config)), ...flags }
  const { domain, sip, http } = values
  if (!domain) throw bad('serve needs --domain DOMAIN, the part of the addresses behind the @.')
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(domain)) throw bad(`--domain ${domain} is no domain.`)
  if (!sip?.length) throw bad('serve needs --sip, for example --sip tcp:127.0.0.1:5060.')
  const listeners = sip.map(readListener)
  const cert = values['tls-cert']
  const key = values['tls-key']
  if ((cert === undefined) !== (key === undefined)) throw bad('--tls-cert and --tls-key belong together.')
  const secret = listeners.find(({ transport }) => transport === 'tls' || transport === 'wss')
  if (secret && cert === undefined) throw bad(`--sip ${secret.transport}:… needs --tls-cert FILE and --tls-key FILE.`)
  const files = readFiles(values)
  if (files?.isSecret && cert === undefined) throw bad('--files https:… needs --tls-cert FILE and --tls-key FILE.')
  const msrp = values.msrp === undefined ? undefined : readMsrp(values.msrp)
  if (msrp?.isSecret && cert === undefined) throw bad('--msrp tls:… needs --tls-cert FILE and --tls-key FILE.')
  const origins = values['ws-origin']?.map(readOrigin)
  return {
    command: 'serve', domain: domain.toLowerCase(), data: folder(values), sip: listeners,
    ...(http !== undefined && { http: readHostPort(http, '--http') }),
    ...(cert !== undefined && { tls: { cert, key: key! } }),
    ...(origins && { origins }),
    ...(files && { files }),
    ...(msrp && { msrp }),
    rules: {
      keep: days(values, 'keep') ?? defaultRules.keep,
      forgetDevices: days(values, 'forget-devices') ?? defaultRules.forgetDevices,
      queueMessages: whole(values, 'queue-limit') ?? defaultRules.queueMessages,
      queueBytes: bytes(values, 'queue-bytes') ?? defaultRules.queueBytes,
      connectionsPerHost: whole(values, 'connections-per-host') ?? defaultRules.connectionsPerHost,
      groupFlood: defaultRules.groupFlood,
    },
    checkEvery: days(values, 'check-every', 0) ?? DAY,
  }
}

function readFiles(values: Values): FilesOn | undefined {
  const { files } = values
  if (files === undefined) {
    for (const name of ['files-url', 'file-limit', 'files-quota', 'files-keep']) if (name in values) throw bad(`--${name} goes with --files HOST:PORT.`)
    return undefined
  }
  const [, scheme, at = ''] = /^(?:(https?):)?(.*)$/.exec(files)!
  const url = values['files-url']
  const rules: FileRules = {
    ...defaultFileRules,
    fileBytes: bytes(values, 'file-limit') ?? defaultFileRules.fileBytes,
    accountBytes: bytes(values, 'files-quota') ?? defaultFileRules.accountBytes,
    keep: days(values, 'files-keep') ?? defaultFileRules.keep,
  }
  return { ...readHostPort(at, '--files'), isSecret: scheme === 'https', rules, ...(url !== undefined && { url: readBase(url) }) }
}

function readKeep(command: keyof typeof keepFlags, values: Values & KeepValues): Command {
  const takes: readonly string[] = keepFlags[command]
  for (const name of Object.keys(values)) if (name !== 'data' && !takes.includes(name)) throw bad(`${command} does not take --${name}.`)
  const data = folder(values)
  switch (command) {
    case 'check': return { command, data, quick: values.quick ?? false }
    case 'disk': {
      const top = Number(values.top ?? 10)
      if (!Number.isInteger(top) || top < 1) throw bad(`--top ${values.top} must be a whole number from 1 on.`)
      return { command, data, top, vacuum: values.vacuum ?? false }
    }
    case 'backup':
      if (!values.to) throw bad('backup needs --to FILE, which must not exist yet, or a folder.')
      return { command, data, to: resolve(values.to) }
    case 'restore':
      if (!values.from) throw bad('restore needs --from FILE, a backup.')
      return { command, data, from: resolve(values.from) }
  }
}

const numbers: readonly string[] = ['keep', 'forget-devices', 'queue-limit', 'queue-bytes', 'connections-per-host', 'check-every', 'file-limit', 'files-quota', 'files-keep']
const paths: readonly string[] = ['data', 'tls-cert', 'tls-key']

/** JSON whose keys are the flags' names; paths in it are relative to the file. */
function readConfig(file: string): Values {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw bad(`--config ${file} cannot be read: ${(thrown as Error).message}.`, thrown)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw bad(`--config ${file} must hold one JSON object.`)
  const values: Values = {}
  for (const [name, value] of Object.entries(json)) {
    if (name === 'config' || !(name in options)) throw bad(`--config ${file}: there is no flag “${name}”.`)
    const texts: unknown[] = (Array.isArray(value) ? value : [value]).map((each: unknown) =>
      typeof each === 'number' && numbers.includes(name) ? String(each) : each)
    const isList = name === 'sip' || name === 'ws-origin'
    if (!texts.every((text) => typeof text === 'string') || (Array.isArray(value) && !isList)) {
      throw bad(`--config ${file}: “${name}” must be text${isList ? ' or a list of texts' : ''}.`)
    }
    if (isList) values[name] = texts
    else values[name as Exclude<keyof Values, 'sip' | 'ws-origin'>] = paths.includes(name) ? resolve(dirname(file), texts[0]!) : texts[0]!
  }
  return values
}

function readListener(text: string): ListenAt {
  const colon = text.indexOf(':')
  const transport = transports.find((name) => name === text.slice(0, Math.max(colon, 0)))
  if (!transport) throw bad(`--sip ${text} must begin with tcp:, tls:, ws: or wss:.`)
  return { transport, ...readHostPort(text.slice(colon + 1), `--sip ${transport}:`) }
}

function readMsrp(text: string): MsrpOn {
  const [, scheme, at] = /^(tcp|tls):(.*)$/.exec(text) ?? []
  if (at === undefined) throw bad(`--msrp ${text} must begin with tcp: or tls:.`)
  return { ...readHostPort(at, `--msrp ${scheme}:`), isSecret: scheme === 'tls' }
}

function folder({ data }: Values): string {
  if (!data) throw bad('--data DIR is needed: where the relay keeps its accounts and messages.')
  return resolve(data)
}
