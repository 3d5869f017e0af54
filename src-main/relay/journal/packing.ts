import type { Packing, Packings } from '../ledger/packing'
import type { Taken } from '../policy'
import { list, readKey, writeKey } from '../queue/packing'
import { fillingPacking } from './filling'

const taken: Packing<{ rows: readonly Taken[]; now: number }, { n: number }> = {
  writeArgs(packer, { rows, now }) {
    packer.putNumber(now)
    packer.putNumber(rows.length)
    for (const row of rows) {
      writeKey(packer, row)
      packer.putText(row.answer ?? '')
    }
  },
  readArgs: (unpacker) => ({
    now: unpacker.number(),
    rows: list(unpacker.number(), (): Taken => {
      const key = readKey(unpacker)
      const answer = unpacker.text()
      return answer === '' ? key : { ...key, answer }
    }),
  }),
  writeResult: (packer, { n }) => packer.putNumber(n),
  readResult: (unpacker) => ({ n: unpacker.number() }),
}

/** How they cross to the thread. */
export const journalPackings: Packings = { 'journal.filling': fillingPacking, 'journal.taken': taken }
