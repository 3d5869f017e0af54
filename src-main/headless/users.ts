import { existsSync, mkdirSync } from 'node:fs'
import { Fault } from '../base/faults'
import { migrations } from '../database-verbs'
import { Db, sqliteFault } from '../relay/ledger/db'
import { ha1sOf } from '../server/passwords'
import { serverVerbs } from '../server/verbs'
import type { BotCommand } from './bot-flags'
import { manageBot } from './bots'
import type { Command } from './flags'
import { databaseFile, namedFile } from './serve'

export type UserCommand = Extract<Command, { command: `user ${string}` | `device ${string}` }> | BotCommand

/** What a command needs from outside. */
export interface Terminal {
  now(): number
  /** The first line of standard input, without its line end; nothing when there is none. */
  readLine(): Promise<string | undefined>
}

/**
 * `user`, `device` and `bot`: they write to the relay's own file, also while it runs, and it notices within a second.
 * Answers the lines to print. @throws Fault with one sentence
 */
export async function manage(command: UserCommand, { now, readLine }: Terminal): Promise<string[]> {
  const password = command.command === 'user add' || command.command === 'user password' ? await readPassword(readLine) : ''
  const { data } = command
  // A folder that was misspelled must not look like a relay without users, nor become one.
  if (command.command === 'user add' || command.command === 'bot add') makeFolder(data)
  else if (!existsSync(databaseFile(data))) {
    throw new Fault('bad-argument', { text: `There is no relay in ${data}; serve or user add makes one.`, detail: { exit: 1 } })
  }
  let db: Db | undefined
  try {
    const opened = (db = new Db(databaseFile(data), migrations))
    return opened.transaction(() => run(opened, command, password, now()))
  } catch (thrown) {
    throw namedFile(sqliteFault(thrown), data)
  } finally {
    db?.close()
  }
}

const isBot = (command: UserCommand): command is BotCommand => command.command.startsWith('bot ')

function run(db: Db, command: UserCommand, password: string, now: number): string[] {
  if (isBot(command)) return manageBot(db, command, now)
  switch (command.command) {
    case 'user add': {
      const { address } = command
      const { added } = serverVerbs['accounts.add'](db, { address, ...ha1sOf(address, password), createdAt: now })
      if (!added) throw new Fault('bad-argument', { text: `${address} is there already; user password changes its password.`, detail: { exit: 1 } })
      return [`Added ${address}`]
    }
    case 'user password':
      known(serverVerbs['accounts.password'](db, { address: command.address, ...ha1sOf(command.address, password) }), command.address)
      return [`Changed the password of ${command.address}`]
    case 'user remove':
      known(serverVerbs['accounts.remove'](db, { address: command.address }), command.address)
      return [`Removed ${command.address}`]
    case 'user list':
      return serverVerbs['accounts.list'](db, null).map(({ address, devices }) => `${address}\t${devices} ${devices === 1 ? 'device' : 'devices'}`)
    case 'device list':
      return serverVerbs['devices.list'](db, command.address === undefined ? {} : { address: command.address })
        .map(({ address, instance, agent, seenAt }) => `${address}\t${instance}\t${agent}\tseen ${new Date(seenAt).toISOString()}`)
    case 'device remove':
      known(serverVerbs['devices.remove'](db, { address: command.address, instance: command.instance }), `${command.instance} of ${command.address}`)
      return [`Removed ${command.instance} of ${command.address}`]
  }
}

function known(result: { known: boolean }, what: string): void {
  if (!result.known) throw new Fault('bad-argument', { text: `There is no ${what}.`, detail: { exit: 1 } })
}

function makeFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw new Fault('folder-unwritable', { text: `The data folder ${data} cannot be made: ${(thrown as Error).message}.`, cause: thrown })
  }
}

async function readPassword(readLine: Terminal['readLine']): Promise<string> {
  const line = await readLine()
  if (!line) throw new Fault('bad-argument', { text: 'The password is one line of standard input, and there was none.' })
  return line
}
