import { dialectNames, type DialectName } from '../server/gateway/bot'
import { address, bad, whole } from './flag-values'

/** What a bot is told to be; absent for what stays, or for the usual. */
export interface BotAsked {
  name?: string
  dialect?: DialectName
  /** '' for none. */
  webhook?: string
  isPrivate?: boolean
  perDay?: number
  perSecond?: number
  atOnce?: number
  traffic?: string[]
}

export type BotCommand =
  | { command: 'bot add' | 'bot change'; address: string; data: string; bot: BotAsked }
  | { command: 'bot token'; address: string; data: string; only: boolean }
  | { command: 'bot remove' | 'bot dead' | 'bot replay'; address: string; data: string }
  | { command: 'bot list'; data: string }

export const botUsage = `bot add ADDRESS --data DIR         a chatbot, with its first token and the secret of its webhook
      [--dialect NAME]             gsma, telecom, mobile or google; gsma
      [--webhook URL] [--private]  where it is told of what comes; in the private network only with --private
      [--name NAME] [--traffic TYPE]  the Traffic-Types it may use; any
      [--per-day N] [--per-second N]  messages that it may send; 100000 and 50
      [--at-once N]                notices in flight to its webhook; 32
bot change ADDRESS --data DIR …    the same flags; what is not said stays
bot token ADDRESS --data DIR [--only]  a further token; with --only the others count no more
bot list --data DIR
bot remove ADDRESS --data DIR
bot dead ADDRESS --data DIR        what its webhook did not take in time
bot replay ADDRESS --data DIR      tells it once more`

export const botOptions = {
  name: { type: 'string' },
  dialect: { type: 'string' },
  webhook: { type: 'string' },
  private: { type: 'boolean' },
  'not-private': { type: 'boolean' },
  'per-day': { type: 'string' },
  'per-second': { type: 'string' },
  'at-once': { type: 'string' },
  traffic: { type: 'string', multiple: true },
  only: { type: 'boolean' },
} as const

type Values = Readonly<Record<string, unknown>>

const asks = ['name', 'dialect', 'webhook', 'private', 'not-private', 'per-day', 'per-second', 'at-once', 'traffic']

/** @throws Fault `bad-argument` */
export function readBotCommand(command: string, rest: readonly string[], values: Values, data: string): BotCommand {
  const takes: readonly string[] = command === 'bot add' || command === 'bot change' ? asks : command === 'bot token' ? ['only'] : []
  for (const name of Object.keys(values)) if (name !== 'data' && !takes.includes(name)) throw bad(`${command} does not take --${name}.`)
  const most = command === 'bot list' ? 0 : 1
  if (rest.length > most) throw bad(`${command} does not take “${rest[most]}”.`)
  switch (command) {
    case 'bot list': return { command, data }
    case 'bot add': case 'bot change': return { command, data, address: address(rest[0], command), bot: readAsked(values) }
    case 'bot token': return { command, data, address: address(rest[0], command), only: values['only'] === true }
    case 'bot remove': case 'bot dead': case 'bot replay': return { command, data, address: address(rest[0], command) }
    default: throw bad(`There is no command “${command}”.`)
  }
}

function readAsked(values: Values): BotAsked {
  const asked: BotAsked = {}
  if (values['name'] !== undefined) asked.name = String(values['name']).slice(0, 200)
  if (values['dialect'] !== undefined) {
    const found = dialectNames.find((name) => name === values['dialect'])
    if (!found) throw bad(`--dialect ${String(values['dialect'])} must be ${dialectNames.join(', ')}.`)
    asked.dialect = found
  }
  if (values['webhook'] !== undefined) asked.webhook = readWebhook(String(values['webhook']))
  if (values['private'] === true) asked.isPrivate = true
  if (values['not-private'] === true) asked.isPrivate = false
  for (const [name, key] of [['per-day', 'perDay'], ['per-second', 'perSecond'], ['at-once', 'atOnce']] as const) {
    const value = whole(values, name)
    if (value !== undefined) asked[key] = value
  }
  const traffic = values['traffic'] as string[] | undefined
  if (traffic) {
    for (const type of traffic) if (!/^[\w.-]{1,40}$/.test(type)) throw bad(`--traffic ${type} must be one word, as advertisement or payment.`)
    asked.traffic = traffic
  }
  return asked
}

function readWebhook(text: string): string {
  if (text === '') return ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash) throw bad(`--webhook ${text} must be an address as https://bot.example/rcs.`)
  return text
}
