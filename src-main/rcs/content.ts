import { inflateBounded } from './deflate'
import { readPayloadWith } from './payload'
import type { Payload, PayloadInput } from './payload'

export type { Part, Payload, PayloadInput } from './payload'
export {
  writeAnswer, writeCards, writeComposing, writeFacts, writeFiles, writePlace, writePlaceAsText, writeReceipt, writeReceipts, writeText, writeTombstone, writeWithChips,
} from './write'
export type { Frame, Written } from './write'

/**
 * What a message says, unwrapped with Node's zlib; a browser uses `readPayloadWith` and an inflater of its own.
 * @throws Fault `malformed` for a body that is not what its type says, `too-large`, `bad-encoding`
 */
export const readPayload = (input: PayloadInput): Payload => readPayloadWith(input, inflateBounded)
