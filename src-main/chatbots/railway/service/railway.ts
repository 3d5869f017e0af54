import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Store } from '../bookings/store'
import { Timetable } from '../network/timetable'
import { Conversation } from '../talk/conversation'
import { DAY, midnightOf } from '../talk/day'
import { BotApi } from './bot-api'
import { Speaker } from './speaker'
import { pictureFor } from './ticket-picture'
import { listen } from './webhook'

export interface RailwayParts {
  /** The gateway's root URL. */
  gateway: string
  bot: string
  token: string
  /** Where the gateway tells of events, and with what it signs them. */
  host: string
  port: number
  secret: string
  /** Of the bookings; made if it is not there. */
  data: string
  now?(): number
  log?(text: string): void
  /** @default as `Speaker` */
  wait?: (tries: number) => number
}

export interface Railway {
  readonly port: number
  stop(): Promise<void>
}

/** No letters that are taken for others. */
const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const newId = (): string => Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')

/** The railway chatbot: it hears by its webhook, answers by the gateway's public API, and keeps everything in a file of its own. */
export async function startRailway(parts: RailwayParts): Promise<Railway> {
  const { data, host, port, secret, gateway, bot, token, now = Date.now, log = () => undefined, wait } = parts
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const timetable = new Timetable()
  const store = new Store({
    file: join(data, 'railway.sqlite'), now, newId,
    seats: (train, seatClass) => timetable.seats(train, seatClass),
    departure: (train, day, board) => midnightOf(day) + timetable.departs(train, board) * 60_000,
  })
  const conversation = new Conversation({ store, timetable, now, picture: ({ id }) => pictureFor(id) })
  const speaker = new Speaker({ store, api: new BotApi({ root: gateway, bot, token }), log, ...(wait && { wait }) })
  const webhook = await listen({
    host, port, secret,
    hear(heard) {
      store.once(() => conversation.hear(heard).forEach((said, n) => store.say(`${heard.id}.${n}`, heard.person, JSON.stringify(said))))
      speaker.speak()
    },
  }).catch((thrown: unknown) => {
    store.close()
    throw thrown
  })
  store.forget(now() - 30 * DAY)
  // What was not said before it ended.
  speaker.speak()
  return {
    port: webhook.port,
    async stop() {
      await webhook.close()
      await speaker.stop()
      store.close()
    },
  }
}
