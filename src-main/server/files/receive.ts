import { safeFileName } from '../../base/file-name'
import { Fault } from '../../base/faults'
import { readMediaType } from '../../sip/media-type'
import { readParams } from '../../sip/text'
import type { Exchange } from './exchange'
import type { FileStore } from './file-store'
import { FormReader } from './form-reader'
import { LARGEST_THUMBNAIL } from './rules'
import { saidType } from './types'
import type { Upload } from './upload'
import type { FileRow } from './verbs'

/** What of the form is not the file, bytes a part: what is longer is no name of a transfer. */
const LARGEST_FIELD = 1024
/** Parts of a form. */
const MOST_PARTS = 8

export interface FormPart {
  name: string
  fileName: string
  type: string
}

/**
 * RCC.07 3.2.5: `POST` of a form with `tid`, `Thumbnail` and `File`; Linphone's has only the file. What came before it broke off
 * stays, when it has a `tid` by which it can be gone on with.
 * @throws Fault
 */
export async function receiveForm(exchange: Exchange, address: string, store: FileStore): Promise<FileRow> {
  const { type, params } = readMediaType(exchange.header('content-type') ?? '')
  if (type !== 'multipart/form-data') throw new Fault('bad-type', { text: 'an upload is multipart/form-data' })
  const reader = new FormReader(params.get('boundary') ?? '')
  let part: FormPart | undefined
  let parts = 0
  let tid = ''
  const small: Buffer[] = []
  let smallSize = 0
  let thumbnail: Buffer | undefined
  let upload: Upload | undefined
  let isFileOver = false

  const endPart = (): void => {
    const bytes = Buffer.concat(small.splice(0))
    if (part?.name === 'tid') tid = readTid(bytes)
    if (part?.name === 'Thumbnail' && bytes.length) thumbnail = bytes
    if (part?.name === 'File') isFileOver = true
    smallSize = 0
  }
  const gather = (bytes: Buffer): void => {
    const most = part?.name === 'Thumbnail' ? LARGEST_THUMBNAIL : LARGEST_FIELD
    if ((smallSize += bytes.length) > most) throw new Fault('too-large', { text: `the part ${part?.name ?? ''} has more than ${most} bytes` })
    small.push(bytes)
  }
  const beginFile = async ({ fileName, type: said }: FormPart): Promise<Upload> => {
    // What is left of the body but for its shortest end.
    const size = exchange.length === undefined ? null : exchange.length - reader.offset - reader.shortestEnd
    return store.begin(address, { tid: tid || undefined, name: safeFileName(fileName), type: said, size, thumbnail: thumbnail && { bytes: thumbnail } })
  }

  try {
    const broken = new AbortController()
    for await (const bytes of exchange.body()) {
      for (const event of reader.push(bytes)) {
        if (event.at === 'part') {
          endPart()
          if (++parts > MOST_PARTS) throw new Fault('malformed', { text: 'a form of too many parts' })
          part = readPart(event.headers)
          if (part.name !== 'File' || isFileOver) continue
          upload = await beginFile(part)
          upload.taken.addEventListener('abort', () => exchange.request.destroy(), { signal: broken.signal })
        } else if (event.at === 'bytes') {
          if (part?.name !== 'File') gather(event.bytes)
          else if (!isFileOver) await upload!.write(event.bytes)
        } else endPart()
      }
    }
    broken.abort()
    if (!reader.isComplete) throw new Fault('malformed', { text: 'a form without its end' })
    if (!upload) throw new Fault('malformed', { text: 'a form without a part File' })
    const file = await store.finish(upload)
    await upload.close()
    return file
  } catch (thrown) {
    if (upload) await leave(upload, thrown, store)
    throw thrown
  }
}

/** Whether what is here of it can still be of use. */
async function leave(upload: Upload, thrown: unknown, store: FileStore): Promise<void> {
  await upload.close()
  const { code } = Fault.from(thrown)
  const isCut = code === 'connection-lost' || code === 'closed' || code === 'disk-full' || code === 'disk-broken'
  const { row } = upload
  if (!isCut || row.tid === row.id) await store.giveUp(row)
}

export function readPart(headers: ReadonlyMap<string, string>): FormPart {
  const disposition = headers.get('content-disposition') ?? ''
  const semicolon = disposition.indexOf(';')
  const params = semicolon < 0 ? new Map<string, string>() : readParams(disposition, semicolon)
  return {
    name: params.get('name') ?? '', type: saidType(headers.get('content-type')),
    fileName: extended(params.get('filename*')) ?? unescaped(params.get('filename') ?? ''),
  }
}

/** RFC 8187 3.2; of another character set nothing is known. */
function extended(value: string | undefined): string | undefined {
  const found = /^utf-8'[^']*'(.+)$/i.exec(value ?? '')
  try {
    return found ? decodeURIComponent(found[1]!) : undefined
  } catch {
    return undefined
  }
}

/** RFC 7578 2: quotes and line ends come percent-encoded from browsers. */
const unescaped = (name: string): string => name.replace(/%(22|0d|0a)/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** Any name that fits in one: a UUID by the book. */
function readTid(bytes: Buffer): string {
  const text = bytes.toString('utf8').trim()
  if (!/^[\x21-\x7e]{1,128}$/.test(text)) throw new Fault('malformed', { text: 'a tid of 1 to 128 letters' })
  return text
}
