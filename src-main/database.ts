import { parentPort as workerPort, workerData } from 'node:worker_threads'
import { systemClock } from './base/clock'
import { databasePackings, databaseVerbs, migrations } from './database-verbs'
import type { Port } from './relay/ledger/port'
import { serveLedger } from './relay/ledger/thread'

/** The entry of the thread (Node) or utility process (Electron) that owns a SQLite file. The file is its first argument. */
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

const file = (workerData as { file?: string } | null)?.file ?? process.argv[2]
if (!file) throw new Error('no database file was named')
serveLedger({ file, migrations, verbs: databaseVerbs, packings: databasePackings, port: ownPort(), clock: systemClock })
