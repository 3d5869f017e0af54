import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultCode } from '../../contract/faults'
import type { Shelf } from '../files/shelf'
import { Asker } from './asker'
import type { Bot } from './bot'
import { BotFiles } from './bot-files'
import { webhookCarrier } from './carrier'
import type { Dialect, DialectParts } from './dialect'
import { googleDialect } from './dialects/google/dialect'
import { gsmaDialect } from './dialects/gsma/dialect'
import { mobileDialect } from './dialects/mobile/dialect'
import { telecomDialect } from './dialects/telecom/dialect'
import { Door } from './door'
import type { BotEvent } from './events'
import { Gateway, type GatewayParts } from './gateway'
import { Keys } from './keys'
import type { Lookup } from './targets'

export interface GatewayStart extends Omit<GatewayParts, 'carrier' | 'tellNow'> {
  /** The content server's, where there is one. */
  shelf(): Shelf | undefined
  /** How webhooks' names are resolved. @default the system's way */
  lookup?: Lookup | undefined
}

/** A gateway that runs. */
export interface RunningGateway {
  /** Whether a path is one that bots ask. */
  owns(path: string): boolean
  /** Answers one request. */
  handle(request: IncomingMessage, response: ServerResponse): void
  counts(): { taken: number; refused: ReadonlyMap<FaultCode, number> }
  tidy(): Promise<void>
  /** Refuses what is new and lets go of every webhook. */
  stop(): void
}

const makers: readonly ((parts: DialectParts) => Dialect)[] = [gsmaDialect, telecomDialect, mobileDialect, googleDialect]

/** So many notices that are not stored may be on their way to one bot. */
const MOST_NOW = 8

/** Joins the core, the dialects and the webhooks. */
export async function startGateway({ shelf, lookup, ...parts }: GatewayStart): Promise<RunningGateway> {
  const { registry, clock, ids, log } = parts
  const asker = new Asker({ clock, lookup })
  const now = new Map<string, number>()
  const dialects: Dialect[] = []
  const notices = (bot: Bot) => (event: BotEvent) =>
    dialects.find(({ name }) => name === bot.dialect)?.notices(event, { ...bot, webhook: bot.webhook! }) ?? []

  const tellNow = (bot: Bot, event: BotEvent): void => {
    for (const notice of notices(bot)(event)) {
      const flying = now.get(bot.address) ?? 0
      if (flying >= MOST_NOW) return
      now.set(bot.address, flying + 1)
      void asker.ask(notice, bot.isPrivate).catch(() => undefined).finally(() => now.set(bot.address, now.get(bot.address)! - 1))
    }
  }
  const gateway = new Gateway({ ...parts, tellNow, carrier: (bot) => webhookCarrier({ bot, asker, clock, notices: notices(bot) }) })
  const files = new BotFiles({ shelf, asker })
  const keys = new Keys({ registry, clock, log })
  for (const make of makers) dialects.push(make({ gateway, keys, files, clock, ids }))
  const door = new Door({ dialects, clock, log })
  await gateway.start()
  return {
    owns: (path) => door.owns(path),
    handle: (request, response) => void door.handle(request, response),
    counts: () => ({ taken: gateway.taken, refused: door.refused }),
    tidy: () => gateway.tidy(),
    stop() {
      door.stop()
      gateway.stop()
      asker.stop()
    },
  }
}
