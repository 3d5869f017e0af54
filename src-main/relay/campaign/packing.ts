import type { Content } from '../../contract/message'
import type { Packer, Packing, Packings, Unpacker } from '../ledger/packing'
import { list, readEnvelope, writeEnvelope } from '../queue/packing'
import type { StoredPut } from '../queue/rows'
import type { Handed, Letter, Part } from './verbs'

function writePart(packer: Packer, { message, put }: Part): void {
  packer.putText(message.conversation)
  packer.putText(message.id)
  packer.putText(message.from)
  packer.putText(JSON.stringify(message.content))
  packer.putNumber(message.sentAt)
  packer.putNumber(message.now)
  writeEnvelope(packer, put.envelope)
  packer.putNumber(put.lanes.length)
  for (const lane of put.lanes) packer.putText(lane)
}

const readPart = (unpacker: Unpacker): Part<StoredPut> => ({
  message: {
    conversation: unpacker.text(), id: unpacker.text(), from: unpacker.text(), content: JSON.parse(unpacker.text()) as Content,
    sentAt: unpacker.number(), now: unpacker.number(),
  },
  put: { envelope: readEnvelope(unpacker), lanes: list(unpacker.number(), () => unpacker.text()) },
})

const send: Packing<{ id: string; letters: readonly Letter[] }, Handed> = {
  writeArgs(packer, { id, letters }) {
    packer.putText(id)
    packer.putNumber(letters.length)
    for (const { place, more = [], ...first } of letters) {
      packer.putNumber(place)
      writePart(packer, first)
      packer.putNumber(more.length)
      for (const part of more) writePart(packer, part)
    }
  },
  readArgs: (unpacker) => ({
    id: unpacker.text(),
    letters: list(unpacker.number(), (): Letter<StoredPut> => ({
      place: unpacker.number(), ...readPart(unpacker), more: list(unpacker.number(), () => readPart(unpacker)),
    })),
  }),
  writeResult(packer, { seqs, ...rest }) {
    packer.putAny(rest)
    packer.putNumber(seqs.length)
    for (const seq of seqs) packer.putNumber(seq)
  },
  readResult: (unpacker) => ({
    ...(unpacker.any() as Omit<Handed, 'seqs'>), seqs: list(unpacker.number(), () => unpacker.number()),
  }),
}

/** How a part of a message to many crosses to the thread. */
export const campaignPackings: Packings = { 'campaign.send': send }
