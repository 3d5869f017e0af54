import { Fault } from '../base/faults'

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '')

/** The errors inside an error: Dexie wraps what IndexedDB said. */
function* causes(thrown: unknown): Generator<unknown> {
  for (let depth = 0; thrown && depth < 5; depth++) {
    yield thrown
    const { inner, cause } = thrown as { inner?: unknown; cause?: unknown }
    thrown = inner ?? cause
  }
}

// What goes away by itself when the database is opened again: it was closed, deleted or interrupted under us.
const passing = new Set(['DatabaseClosedError', 'InvalidStateError', 'AbortError', 'TimeoutError', 'TransactionInactiveError'])

/** What a failed read or write of the database means: which fault to show, and whether only a new database helps. */
export function readFailure(thrown: unknown): { fault: Fault; isBroken: boolean } {
  const names = [...causes(thrown)].map(nameOf)
  if (names.includes('QuotaExceededError')) return { fault: new Fault('disk-full', { cause: thrown }), isBroken: false }
  const isPassing = names.some((name) => passing.has(name))
  return { fault: new Fault('disk-broken', { text: String(thrown), cause: thrown }), isBroken: !isPassing }
}
