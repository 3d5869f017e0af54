import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { bundle } from '../fakes/database'
import type { TargetName } from './targets'
import type { Task, Told } from './worker'

/** Inputs that reached something of their own, and those that once broke something; both are run again in every test. */
const folder = (kind: 'corpus' | 'broken', target: string): string => join(import.meta.dirname, kind, target)

const inputsIn = (path: string): Uint8Array[] => {
  try {
    return readdirSync(path).sort().map((name) => readFileSync(join(path, name)))
  } catch {
    return []
  }
}

const samples = ['sip', 'wire', 'imports'].flatMap((name) => {
  const path = join(import.meta.dirname, '../fixtures', name)
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, bytes: readFileSync(join(path, entry.name)) }))
})

export interface Finding {
  error: string
  input: Uint8Array
}

/** A finding in one line, the input last; what is kept of a long log is its end. */
export const told = ({ error, input }: Finding): string =>
  `${error.split('\n', 1)[0]!.slice(0, 300)} (${input.length} bytes, base64 ${Buffer.from(input).toString('base64')})`

export interface Fuzzed {
  target: TargetName
  seed: number
  runs: number
  /** Blocks of code that were reached. */
  blocks: number
  perSecond: number
  added: Uint8Array[]
  findings: Finding[]
}

/** An input, or a flood of it, may take this much of the process's time before it counts as hanging, ms: a busy machine takes none of it. */
const PATIENCE = 20_000
/** What waits for something that does not come takes no time of the process at all, ms. */
const LONGEST_WAIT = 60_000
const LARGEST = 64 * 1024

let script: Promise<string> | undefined

export interface FuzzOptions {
  seed: number
  /** How long it mutates, ms. @default for ever */
  ms?: number
  /** How many inputs it makes, by batches. @default any number */
  most?: number
  isGuided?: boolean
}

/** Runs a target's corpus and then mutates it. Every throw but a typed fault, hang and hunger is a finding. */
export async function fuzz(target: TargetName, { seed, ms = Infinity, most = Infinity, isGuided = false }: FuzzOptions): Promise<Fuzzed> {
  const built = await (script ??= bundle('tests/fuzz/worker.ts'))
  const corpus = [...inputsIn(folder('corpus', target)), ...inputsIn(folder('broken', target))]
  const state = new SharedArrayBuffer(12)
  const input = new SharedArrayBuffer(LARGEST)
  const added: Uint8Array[] = []
  const findings: Finding[] = []
  const begun = performance.now()
  const worker = new Worker(pathToFileURL(built), {
    workerData: { target, samples, corpus, ms, most, seed, isGuided, state, input } satisfies Task,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const running = (): Uint8Array => Uint8Array.from(new Uint8Array(input).subarray(0, Atomics.load(new Int32Array(state), 1)))
  let done: Extract<Told, { kind: 'done' }> | undefined
  const spent = (): number => process.cpuUsage().user / 1_000
  let last = { step: 0, at: 0, spent: 0 }
  const watch = setInterval(() => {
    const step = Atomics.load(new Int32Array(state), 2)
    if (step !== last.step) last = { step, at: performance.now(), spent: spent() }
    if (step === 0 || done || (spent() - last.spent < PATIENCE && performance.now() - last.at < LONGEST_WAIT)) return
    findings.push({ error: 'it does not end', input: running() })
    void worker.terminate()
  }, 500)
  worker.on('message', (told: Told) => {
    if (told.kind === 'added') added.push(told.input)
    else if (told.kind === 'broke') findings.push(told)
    else done = told
  })
  await new Promise<void>((resolve) => {
    worker.on('error', (error) => findings.push({ error: `the worker ended: ${error.message}`, input: running() }))
    worker.on('exit', () => resolve())
  })
  clearInterval(watch)
  const runs = Atomics.load(new Int32Array(state), 0)
  return { target, seed, runs, blocks: done?.blocks ?? 0, perSecond: runs / ((performance.now() - begun) / 1_000), added, findings }
}

/** Keeps what was found: findings always, others as long as the folder stays small. */
export function keep({ target, added, findings }: Fuzzed, most = 150): void {
  const put = (kind: 'corpus' | 'broken', input: Uint8Array): void => {
    const path = folder(kind, target)
    mkdirSync(path, { recursive: true })
    if (kind === 'corpus' && readdirSync(path).length >= most) return
    writeFileSync(join(path, createHash('sha256').update(input).digest('hex').slice(0, 16)), input)
  }
  for (const { input } of findings) put('broken', input)
  // The short ones first: they say the same in less.
  for (const input of [...added].sort((a, b) => a.length - b.length)) if (input.length <= 2_048) put('corpus', input)
}
