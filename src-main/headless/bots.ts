import { randomBytes } from 'node:crypto'
import { Fault } from '../base/faults'
import { isNearHost } from '../base/near-host'
import { databaseVerbs } from '../database-verbs'
import type { Db } from '../relay/ledger/db'
import { accountLane } from '../server/device'
import { botDefaults, type Bot } from '../server/gateway/bot'
import { TRIED } from '../server/gateway/gateway'
import { hashOf, newToken } from '../server/gateway/registry'
import { ha1sOf } from '../server/passwords'
import type { BotAsked, BotCommand } from './bot-flags'

/** `bot`: writes to the relay's own file, also while it runs, and it notices within a second. Answers the lines to print. @throws Fault */
export function manageBot(db: Db, command: BotCommand, now: number): string[] {
  switch (command.command) {
    case 'bot add': return add(db, command.address, command.bot, now)
    case 'bot change': {
      const bot = changed(known(db, command.address), command.bot)
      databaseVerbs['bots.set'](db, bot)
      return [`Changed ${bot.address}`]
    }
    case 'bot token': {
      const { address } = known(db, command.address)
      return [token(db, address, now, command.only)]
    }
    case 'bot list':
      return databaseVerbs['bots.list'](db, null).map(({ address, name, dialect, webhook, tokens, dead }) =>
        `${address}\t${name}\t${dialect}\t${webhook ?? 'no webhook'}\t${tokens} ${tokens === 1 ? 'token' : 'tokens'}\t${dead} dead`)
    case 'bot remove':
      known(db, command.address)
      databaseVerbs['accounts.remove'](db, { address: command.address })
      return [`Removed ${command.address}`]
    case 'bot dead':
      known(db, command.address)
      return databaseVerbs['bots.dead'](db, { bot: command.address }).map(({ from, id, type, diedAt, fault }) =>
        `${new Date(diedAt).toISOString()}\t${from}\t${id}\t${type}\t${fault.text ?? fault.code}`)
    case 'bot replay': {
      const { address } = known(db, command.address)
      const { replayed } = databaseVerbs['bots.replay'](db, { bot: address, lane: accountLane(address), now, keep: TRIED })
      return [`${replayed} ${replayed === 1 ? 'notice goes' : 'notices go'} to ${address} once more`]
    }
  }
}

function add(db: Db, address: string, asked: BotAsked, now: number): string[] {
  // Nobody signs in as a bot: its password is forgotten here.
  const { added } = databaseVerbs['accounts.add'](db, { address, ...ha1sOf(address, randomBytes(32).toString('hex')), createdAt: now })
  if (!added) throw wrong(`${address} is there already.`)
  const secret = newToken()
  const bot = changed({
    address, name: address, ...botDefaults, webhook: null, secret, isPrivate: false, traffic: [], createdAt: now,
  }, asked)
  databaseVerbs['bots.set'](db, bot)
  return [`Added ${address}`, `token\t${token(db, address, now, false)}`, `secret\t${secret}`]
}

function changed(bot: Bot, { webhook, ...asked }: BotAsked): Bot {
  const next: Bot = { ...bot, ...asked, ...(webhook !== undefined && { webhook: webhook === '' ? null : webhook }) }
  if (next.webhook !== null && !next.isPrivate && isNearHost(new URL(next.webhook).hostname)) {
    throw new Fault('bad-argument', { text: `${next.webhook} is in the private network; --private allows that.` })
  }
  return next
}

function token(db: Db, address: string, at: number, only: boolean): string {
  const made = newToken()
  databaseVerbs['bots.token'](db, { address, hash: hashOf(made), at, only })
  return made
}

function known(db: Db, address: string): Bot {
  const bot = databaseVerbs['bots.find'](db, { address })
  if (!bot) throw wrong(`There is no bot ${address}.`)
  return bot
}

const wrong = (text: string): Fault => new Fault('bad-argument', { text, detail: { exit: 1 } })
