import { Fault } from '../base/faults'
import type { FaultDetail } from '../contract/faults'
import type { KeptFiles } from '../content/kept-files'
import type { Home } from './addresses'
import type { ImportJournal, Staged } from './journal'
import { walk, type Found } from './walk'

export interface RunParts {
  id: string
  /** Bytes of the file. */
  size: number
  /** The file from its beginning. */
  chunks(): AsyncIterable<Buffer>
  home: Home
  files: KeptFiles
  journal: ImportJournal
  signal: AbortSignal
  progress(done: number, total: number, detail: FaultDetail): void
  /** Lets the event loop turn. */
  pause(): Promise<void>
}

/** What became of a backup, for the words about its end. */
export type Outcome = {
  /** Messages found in it. */
  messages: number
  /** Added now, and here before. */
  added: number
  known: number
  conversations: number
  /** Attachments found, and those that are not whole or too large. */
  files: number
  lostFiles: number
  drafts: number
  damaged: number
  /** Lines of the first that could not be read. */
  lines: string
  /** Line at which the file ends in the middle of something; 0 when it does not. */
  cutAt: number
}

/** Messages and characters of text that are staged together: one commit. */
const BATCH = 500
const BATCH_TEXT = 512 * 1024
/** Lines that are named. */
const NAMED = 10

/**
 * Reads a backup and brings it into the journal: first everything is staged, then it is merged. Each step is committed with
 * how far it is, so that it goes on from there when it is run again. Ends early, with everything whole, when `signal` says so.
 * @throws Fault `bad-type`, `malformed`, `bad-encoding`, `disk-full`, `disk-broken`
 */
export async function runImport({ id, size, chunks, home, files, journal, signal, progress, pause }: RunParts): Promise<Outcome> {
  const before = await journal.state(id)
  const taken = before?.offset ?? 0
  const outcome: Outcome = { messages: 0, added: 0, known: 0, conversations: 0, files: 0, lostFiles: 0, drafts: 0, damaged: 0, lines: '', cutAt: 0 }
  const lines: number[] = []
  const ordinal = ordinals()
  let batch: Staged[] = []
  /** One batch is committed while the next is read. */
  let staging: Promise<void> = Promise.resolve()
  let text = 0
  const tell = (offset: number) => progress(Math.min(offset, size), size, { ...outcome, step: 'reading' })

  const stage = async (offset: number) => {
    // What a message speaks of is on the disk before the message is.
    await files.settle()
    await staging
    staging = journal.stage(id, batch, offset)
    // It is awaited before the next one; until then its fault waits.
    staging.catch(() => undefined)
    batch = []
    text = 0
    stopIf(signal)
  }

  let offset = 0
  const lost = () => void outcome.lostFiles++
  const turn = async () => {
    stopIf(signal)
    await pause()
  }
  const take = async (found: Found) => {
    if (found.kind === 'cut') return void (outcome.cutAt = found.line)
    offset = found.end.offset
    if (found.kind === 'left') {
      if (found.why === 'draft') outcome.drafts++
      else if (outcome.damaged++ < NAMED) lines.push(found.line)
      outcome.lines = lines.join(', ')
      return
    }
    const { print, ...message } = found.message
    outcome.messages++
    if (message.content.kind === 'files') outcome.files += message.content.files.length
    const nth = ordinal(print)
    if (offset <= taken) return
    batch.push({ ...message, id: nth === 1 ? `old-${print}` : `old-${print}-${nth}` })
    text += message.content.kind === 'text' ? message.content.text.length : 200
    if (batch.length >= BATCH || text >= BATCH_TEXT) await stage(offset)
  }
  try {
    for await (const list of walk({ chunks: chunks(), home, newFile: () => files.newFile(), taken, lost, pause: turn })) {
      for (const found of list) await take(found)
      tell(offset)
    }
    if (batch.length > 0) await stage(offset)
    await staging
  } finally {
    // Whoever drops what is staged must not be overtaken by it.
    await staging.catch(() => undefined)
  }
  return { ...outcome, ...(await mergeAll(outcome)) }

  async function mergeAll(found: Outcome): Promise<Pick<Outcome, 'added' | 'known' | 'conversations'>> {
    for (;;) {
      const { left, ...sums } = await journal.merge(id)
      progress(size, size, { ...found, ...sums, step: 'merging', left })
      if (left === 0) return sums
      stopIf(signal)
    }
  }
}

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Fault('closed', { text: 'the import was ended' })
}

/** Counts equal messages: two that are alike in the same millisecond are two, in every backup that has both. */
function ordinals(): (print: string) => number {
  // 52 bits of the print: a million of them are told apart with some 16 bytes each.
  const seen = new Set<number>()
  const again = new Map<number, number>()
  return (print) => {
    const key = parseInt(print.slice(0, 13), 16)
    if (!seen.has(key)) {
      seen.add(key)
      return 1
    }
    const nth = (again.get(key) ?? 1) + 1
    again.set(key, nth)
    return nth
  }
}
