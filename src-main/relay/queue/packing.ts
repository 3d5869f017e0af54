import type { Packer, Packing, Packings, Unpacker } from '../ledger/packing'
import type { Put, QueueRow, RowKey } from './row'
import type { StoredPut } from './rows'

function writeEnvelope(packer: Packer, { id, from, to, conversation, contentType, body, headers, sentAt, expiresAt, flags }: Put['envelope']): void {
  packer.put(id, from, to, conversation, contentType, headers.length ? JSON.stringify(headers) : '', sentAt, expiresAt, flags)
  packer.putBytes(body)
}

/** With its headers still as they are stored. */
const readEnvelope = (unpacker: Unpacker) => ({
  id: unpacker.text(),
  from: unpacker.text(),
  to: unpacker.text(),
  conversation: unpacker.text(),
  contentType: unpacker.text(),
  headers: unpacker.text(),
  sentAt: unpacker.number(),
  expiresAt: unpacker.number(),
  flags: unpacker.number(),
  body: unpacker.takeBytes(),
})

const put: Packing<{ puts: readonly Put[] }, { seqs: number[][] }> = {
  writeArgs(packer, { puts }) {
    packer.put(puts.length)
    for (const { envelope, lanes } of puts) {
      writeEnvelope(packer, envelope)
      packer.put(lanes.length, ...lanes)
    }
  },
  readArgs: (unpacker) => ({
    puts: list(unpacker.number(), (): StoredPut => ({
      envelope: readEnvelope(unpacker), lanes: list(unpacker.number(), () => unpacker.text()),
    })),
  }),
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

const next: Packing<unknown, QueueRow[]> = {
  writeArgs: (packer, args) => packer.putAny(args),
  readArgs: (unpacker) => unpacker.any(),
  writeResult(packer, rows) {
    packer.put(rows.length)
    for (const row of rows) {
      packer.put(row.seq, row.lane, row.lanes)
      writeEnvelope(packer, row)
    }
  },
  readResult: (unpacker) => list(unpacker.number(), () => {
    const [seq, lane, lanes] = [unpacker.number(), unpacker.text(), unpacker.number()]
    const { headers, body, ...rest } = readEnvelope(unpacker)
    // A body of its own: one that waits long must not hold the bytes of all that were read with it.
    return { seq, lane, lanes, ...rest, headers: headers ? JSON.parse(headers) as QueueRow['headers'] : [], body: body.slice() }
  }),
}

function list<T>(length: number, read: () => T): T[] {
  const all: T[] = []
  for (let i = 0; i < length; i++) all.push(read())
  return all
}

/** What every message of a relay needs. */
export const queuePackings: Packings = { 'queue.put': put, 'queue.take': take, 'queue.next': next, 'queue.expired': next }
