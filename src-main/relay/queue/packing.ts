import type { Packing, Packings } from '../ledger/packing'
import type { Put, RowKey } from './row'
import type { StoredPut } from './rows'

const put: Packing<{ puts: readonly Put[] }, { seqs: number[][] }> = {
  writeArgs(packer, { puts }) {
    packer.put(puts.length)
    for (const { envelope: { id, from, to, conversation, contentType, body, headers, sentAt, expiresAt, flags }, lanes } of puts) {
      packer.put(id, from, to, conversation, contentType, headers.length ? JSON.stringify(headers) : '', sentAt, expiresAt, flags,
        lanes.length, ...lanes)
      packer.putBytes(body)
    }
  },
  readArgs(unpacker) {
    const puts: StoredPut[] = []
    for (let left = unpacker.number(); left > 0; left--) {
      const id = unpacker.text()
      const from = unpacker.text()
      const to = unpacker.text()
      const conversation = unpacker.text()
      const contentType = unpacker.text()
      const headers = unpacker.text()
      const sentAt = unpacker.number()
      const expiresAt = unpacker.number()
      const flags = unpacker.number()
      const lanes = list(unpacker.number(), () => unpacker.text())
      puts.push({ lanes, envelope: { id, from, to, conversation, contentType, headers, sentAt, expiresAt, flags, body: unpacker.takeBytes() } })
    }
    return { puts }
  },
  writeResult(packer, { seqs }) {
    packer.put(seqs.length)
    for (const each of seqs) packer.put(each.length, ...each)
  },
  readResult: (unpacker) => ({ seqs: list(unpacker.number(), () => list(unpacker.number(), () => unpacker.number())) }),
}

const take: Packing<{ rows: readonly RowKey[] }, void> = {
  writeArgs(packer, { rows }) {
    packer.put(rows.length)
    for (const { seq, lane, from, id, lanes } of rows) packer.put(seq, lane, from, id, lanes)
  },
  readArgs: (unpacker) => ({
    rows: list(unpacker.number(), (): RowKey => ({
      seq: unpacker.number(), lane: unpacker.text(), from: unpacker.text(), id: unpacker.text(), lanes: unpacker.number(),
    })),
  }),
  writeResult() {},
  readResult() {},
}

function list<T>(length: number, read: () => T): T[] {
  const all: T[] = []
  for (let i = 0; i < length; i++) all.push(read())
  return all
}

/** What every message of a relay needs. */
export const queuePackings: Packings = { 'queue.put': put, 'queue.take': take }
