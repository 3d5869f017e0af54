import { createHash } from 'node:crypto'
import type { NewFile } from '../content/new-file'
import type { Home } from './addresses'
import { utf8Of } from './encoding'
import { BackupReader, type Mark, type Piece } from './reader'
import { isLayout, readMms, readSms, type BackupMessage, type Left } from './records'

/** A message and where it ends; or that one is left out, and why. */
export type Found =
  | { kind: 'message'; message: BackupMessage; end: Mark }
  | { kind: 'left'; why: Left; line: number; end: Mark }
  /** The file ends in the middle of something. */
  | { kind: 'cut'; line: number }

export interface WalkParts {
  /** The file from its beginning, in pieces. */
  chunks: AsyncIterable<Buffer>
  home: Home
  newFile(): NewFile
  /** Up to here (`Mark.offset`) messages were taken before: their files are not written again. */
  taken: number
  /** Counts a file that did not become one. */
  lost(why: 'no-base64' | 'too-large'): void
  /** Lets the event loop turn. */
  pause(): Promise<void>
}

/** Decoded bytes of one attachment: what no operator lets through, and bounded for the disk's sake. */
export const LARGEST_FILE = 256 * 1024 * 1024

/** What becomes of an attachment's bytes. */
interface Sink {
  write(bytes: Uint8Array): Promise<void>
  finish(): Promise<{ hash: string; size: number }>
  discard(): Promise<void>
}

/** For a file that is kept already: only its hash is wanted, because it belongs to the message's print. */
function hashOnly(): Sink {
  const hash = createHash('sha256')
  let size = 0
  return {
    write: async (bytes) => {
      hash.update(bytes)
      size += bytes.length
    },
    finish: async () => ({ hash: hash.digest('hex'), size }),
    discard: async () => undefined,
  }
}

/** Goes through a backup: yields what was found in each piece of it, once its files are kept. Memory stays small whatever the file's size. */
export async function* walk({ chunks, home, newFile, taken, lost, pause }: WalkParts): AsyncGenerator<Found[]> {
  const reader = new BackupReader()
  let decode: ReturnType<typeof utf8Of> | undefined
  let begin = Buffer.alloc(0)
  let offset = 0
  /** Attachments of the message that is being read. */
  const open = new Map<number, { sink: Sink; size: number; isWanted: boolean }>()
  let current: { sink: Sink; size: number; isWanted: boolean } | undefined

  const drop = async () => {
    for (const { sink } of open.values()) await sink.discard()
    open.clear()
    current = undefined
  }

  async function take(piece: Piece): Promise<Found | undefined> {
    switch (piece.kind) {
      case 'file':
        current = { sink: offset < taken ? hashOnly() : newFile(), size: 0, isWanted: !isLayout(piece.attributes) }
        open.set(piece.number, current)
        return undefined
      case 'bytes':
        if (!current?.isWanted) return undefined
        current.size += piece.bytes.length
        if (current.size <= LARGEST_FILE) return void (await current.sink.write(piece.bytes))
        lost('too-large')
        current.isWanted = false
        return undefined
      case 'file-end':
        if (current?.isWanted && !piece.isWhole) lost('no-base64')
        if (current && (!piece.isWhole || piece.isNull)) current.isWanted = false
        current = undefined
        return undefined
      case 'sms': return undefined
      case 'mms': {
        const kept = new Map<number, { hash: string; size: number } | undefined>()
        const wanted = new Set(piece.parts.filter(({ attributes }) => !isLayout(attributes)).map(({ file }) => file))
        for (const [number, { sink, isWanted }] of open) {
          if (isWanted && wanted.has(number)) kept.set(number, await sink.finish())
          else await sink.discard()
        }
        open.clear()
        return found(readMms(piece, kept, home), piece)
      }
      case 'unreadable':
        await drop()
        return { kind: 'left', why: 'damaged', line: piece.line, end: piece.end }
      case 'cut':
        await drop()
        return { kind: 'cut', line: piece.line }
    }
  }

  async function all(pieces: readonly Piece[]): Promise<Found[]> {
    const list: Found[] = []
    for (const piece of pieces) {
      // Most are of this kind, and nothing has to be waited for.
      const one = piece.kind === 'sms' ? found(readSms(piece, home), piece) : await take(piece)
      if (!one) continue
      if ('end' in one) offset = one.end.offset
      list.push(one)
    }
    return list
  }

  try {
    for await (const chunk of chunks) {
      if (decode) yield await all(reader.read(decode.write(chunk)))
      else {
        begin = Buffer.concat([begin, chunk])
        if (begin.length < 256) continue
        decode = utf8Of(begin)
        yield await all(reader.read(decode.write(begin.subarray(decode.mark))))
      }
      await pause()
    }
    if (!decode) {
      decode = utf8Of(begin)
      yield await all(reader.read(decode.write(begin.subarray(decode.mark))))
    }
    yield await all(reader.read(decode.write()))
    yield await all(reader.end())
  } finally {
    await drop()
  }
}

const found = (read: BackupMessage | Left, { line, end }: { line: number; end: Mark }): Found =>
  typeof read === 'string' ? { kind: 'left', why: read, line, end } : { kind: 'message', message: read, end }
