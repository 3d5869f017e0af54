import { createBirpc, type BirpcReturn } from 'birpc'
import type { WorkerCalls } from './worker'

export type { MadePicture, PictureHead, PictureLooks, PictureWish } from './pictures'

let remote: BirpcReturn<WorkerCalls> | undefined
let last: Promise<unknown> = Promise.resolve()

function worker(): BirpcReturn<WorkerCalls> {
  if (remote) return remote
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'pictures' })
  remote = createBirpc<WorkerCalls>({}, {
    on: (listener) => void (made.onmessage = ({ data }) => listener(data)),
    post: (message) => made.postMessage(message),
    // A large picture on a slow computer takes as long as it takes.
    timeout: -1,
  })
  const ended = remote
  made.onerror = (event) => {
    // One that fell, of memory say, must not take the next picture with it.
    made.terminate()
    remote = undefined
    ended.$close(new Error(`the picture worker failed: ${event.message}`))
  }
  return remote
}

/** One picture at a time is decoded: several at once would take the memory of all. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work)
  last = mine.catch(() => {})
  return mine
}

/** Pictures are read, drawn small and made ready in a worker. */
export const pictures = {
  /** The head needs no decoding, and comes at once. */
  head: (file: Blob) => worker().head(file),
  looks: (file: Blob) => inTurn(() => worker().looks(file)),
  icon: (file: Blob) => inTurn(() => worker().icon(file)),
  make: (file: Blob, wish: Parameters<WorkerCalls['make']>[1]) => inTurn(() => worker().make(file, wish)),
}
