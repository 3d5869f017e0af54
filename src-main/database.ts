import { parentPort as workerPort, workerData } from 'node:worker_threads'
import { systemClock } from './base/clock'
import { databaseRules } from './database-rules'
import { databasePackings, databaseVerbs, migrations } from './database-verbs'
import { serveKeeper } from './relay/keeping/keeper'
import type { Port } from './relay/ledger/port'
import { serveLedger } from './relay/ledger/thread'

/**
 * The entry of the thread (Node) or utility process (Electron) that owns a SQLite file, or with the role `keeper` only reads it.
 * The file is its first argument, the role its second.
 */
interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', heard: (event: { data: unknown }) => void): void
}

function ownPort(): Port {
  if (workerPort) {
    const port = workerPort
    return {
      post: (message, transfer = []) => port.postMessage(message, transfer),
      onMessage: (heard) => void port.on('message', heard as (message: unknown) => void),
      onClosed: (heard) => void port.on('close', heard),
      end: () => port.close(),
    }
  }
  const { parentPort: port } = process as unknown as { parentPort?: UtilityPort }
  if (!port) throw new Error('database.js is started by the program itself, as a thread or a utility process')
  return {
    post: (message) => port.postMessage(message),
    onMessage: (heard) => void port.on('message', ({ data }) => heard(data as never)),
    onClosed: () => {},
    end: () => process.exit(0),
  }
}

const given = workerData as { file?: string; role?: string } | null
const file = given?.file ?? process.argv[2]
const role = given?.role ?? process.argv[3]
if (!file) throw new Error('no database file was named')
if (role === 'keeper') serveKeeper({ file, rules: databaseRules, port: ownPort() })
else serveLedger({ file, migrations, verbs: databaseVerbs, packings: databasePackings, port: ownPort(), clock: systemClock })
