import { Fault } from '../../base/faults'
import type { FieldProblem as Problem } from '../../rcs/check'

export type { Problem }

/** How many a bot is told at once. */
const MOST = 20

/** A request that is understood and wrong; says which fields. */
export class Invalid extends Fault {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const [{ field, text }] = problems as [Problem]
    super('malformed', { text: `${field}: ${text}`, detail: { field } })
    this.problems = problems.slice(0, MOST)
  }
}

/** @throws Invalid */
export function mustBeRight(problems: readonly Problem[]): void {
  if (problems.length) throw new Invalid(problems)
}
