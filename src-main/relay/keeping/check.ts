import { sqliteFault } from '../ledger/db'
import { quoted, type Reader } from './reader'

/** What must hold between rows, beside what SQLite itself knows of its pages. */
export interface Rule {
  /** Tables without which it says nothing. */
  tables: readonly string[]
  /** One row with `wrong`: how many rows break it. */
  sql: string
  /** What is wrong, in words. */
  says(wrong: number): string
  /** Does no harm: said, and not counted as damage. @default false */
  harmless?: boolean
}

/** One piece of a check, short enough to stand between others. */
export type CheckStep =
  | { kind: 'table'; table: string; pages: number }
  | { kind: 'rule'; rule: number; pages: number }
  | { kind: 'whole'; pages: number }

export interface CheckPlan {
  steps: CheckStep[]
  /** The sum of the steps'. */
  pages: number
}

export interface StepFound {
  problems: string[]
  notes: string[]
}

/** How many things one step says at most. */
const MOST = 20

/**
 * What there is to check. A `thorough` check also compares every index with its table, and at the end looks at the file as a
 * whole (pages that are used twice, or by nobody).
 */
export function planCheck(reader: Reader, rules: readonly Rule[], thorough: boolean): CheckPlan {
  const pagesOf = tablePages(reader)
  const tables = readTables(reader)
  const steps: CheckStep[] = tables.map((table) => ({ kind: 'table', table, pages: pagesOf.get(table) ?? 1 }))
  rules.forEach((rule, i) => {
    if (rule.tables.every((table) => tables.includes(table))) steps.push({ kind: 'rule', rule: i, pages: 1 })
  })
  const whole = safely(() => reader.pragma('page_count')) ?? 1
  if (thorough || !tables.length) steps.push({ kind: 'whole', pages: whole })
  return { steps, pages: steps.reduce((sum, { pages }) => sum + pages, 0) }
}

/** Runs one step; never throws: that it cannot be run is what it found. */
export function checkStep(reader: Reader, step: CheckStep, rules: readonly Rule[], thorough: boolean): StepFound {
  const problems: string[] = []
  const notes: string[] = []
  try {
    if (step.kind === 'rule') {
      const rule = rules[step.rule]!
      const { wrong } = reader.get<{ wrong: number }>(rule.sql)!
      if (wrong) (rule.harmless ? notes : problems).push(rule.says(wrong))
    } else {
      const pragma = step.kind === 'table' ? `${thorough ? 'integrity' : 'quick'}_check(${quoted(step.table)})` : 'quick_check'
      const rows = reader.all<Record<string, string>>(`PRAGMA ${pragma}`).map((row) => Object.values(row)[0]!).filter((text) => text !== 'ok')
      problems.push(...rows.slice(0, MOST))
    }
  } catch (thrown) {
    const where = step.kind === 'table' ? `table ${step.table}` : step.kind === 'rule' ? 'what belongs together' : 'the file'
    problems.push(`${where} cannot be read: ${sqliteFault(thrown).message}`)
  }
  return { problems, notes }
}

const readTables = (reader: Reader): string[] => safely(() => reader.tables().filter((name) => !name.startsWith('sqlite_'))) ?? []

/** Pages of each table with its indexes. */
function tablePages(reader: Reader): Map<string, number> {
  const rows = safely(() => reader.all<{ name: string; pages: number }>(
    'SELECT s.tbl_name AS name, sum(d.pageno) AS pages FROM dbstat d JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY s.tbl_name'))
  return new Map(rows?.map(({ name, pages }) => [name, pages]))
}

function safely<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    // A file that is broken is told of by the steps.
    return undefined
  }
}
