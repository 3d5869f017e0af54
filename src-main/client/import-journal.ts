import type { Clock } from '../base/clock'
import type { ImportJournal } from '../import/journal'
import type { ClientLedger } from './journal'

/** Where a backup goes: the account's journal. `grew` hears of every number that merging gave. */
export function importJournal({ ledger, clock, grew }: { ledger: ClientLedger; clock: Clock; grew(n: number): void }): ImportJournal {
  const infos = () => ledger.read('journal.imports', null)
  return {
    list: async () => (await infos()).map((info) => info.import),
    async state(id) {
      const info = (await infos()).find((one) => one.import === id)
      return info && (info.progress as { offset: number })
    },
    async stage(id, messages, offset) {
      await ledger.commit('journal.stage', { import: id, messages, progress: { offset }, now: clock.now() })
    },
    async merge(id) {
      const { left, merged, known, conversations, n } = await ledger.commit('journal.merge', { import: id, now: clock.now() })
      grew(n)
      return { left, added: merged, known, conversations }
    },
    async drop(id) {
      while ((await ledger.commit('journal.importDone', { import: id })).left > 0);
    },
  }
}
