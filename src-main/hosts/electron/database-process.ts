import { utilityProcess } from 'electron'
import type { Port } from '../../relay/ledger/port'

/** Starts the database (or a keeper, which only reads it) in a process of its own: a synchronous query in the main process would freeze every window. */
export function spawnDatabaseProcess(script: string, file: string, role?: 'keeper'): Port {
  const child = utilityProcess.fork(script, role ? [file, role] : [file], { serviceName: 'Yanxin database', stdio: 'inherit' })
  return {
    post: (message) => child.postMessage(message),
    onMessage: (heard) => void child.on('message', heard as (message: unknown) => void),
    onClosed: (heard) => void child.on('exit', (code) => heard(`exit code ${code}`)),
    end: () => void child.kill(),
  }
}
