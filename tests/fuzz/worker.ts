import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from './coverage'
import { drawFrom, mutate } from './mutate'
import type { Sample, Target } from './target'
import { targets, type TargetName } from './targets'

/** What a worker is started with. */
export interface Task {
  target: TargetName
  samples: Sample[]
  corpus: Uint8Array[]
  /** How long it mutates after the corpus was run, ms, and how many inputs it makes at most. */
  ms: number
  most: number
  seed: number
  /** Whether what reaches new code is looked for: that takes most of the time. */
  isGuided: boolean
  /** [runs so far, bytes of the input that runs now, steps so far: runs, floods and tries]; the input itself stands in `input`. */
  state: SharedArrayBuffer
  input: SharedArrayBuffer
}

/** What it tells. */
export type Told =
  | { kind: 'added'; input: Uint8Array }
  | { kind: 'broke'; input: Uint8Array; error: string }
  | { kind: 'done'; runs: number; blocks: number }

const { target: name, samples, corpus: begun, ms, most, seed, isGuided, state, input: shared } = workerData as Task
const tell = (told: Told): void => parentPort!.postMessage(told)
const counter = new Int32Array(state)
const current = new Uint8Array(shared)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/**
 * Bytes in use. V8 sweeps array buffers beside us, and what is gone may be counted for some time: it is looked at until there
 * is little enough, or until it cannot be that.
 */
async function kept(enough: number): Promise<number> {
  let least = Infinity
  for (let looks = 0; looks < 10 && least > enough; looks++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    least = Math.min(least, heapUsed + arrayBuffers)
  }
  return least
}
/** What a reader may still hold after a flood of many megabytes. */
const HOLDS = 24 * 1024 * 1024
/** How many inputs share one look at the coverage. */
const BATCH = 256
/** Errors of one target that are worth telling. */
const ENOUGH = 5

let runs = 0
let broken = 0
// What is thrown beside the call (a socket's listener, a promise) is found too.
let beside: unknown
process.on('uncaughtException', (thrown) => void (beside ??= thrown))
process.on('unhandledRejection', (thrown) => void (beside ??= thrown))

const broke = (input: Uint8Array, thrown: unknown): void => {
  broken++
  tell({ kind: 'broke', input, error: thrown instanceof Error ? `${thrown.stack ?? thrown.message}` : String(thrown) })
}

/** Whoever watches sees what is worked on, and that it goes on. */
function step(input: Uint8Array): void {
  current.set(input.subarray(0, current.length))
  Atomics.store(counter, 1, Math.min(input.length, current.length))
  Atomics.add(counter, 2, 1)
}

/** What comes of an input, if it is broken by it. */
async function breaks(target: Target, input: Uint8Array): Promise<unknown> {
  step(input)
  try {
    const running = target.run(Uint8Array.from(input))
    if (running) await running
    return beside
  } catch (thrown) {
    return thrown
  } finally {
    beside = undefined
  }
}

async function run(target: Target, input: Uint8Array): Promise<boolean> {
  Atomics.store(counter, 0, ++runs)
  const thrown = await breaks(target, input)
  if (thrown === undefined) return true
  const less = await shrunk(target, input, thrown)
  broke(less, (await breaks(target, less)) ?? thrown)
  return false
}

/** How many tries a finding is worth to be told in less. */
const TRIES = 2_000
const kindOf = (thrown: unknown): string => String(thrown).replace(/\d+/g, '').slice(0, 20)

/** An input that fails in the same way: pieces are left out, large ones first. */
async function shrunk(target: Target, input: Uint8Array, thrown: unknown): Promise<Uint8Array> {
  let least = input
  let tries = 0
  for (let size = least.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < least.length && tries < TRIES; tries++) {
      const less = Buffer.concat([least.subarray(0, at), least.subarray(at + size)])
      if (kindOf(await breaks(target, less)) === kindOf(thrown)) least = less
      else at += size
    }
  }
  return least
}

/** Those of the batch that reached something new, by halving. */
async function finders(target: Target, coverage: Coverage, batch: readonly Uint8Array[], until: number): Promise<Uint8Array[]> {
  if (batch.length === 1) return [...batch]
  const half = batch.length >> 1
  const found: Uint8Array[] = []
  for (const part of [batch.slice(0, half), batch.slice(half)]) {
    if (performance.now() > until) break
    coverage.fresh()
    for (const input of part) await run(target, input)
    if (coverage.fresh(part.length === 1)) found.push(...await finders(target, coverage, part, until))
  }
  return found
}

async function flood(target: Target, input: Uint8Array): Promise<void> {
  if (!target.flood || !input.length) return
  step(input)
  const before = await kept(0)
  const holder = target.flood(input)
  const held = (await kept(before + HOLDS)) - before
  if (held > HOLDS) broke(input, new Error(`a flood of it keeps ${held} bytes`))
  // Kept alive until it was measured.
  if (holder === counter) tell({ kind: 'added', input })
}

async function main(): Promise<void> {
  const target = await targets[name]()
  const coverage = isGuided ? new Coverage(new URL('.', import.meta.url).href) : undefined
  const draw = drawFrom(seed)
  const corpus: Uint8Array[] = []
  for (const input of [...target.seeds(samples), ...begun]) {
    if (await run(target, input)) corpus.push(input)
  }
  coverage?.fresh()
  if (corpus[0]) await flood(target, corpus[0])
  const until = performance.now() + ms
  for (let made = 0; made < most && performance.now() < until && broken < ENOUGH && corpus.length; made += BATCH) {
    // What came last reached what was new last: it is drawn more often.
    const parent = () => corpus[draw(2) ? draw(corpus.length) : corpus.length - 1 - draw(Math.min(16, corpus.length))]!
    const batch = Array.from({ length: BATCH }, () => mutate(parent(), parent(), draw, target.dictionary))
    const sound: Uint8Array[] = []
    for (const input of batch) if (await run(target, input)) sound.push(input)
    if (coverage?.fresh(false)) {
      for (const input of await finders(target, coverage, sound, until)) {
        corpus.push(input)
        tell({ kind: 'added', input })
      }
    }
    coverage?.fresh()
    if (runs % (BATCH * 16) < BATCH) await flood(target, parent())
  }
  await target.end?.()
  tell({ kind: 'done', runs, blocks: coverage?.blocks ?? 0 })
  coverage?.end()
}

await main()
