import { HOUR, SECOND, type Clock } from '../../base/clock'
import { Fault } from '../../base/faults'
import type { Carrier, Outcome } from '../../relay/carrier'
import type { Envelope } from '../../relay/envelope'
import type { Answered, Asker, Notice } from './asker'
import type { Bot } from './bot'
import { eventsOf, type BotEvent } from './events'

export interface CarrierParts {
  bot: Bot
  asker: Asker
  clock: Pick<Clock, 'now'>
  /** The requests that tell it of an event, in order. */
  notices(event: BotEvent): Notice[]
}

/** The longest that a bot may put us off, ms. */
const LONGEST = HOUR
/** RFC 9110 15.5: what will not be taken however often it is said. Anything else may be a bot that is being mended. */
const final: ReadonlySet<number> = new Set([400, 413, 415, 422])

/** Takes what waits in a bot's lane to its webhook: one at a time of each conversation, `atOnce` in all. */
export function webhookCarrier(parts: CarrierParts): Carrier {
  return {
    atOnce: parts.bot.atOnce,
    deliver(envelopes, hear) {
      envelopes.forEach((envelope, place) => void deliver(envelope, parts).then((outcome) => hear(place, outcome)))
    },
  }
}

async function deliver(envelope: Envelope, { bot, asker, clock, notices }: CarrierParts): Promise<Outcome> {
  try {
    for (const event of eventsOf(envelope)) {
      for (const notice of notices(event)) {
        const outcome = outcomeOf(await asker.ask(notice, bot.isPrivate), clock.now())
        if (outcome.kind !== 'taken') return outcome
      }
    }
    return { kind: 'taken' }
  } catch (thrown) {
    const fault = Fault.from(thrown)
    // A stop leaves it where it is; what the bot's owner can put right is tried again.
    return fault.code === 'closed' ? { kind: 'lost' } : { kind: 'retry', fault: fault.view() }
  }
}

/** What a webhook's answer means. @param now ms since 1970 */
export function outcomeOf({ status, headers }: Pick<Answered, 'status' | 'headers'>, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const fault = { code: 'refused', text: `the webhook answered ${status}`, detail: { status } } as const
  if (final.has(status)) return { kind: 'failed', fault }
  const after = retryAfter(headers['retry-after'], now)
  return { kind: 'retry', fault, ...(after !== undefined && { after }) }
}

/** RFC 9110 10.2.3: seconds or a date, as ms from now. */
function retryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const wait = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST) : undefined
}
