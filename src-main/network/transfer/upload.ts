import { Fault } from '../../base/faults'
import { readFileTransfer, readResumeInfo, type FileTransfer, type ResumeInfo } from '../../rcs/file-transfer'
import { refusalOf } from './answers'
import { form, textPart, type FormPart } from './form'
import type { Http, HttpAnswer } from './http'
import { textOf } from './pieces'

/** A file that is kept here. */
export interface Source {
  name: string
  contentType: string
  size: number
  /** Its bytes from `from` on. */
  pieces(from: number): AsyncIterable<Uint8Array>
}

export interface UploadAsk {
  /** Of the content server, e.g. `https://files.office.example/ft`. */
  server: string
  /** RCC.07 3.2.5.3: names this upload at the server, so that it can go on. A UUID. */
  tid: string
  file: Source
  thumbnail?: Source
  /** An earlier try may have left something there. */
  isAgain: boolean
  /** ms since 1970: what the server can be asked for no longer does not lie there. */
  now: number
  /** The server is known to take a file and nothing beside it. */
  dialect: Dialect
  boundary: string
  signal: AbortSignal
  /** How many bytes of the file are there. */
  progress(done: number): void
}

/** `gsma` knows the upload's name and goes on with it; `linphone` takes the one part `File` (rcs.md 2). */
export type Dialect = 'gsma' | 'linphone'

/** Answers that say that a form with a tid was not understood. */
const notUnderstood = new Set([400, 415, 422, 501])

/**
 * Brings a file to the content server, RCC.07 3.2.5: what an earlier try left there is not sent again.
 * @throws Fault what the server's answer means, and what `Http.ask` throws
 */
export async function upload(http: Http, ask: UploadAsk): Promise<{ file: FileTransfer; dialect: Dialect }> {
  const own = new URL(ask.server).origin
  const get = (question: string): Promise<HttpAnswer> => {
    const url = new URL(ask.server)
    url.search = `${url.search === '' ? '?' : `${url.search}&`}tid=${encodeURIComponent(ask.tid)}&${question}`
    return http.ask({ method: 'GET', url: url.href, signal: ask.signal }, own)
  }
  if (ask.isAgain && ask.dialect === 'gsma') {
    const there = await resume(http, ask, own, get)
    if (there && (there.until ?? Infinity) > ask.now) return { file: there, dialect: 'gsma' }
  }
  await announce(http, ask, own)
  if (ask.dialect === 'gsma') {
    const answer = await post(http, ask, own, [textPart('tid', ask.tid), ...(ask.thumbnail ? [partOf('Thumbnail', ask.thumbnail)] : []), partOf('File', ask.file)])
    const sent = answer.status === 200 ? await fileOf(answer) : undefined
    // COMPAT(linphone's servers): they take the first part for the file, or refuse the form.
    if (sent?.size === ask.file.size) return { file: sent, dialect: 'gsma' }
    if (!sent && !notUnderstood.has(answer.status)) throw refusalOf(answer)
    answer.body.destroy()
    ask.progress(0)
  }
  const answer = await post(http, ask, own, [partOf('File', ask.file)])
  if (answer.status !== 200) throw refusalOf(answer)
  const file = await fileOf(answer)
  if (file.size !== ask.file.size) throw new Fault('file-damaged', { text: `${file.size} of ${ask.file.size} bytes came to the content server` })
  return { file, dialect: 'linphone' }
}

/** Step 1: whether the server is there and lets us in, before the bytes leave. */
async function announce(http: Http, { server, signal }: UploadAsk, own: string): Promise<void> {
  const answer = await http.ask({ method: 'POST', url: server, signal }, own)
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer)
  answer.body.resume()
}

/** Step 2. */
function post(http: Http, { server, signal, boundary, file, progress }: UploadAsk, own: string, parts: FormPart[]): Promise<HttpAnswer> {
  const { contentType, ...body } = form(parts, boundary)
  const around = body.length - file.size
  let gone = 0
  const sent = (bytes: number): void => progress(Math.min(file.size, Math.max(0, (gone += bytes) - around)))
  return http.ask({ method: 'POST', url: server, headers: { 'Content-Type': contentType }, body, signal, sent }, own)
}

/** Step 3: the file when it is there whole, at last; nothing when it has to begin anew. */
async function resume(http: Http, ask: UploadAsk, own: string, get: (question: string) => Promise<HttpAnswer>): Promise<FileTransfer | undefined> {
  const { file, signal, progress } = ask
  const left = await resumeOf(await get('get_upload_info'))
  if (left) {
    const from = left.range?.start === 0 ? Math.min(left.range.end + 1, file.size) : 0
    progress(from)
    if (from < file.size) {
      let done = from
      const answer = await http.ask({
        method: 'PUT', url: left.url, signal,
        headers: { 'Content-Type': file.contentType, 'Content-Range': `bytes ${from}-${file.size - 1}/${file.size}` },
        body: { length: file.size - from, pieces: () => file.pieces(from) },
        sent: (bytes) => progress((done += bytes)),
      }, own)
      if (answer.status < 200 || answer.status >= 300) throw refusalOf(answer)
      answer.body.resume()
    }
  }
  // An upload that had come to its end before the answer was lost has nothing left to go on with.
  const answer = await get('get_download_info')
  if (answer.status !== 200) {
    const fault = refusalOf(answer)
    if (left || fault.code === 'busy') throw fault
    return undefined
  }
  const there = await fileOf(answer)
  return there.size === file.size ? there : undefined
}

async function resumeOf(answer: HttpAnswer): Promise<ResumeInfo | undefined> {
  if (answer.status === 503) throw refusalOf(answer)
  if (answer.status !== 200) {
    answer.body.resume()
    return undefined
  }
  try {
    return readResumeInfo(await textOf(answer))
  } catch (thrown) {
    // rcs.md 2: anything else means to start again.
    if (Fault.from(thrown).code === 'malformed') return undefined
    throw thrown
  }
}

const fileOf = async (answer: HttpAnswer): Promise<FileTransfer> => readFileTransfer(await textOf(answer))

const partOf = (name: string, { name: fileName, contentType, size, pieces }: Source): FormPart =>
  ({ name, contentType, fileName, length: size, pieces: () => pieces(0) })
