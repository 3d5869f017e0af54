import { Fault } from '../../base/faults'
import type { Exchange } from './exchange'
import type { FileStore } from './file-store'
import { readContentRange } from './ranges'
import type { FileRow, UploadRow } from './verbs'

/** Where a broken upload stands: bytes that are here, and the id under which it goes on. */
export interface Standing {
  id: string
  size: number
}

/** RCC.07 3.2.5.4, `get_upload_info`. Undefined for what is not known here: then the upload begins anew. */
export async function standingOf(address: string, tid: string, store: FileStore): Promise<Standing | undefined> {
  const { upload, file } = await store.interrupt(address, tid)
  return upload ?? file ?? undefined
}

/** `get_download_info`: also of an upload that broke off when all of its file was here already. */
export async function wholeFile(address: string, tid: string, store: FileStore): Promise<FileRow | undefined> {
  const { upload: row, file } = await store.interrupt(address, tid)
  if (!row || !isWhole(row)) return file ?? undefined
  const upload = await store.goOn(row)
  try {
    return await store.finish(upload)
  } finally {
    await upload.close()
  }
}

/** What the form announced has room for the file and its shortest end; the usual end has a line end more. */
const isWhole = ({ announced, size }: UploadRow & { size: number }): boolean => announced !== null && size > 0 && announced - size <= 2

/**
 * `PUT` of the rest, with its Content-Range. Answers the file when that was the last of it.
 * @throws Fault; `file-damaged` (416) when it does not begin where what is here ends
 */
export async function receiveRest(exchange: Exchange, id: string, store: FileStore): Promise<FileRow | undefined> {
  const range = readContentRange(exchange.header('content-range'))
  if (!range) throw new Fault('malformed', { text: 'a Content-Range: bytes FIRST-LAST/SIZE is needed' })
  const length = range.end - range.start + 1
  if (exchange.length !== undefined && exchange.length !== length) throw new Fault('malformed', { text: 'Content-Length and Content-Range contradict each other' })
  const row = await store.upload(id)
  if (!row) {
    const file = await store.file(id)
    if (file?.size === range.total) return file
    throw new Fault('file-gone', { text: 'this upload is not known' })
  }
  const upload = await store.goOn(row)
  try {
    store.checkSize(range.total)
    if (range.start > upload.size || range.total < upload.size) throw elsewhere(upload.size)
    const stop = (): void => void exchange.request.destroy()
    upload.taken.addEventListener('abort', stop)
    // What is here already is passed by.
    let known = upload.size - range.start
    let left = length
    for await (const bytes of exchange.body()) {
      if ((left -= bytes.length) < 0) throw new Fault('malformed', { text: 'more bytes than the Content-Range says' })
      const fresh = known >= bytes.length ? undefined : bytes.subarray(known)
      known = Math.max(0, known - bytes.length)
      if (fresh) await upload.write(fresh)
    }
    upload.taken.removeEventListener('abort', stop)
    if (left) throw new Fault('malformed', { text: 'fewer bytes than the Content-Range says' })
    return upload.size === range.total ? await store.finish(upload) : undefined
  } finally {
    await upload.close()
  }
}

const elsewhere = (size: number): Fault => new Fault('file-damaged', { text: `the next byte is number ${size}`, detail: { size } })
