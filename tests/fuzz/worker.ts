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
  /** How long it mutates after the corpus was run, ms; 0 for the corpus alone. */
  ms: number
  seed: number
  /** Whether what reaches new code is looked for: that takes most of the time. */
  isGuided: boolean
  /** [runs so far, bytes of the input that runs now]; the input itself stands in `input`. */
  state: SharedArrayBuffer
  input: SharedArrayBuffer
}

/** What it tells. */
export type Told =
  | { kind: 'added'; input: Uint8Array }
  | { kind: 'broke'; input: Uint8Array; error: string }
  | { kind: 'done'; runs: number; blocks: number }

const { target: name, samples, corpus: begun, ms, seed, isGuided, state, input: shared } = workerData as Task
const tell = (told: Told): void => parentPort!.postMessage(told)
const counter = new Int32Array(state)
const current = new Uint8Array(shared)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const kept = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
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

async function run(target: Target, input: Uint8Array): Promise<boolean> {
  current.set(input.subarray(0, current.length))
  Atomics.store(counter, 1, Math.min(input.length, current.length))
  Atomics.store(counter, 0, ++runs)
  try {
    const running = target.run(Uint8Array.from(input))
    if (running) await running
    if (beside === undefined) return true
    throw beside
  } catch (thrown) {
    beside = undefined
    broke(input, thrown)
    return false
  }
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
  const before = kept()
  const holder = target.flood(input)
  const held = kept() - before
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
  while (performance.now() < until && broken < ENOUGH && corpus.length) {
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
