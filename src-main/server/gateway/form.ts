import { Fault } from '../../base/faults'
import { readMediaType } from '../../sip/media-type'
import type { Exchange } from '../files/exchange'
import { FormReader, type FormEvent } from '../files/form-reader'
import { readPart, type FormPart } from '../files/receive'

/** Parts of a form, and bytes of one that is no file. */
const MOST_PARTS = 16
const LARGEST_FIELD = 4 * 1024

export interface Form<Kept> {
  fields: Map<string, string>
  /** By the name of their part, in order. */
  files: { name: string; kept: Kept }[]
}

/**
 * Reads multipart/form-data as it comes; a part with a file name, or whose name `isFile`, goes to `keep`, which reads all of it.
 * @throws Fault `bad-type`, `malformed`, `too-large`, and what `keep` throws
 */
export async function readForm<Kept>(exchange: Exchange, { isFile, keep }: {
  isFile(name: string): boolean
  keep(part: FormPart, bytes: AsyncIterable<Uint8Array>, fields: ReadonlyMap<string, string>): Promise<Kept>
}): Promise<Form<Kept>> {
  const { type, params } = readMediaType(exchange.header('content-type') ?? '')
  if (type !== 'multipart/form-data') throw new Fault('bad-type', { text: 'an upload is multipart/form-data' })
  const reader = new FormReader(params.get('boundary') ?? '')
  const events = eventsOf(exchange, reader)
  const form: Form<Kept> = { fields: new Map(), files: [] }
  let parts = 0
  let next = await events.next()
  /** The bytes of the part that has just begun. */
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (next = await events.next(); !next.done && next.value.at === 'bytes'; next = await events.next()) yield next.value.bytes
  }
  while (!next.done) {
    if (next.value.at !== 'part') {
      next = await events.next()
      continue
    }
    if (++parts > MOST_PARTS) throw new Fault('malformed', { text: 'a form of too many parts' })
    const part = readPart(next.value.headers)
    if (isFile(part.name) || part.fileName !== '') form.files.push({ name: part.name, kept: await keep(part, bytes(), form.fields) })
    else form.fields.set(part.name, await textOf(part.name, bytes()))
  }
  if (!reader.isComplete) throw new Fault('malformed', { text: 'a form without its end' })
  return form
}

async function* eventsOf(exchange: Exchange, reader: FormReader): AsyncGenerator<FormEvent> {
  for await (const bytes of exchange.body()) yield* reader.push(bytes)
}

async function textOf(name: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    if ((size += piece.length) > LARGEST_FIELD) throw new Fault('too-large', { text: `the part ${name} has more than ${LARGEST_FIELD} bytes` })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8').trim()
}
