import type { Chance } from './chance'

/** What dies in a round, and how. */
export type Victim =
  /** `isHeld`: who comes meanwhile waits instead of being turned away. */
  | { kind: 'relay'; signal: 'SIGKILL' | 'SIGTERM'; isHeld: boolean }
  | { kind: 'program'; name: string; signal: 'SIGKILL' | 'SIGTERM' }
  /** `killed`: every page's process gets a `kill -9` at once. */
  | { kind: 'page'; name: string; how: 'crash' | 'close' | 'reload' | 'killed' }
  /** The person's connection breaks after so many more bytes, in the middle of whatever passes. */
  | { kind: 'line'; name: string; bytes: number }

export interface Households {
  /** Everybody. */
  all: readonly string[]
  /** Those with a window. */
  windows: readonly string[]
}

function pickOne(chance: Chance, { all, windows }: Households): Victim {
  const signal = chance.next() < 0.85 ? 'SIGKILL' : 'SIGTERM'
  // A link that breaks within ten seconds waits longer each time: a relay that died more often would leave them all waiting.
  const kind = chance.weighed([['relay', 12], ['program', 42], ['page', windows.length ? 38 : 0], ['line', 8]] as const)
  switch (kind) {
    case 'relay': return { kind, signal, isHeld: chance.next() < 0.6 }
    case 'program': return { kind, name: chance.one(all), signal }
    case 'page': return { kind, name: chance.one(windows), how: chance.weighed([['crash', 4], ['killed', 3], ['reload', 2], ['close', 2]] as const) }
    case 'line': return { kind, name: chance.one(all), bytes: chance.between(1, 20_000) }
  }
}

const isSame = (a: Victim, b: Victim): boolean =>
  a.kind === b.kind && ('name' in a && 'name' in b ? a.name === b.name || ('how' in a && a.how === 'killed') || ('how' in b && b.how === 'killed') : true)

/** One, in every fifth round two at once. */
export function pickVictims(chance: Chance, households: Households): Victim[] {
  const first = pickOne(chance, households)
  if (chance.next() >= 0.2) return [first]
  const second = pickOne(chance, households)
  return isSame(first, second) ? [first] : [first, second]
}

/** For the table and the log: `relay SIGKILL`, `mei's page crash`. */
export function nameOf(victim: Victim): string {
  switch (victim.kind) {
    case 'relay': return `relay ${victim.signal}`
    case 'program': return `program ${victim.signal}`
    case 'page': return `page ${victim.how}`
    case 'line': return 'line cut'
  }
}
