import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { CheckPlan, CheckStep, StepFound } from '../relay/keeping/check'
import type { CheckNote } from './notes'

/** Who looks: a connection of this process, or a keeper's thread. */
export interface Checker {
  plan(thorough: boolean): CheckPlan | Promise<CheckPlan>
  step(step: CheckStep, thorough: boolean): StepFound | Promise<StepFound>
}

export interface CheckRun {
  thorough: boolean
  clock: Clock
  /** Pages looked at, of how many. */
  progress?: (done: number, total: number, step: CheckStep) => void
  /** Called before each step: resolves when it may run. */
  between?: () => Promise<void>
  signal?: AbortSignal
}

export interface CheckEnd extends CheckNote {
  notes: string[]
}

/** How many problems are told of by name. */
const MOST = 50

/** Checks a file step by step. @throws Fault `closed` when it was cancelled */
export async function runCheck(checker: Checker, { thorough, clock, progress, between, signal }: CheckRun): Promise<CheckEnd> {
  const began = clock.now()
  const { steps, pages } = await checker.plan(thorough)
  const problems: string[] = []
  const notes: string[] = []
  let done = 0
  for (const step of steps) {
    await between?.()
    if (signal?.aborted) throw new Fault('closed', { text: 'cancelled' })
    progress?.(done, pages, step)
    const found = await checker.step(step, thorough)
    for (const text of found.problems) if (!problems.includes(text)) problems.push(text)
    notes.push(...found.notes)
    done += step.pages
  }
  if (steps.length) progress?.(pages, pages, steps.at(-1)!)
  const at = clock.now()
  return { at, took: at - began, thorough, problems: problems.slice(0, MOST), notes }
}
