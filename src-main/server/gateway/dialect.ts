import type { Answer } from '../files/answers'
import type { Notice } from './asker'
import type { Bot, DialectName } from './bot'
import type { BotFiles } from './bot-files'
import type { BotEvent } from './events'
import type { BotExchange, Refusal } from './exchange'
import type { Gateway } from './gateway'
import type { Keys } from './keys'

/** What a dialect is built on. */
export interface DialectParts {
  gateway: Gateway
  keys: Keys
  files: BotFiles
  clock: { now(): number }
  ids: { uuid(): string; token(length?: number): string }
}

/** One language that bots speak: HTTP to calls of the gateway, and what it tells to HTTP. Nothing is decided here. */
export interface Dialect {
  readonly name: DialectName
  /** Whether a request is one of its own, by its path. */
  owns(path: string): boolean
  /** Answers the request. @throws Fault, which `refuse` words */
  serve(exchange: BotExchange): Promise<void>
  refuse(refusal: Refusal): Answer
  /** What the bot's webhook is asked; nothing where the dialect has no word for it. */
  notices(event: BotEvent, bot: Bot & { webhook: string }): Notice[]
}
