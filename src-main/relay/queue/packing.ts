import { ownText, type Packer, type Packing, type Packings, type Unpacker } from '../ledger/packing'
import { readHeaders, storedHeaders } from './headers'
import type { LaneLimit, Put, QueueRow, RowKey } from './row'
import type { StoredPut } from './rows'

/** An envelope, its headers as they are stored. */
export function writeEnvelope(packer: Packer, envelope: StoredPut['envelope']): void {
  packer.putText(envelope.id)
  packer.putText(envelope.from)
  packer.putText(envelope.to)
  packer.putText(envelope.conversation)
  packer.putText(envelope.contentType)
  packer.putText(typeof envelope.headers === 'string' ? envelope.headers : storedHeaders(envelope.headers))
  packer.putNumber(envelope.sentAt)
  packer.putNumber(envelope.expiresAt)
  packer.putNumber(envelope.flags)
  packer.putBytes(envelope.body)
}

/** With its headers still as they are stored. */
export const readEnvelope = (unpacker: Unpacker) => ({
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

const put: Packing<{ puts: readonly Put[]; limit?: LaneLimit }, { seqs: number[][] }> = {
  writeArgs(packer, { puts, limit }) {
    packer.putNumber(limit?.messages ?? 0)
    packer.putNumber(limit?.bytes ?? 0)
    packer.putNumber(puts.length)
    for (const { envelope, lanes } of puts) {
      writeEnvelope(packer, envelope)
      packer.putNumber(lanes.length)
      for (const lane of lanes) packer.putText(lane)
    }
  },
  readArgs: (unpacker) => ({
    limit: limitOf(unpacker.number(), unpacker.number()),
    puts: list(unpacker.number(), (): StoredPut => ({
      envelope: readEnvelope(unpacker), lanes: list(unpacker.number(), () => unpacker.text()),
    })),
  }),
  writeResult(packer, { seqs }) {
    packer.putNumber(seqs.length)
    for (const each of seqs) {
      packer.putNumber(each.length)
      for (const seq of each) packer.putNumber(seq)
    }
  },
  readResult: (unpacker) => ({ seqs: list(unpacker.number(), () => list(unpacker.number(), () => unpacker.number())) }),
}

/** What names a row. */
export function writeKey(packer: Packer, { seq, lane, from, id, lanes }: RowKey): void {
  packer.putNumber(seq)
  packer.putText(lane)
  packer.putText(from)
  packer.putText(id)
  packer.putNumber(lanes)
}

export const readKey = (unpacker: Unpacker): RowKey =>
  ({ seq: unpacker.number(), lane: unpacker.text(), from: unpacker.text(), id: unpacker.text(), lanes: unpacker.number() })

const take: Packing<{ rows: readonly RowKey[] }, void> = {
  writeArgs(packer, { rows }) {
    packer.putNumber(rows.length)
    for (const row of rows) writeKey(packer, row)
  },
  readArgs: (unpacker) => ({ rows: list(unpacker.number(), () => readKey(unpacker)) }),
  writeResult() {},
  readResult() {},
}

const next: Packing<unknown, QueueRow[]> = {
  writeArgs: (packer, args) => packer.putAny(args),
  readArgs: (unpacker) => unpacker.any(),
  writeResult(packer, rows) {
    packer.putNumber(rows.length)
    for (const row of rows) {
      packer.putNumber(row.seq)
      packer.putNumber(row.lanes)
      packer.putText(row.lane)
      writeEnvelope(packer, row)
    }
  },
  // One that waits long must not hold the texts and bytes of all that were read with it.
  readResult: (unpacker) => list(unpacker.number(), () => {
    const [seq, lanes, lane] = [unpacker.number(), unpacker.number(), ownText(unpacker.text())]
    const { id, from, to, conversation, contentType, headers, body, ...rest } = readEnvelope(unpacker)
    return {
      seq, lane, lanes, ...rest, id: ownText(id), from: ownText(from), to: ownText(to), conversation: ownText(conversation),
      contentType: ownText(contentType), headers: readHeaders(ownText(headers)), body: body.slice(),
    }
  }),
}

const limitOf = (messages: number, bytes: number): LaneLimit | undefined => (messages ? { messages, bytes } : undefined)

/** So many, read one after the other. */
export function list<T>(length: number, read: () => T): T[] {
  const all: T[] = []
  for (let i = 0; i < length; i++) all.push(read())
  return all
}

/** What every message of a relay needs. */
export const queuePackings: Packings = { 'queue.put': put, 'queue.take': take, 'queue.next': next, 'queue.expired': next }
