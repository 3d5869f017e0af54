import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Fault } from '../base/faults'
import { readUri } from '../sip/uri'

/** Where to listen, from `tcp:HOST:PORT`. */
export interface ListenAt {
  transport: 'tcp' | 'tls' | 'ws'
  host: string
  port: number
}

export type Command =
  | { command: 'serve'; domain: string; data: string; sip: ListenAt[]; http?: { host: string; port: number }; tls?: { cert: string; key: string } }
  | { command: 'user add' | 'user password' | 'user remove'; address: string; data: string }
  | { command: 'user list'; data: string }
  | { command: 'device list'; address?: string; data: string }
  | { command: 'device remove'; address: string; instance: string; data: string }

export const usage = `serve --domain DOMAIN --data DIR --sip tcp:HOST:PORT [--sip tls:HOST:PORT] [--sip ws:HOST:PORT]
      [--http HOST:PORT] [--tls-cert FILE --tls-key FILE] [--config FILE]
user add ADDRESS --data DIR        the password is one line of standard input
user password ADDRESS --data DIR   the same
user list --data DIR
user remove ADDRESS --data DIR
device list [ADDRESS] --data DIR
device remove ADDRESS DEVICE --data DIR`

const options = {
  config: { type: 'string' },
  domain: { type: 'string' },
  data: { type: 'string' },
  sip: { type: 'string', multiple: true },
  http: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
} as const
type Values = { -readonly [K in keyof typeof options]?: (typeof options)[K] extends { multiple: true } ? string[] : string }

const commands: readonly string[] = ['user add', 'user password', 'user remove', 'user list', 'device list', 'device remove']

const bad = (text: string, cause?: unknown): Fault => new Fault('bad-argument', { text, cause })

/** The command line of `npm run relay`. @throws Fault `bad-argument` with one sentence */
export function readCommand(args: readonly string[]): Command {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (thrown) {
    throw bad(`${(thrown as Error).message.split('. ')[0]}.`, thrown)
  }
  const { values, positionals } = parsed
  const [first, second, ...rest] = positionals
  if (first === undefined || first === 'serve') {
    if (second !== undefined) throw bad(`serve takes flags only, not “${second}”.`)
    return readServe(values)
  }
  const command = `${first} ${second ?? ''}`.trim()
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
  if (listeners.some(({ transport }) => transport === 'tls') && cert === undefined) throw bad('--sip tls:… needs --tls-cert FILE and --tls-key FILE.')
  return {
    command: 'serve', domain: domain.toLowerCase(), data: folder(values), sip: listeners,
    ...(http !== undefined && { http: readHostPort(http, '--http') }),
    ...(cert !== undefined && { tls: { cert, key: key! } }),
  }
}

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
    const texts = Array.isArray(value) ? value : [value]
    if (!texts.every((text) => typeof text === 'string') || (Array.isArray(value) && name !== 'sip')) {
      throw bad(`--config ${file}: “${name}” must be text${name === 'sip' ? ' or a list of texts' : ''}.`)
    }
    if (name === 'sip') values.sip = texts
    else values[name as Exclude<keyof Values, 'sip'>] = paths.includes(name) ? resolve(dirname(file), texts[0]!) : texts[0]!
  }
  return values
}

function readListener(text: string): ListenAt {
  const colon = text.indexOf(':')
  const transport = text.slice(0, Math.max(colon, 0))
  if (transport !== 'tcp' && transport !== 'tls' && transport !== 'ws') throw bad(`--sip ${text} must begin with tcp:, tls: or ws:.`)
  return { transport, ...readHostPort(text.slice(colon + 1), `--sip ${transport}:`) }
}

function readHostPort(text: string, flag: string): { host: string; port: number } {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(found?.[3])
  if (!found || port > 65_535) throw bad(`${flag}${flag.endsWith(':') ? '' : ' '}${text} must be HOST:PORT, with a port from 0 to 65535.`)
  return { host: found[1] ?? found[2]!, port }
}

function folder({ data }: Values): string {
  if (!data) throw bad('--data DIR is needed: where the relay keeps its accounts and messages.')
  return resolve(data)
}

/** `alice@example.com` or `sip:alice@example.com`, in the one spelling. */
function address(text: string | undefined, command: string): string {
  if (!text) throw bad(`${command} needs an address, for example alice@example.com.`)
  try {
    const { scheme, user, password, host, params, port } = readUri(/^sips?:/i.test(text) ? text : `sip:${text}`)
    if (scheme === 'sip' && user && host && !params.size && port === undefined && password === undefined) return `sip:${user}@${host}`
  } catch {
    // Said below.
  }
  throw bad(`“${text}” is no address; it looks like alice@example.com.`)
}
