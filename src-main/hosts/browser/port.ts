import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawnPorts } from '../../base/first-port'

/** The port that this data folder used last: it is part of the page's origin, and so of its IndexedDB. */
export function keptPort(folder: string): number | undefined {
  try {
    const port = Number(readFileSync(join(folder, 'port'), 'utf8'))
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
  } catch {
    return undefined
  }
}

export const keepPort = (folder: string, port: number): void => writeFileSync(join(folder, 'port'), `${port}\n`, { mode: 0o600 })

/** Ports to try, in order; 0, any that is free, comes last. `asked` is the only one when it is given. */
export function portsToTry(asked: number | undefined, kept: number | undefined, random: () => number): number[] {
  if (asked !== undefined) return [asked]
  return [...(kept === undefined ? [] : [kept]), ...drawnPorts(random), 0]
}
