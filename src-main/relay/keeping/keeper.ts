import { Fault } from '../../base/faults'
import { sqliteFault } from '../ledger/db'
import { Packer, packingOf, transferOf } from '../ledger/packing'
import type { FromThread, Port, ToThread } from '../ledger/port'
import { checkStep, planCheck, type CheckPlan, type CheckStep, type Rule, type StepFound } from './check'
import { diskUsage, type DiskUsage } from './disk'
import { Reader } from './reader'

/** What can be asked of a keeper, a thread with a connection of its own that only reads. */
export interface KeeperVerbs {
  [verb: string]: (db: never, args: never) => unknown
  'check.plan': (db: never, args: { thorough: boolean }) => CheckPlan
  'check.step': (db: never, args: { step: CheckStep; thorough: boolean }) => StepFound
  'disk.usage': (db: never, args: { top: number }) => DiskUsage
}

/** Serves those verbs on a port, by the same words as a ledger's thread: what takes long runs beside the thread that commits. */
export function serveKeeper({ file, rules, port }: { file: string; rules: readonly Rule[]; port: Port }): void {
  const post = (message: FromThread, transfer?: ArrayBuffer[]): void => port.post(message, transfer)
  let reader: Reader
  try {
    reader = new Reader(file)
  } catch (thrown) {
    post({ kind: 'refused', fault: sqliteFault(thrown).view() })
    return
  }
  const answer = (verb: string, args: unknown): unknown => {
    switch (verb) {
      case 'check.plan': return planCheck(reader, rules, (args as { thorough: boolean }).thorough)
      case 'check.step': {
        const { step, thorough } = args as { step: CheckStep; thorough: boolean }
        return checkStep(reader, step, rules, thorough)
      }
      case 'disk.usage': return diskUsage(reader, (args as { top: number }).top)
      default: throw new Fault('internal', { text: `no such verb: ${verb}` })
    }
  }
  port.onMessage((message: ToThread) => {
    if (message.kind === 'close') {
      reader.close()
      post({ kind: 'closed' })
      return
    }
    // It never commits.
    if (message.kind !== 'read') return
    const { id, item: [verb, args] } = message
    try {
      const packer = new Packer()
      packingOf({}, verb).writeResult(packer, answer(verb, args))
      const result = packer.pack()
      post({ kind: 'answer', id, result }, transferOf(result))
    } catch (thrown) {
      post({ kind: 'answer', id, fault: sqliteFault(thrown).view() })
    }
  })
  post({ kind: 'opened' })
}
