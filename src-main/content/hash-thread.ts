import { Worker } from 'node:worker_threads'
import type { HashAnswer, HashOrder } from './hasher'

/** The hash of one file that grows, made beside whoever writes it. */
export interface BesideHash {
  /** So many bytes are written now. */
  grew(to: number): void
  /** Of its first `to` bytes, lower-case hex; rejects when the thread could not read them. */
  digest(to: number): Promise<string>
  end(): void
}

/** The thread is told of growth in steps of so many bytes. */
const STEP = 1024 * 1024

interface Waiting {
  resolve(hash: string): void
  reject(error: Error): void
}

/** Hashes large files in a thread of its own, which lives while there are some: whoever writes them has other things to do. */
export class HashThread {
  readonly #script: URL
  readonly #waiting = new Map<number, Waiting>()
  readonly #files = new Set<number>()
  #worker: Worker | undefined
  #made = 0

  /** @param script the built thread. @default hasher.js beside the running bundle */
  constructor(script = new URL('./hasher.js', import.meta.url)) {
    this.#script = script
  }

  /** Begins with the first byte of the file at `path`, however much is there already. */
  begin(path: string): BesideHash {
    const file = ++this.#made
    this.#files.add(file)
    let told = 0
    const tell = (to: number, isWanted: boolean): void => {
      told = to
      this.#post({ file, path, to, isWanted })
    }
    return {
      grew: (to) => {
        if (to - told >= STEP && this.#files.has(file)) tell(to, false)
      },
      digest: (to) => new Promise((resolve, reject) => {
        if (!this.#files.has(file)) return reject(new Error('the thread has ended'))
        this.#waiting.set(file, { resolve, reject })
        tell(to, true)
      }),
      end: () => {
        const isKnown = this.#files.has(file)
        this.#lost([file], 'it is needed no more')
        if (isKnown && this.#files.size) this.#post({ file, gone: true })
        // Also after the last one could not be read: an idle thread holds some 20 MB.
        if (!this.#files.size) this.#stop()
      },
    }
  }

  #post(order: HashOrder): void {
    this.#worker ??= this.#start()
    this.#worker.postMessage(order)
  }

  #stop(): void {
    void this.#worker?.terminate()
    this.#worker = undefined
  }

  #start(): Worker {
    const worker = new Worker(this.#script)
    worker.unref()
    worker.on('message', (answer: HashAnswer) => {
      if (!('hash' in answer)) return this.#lost([answer.file], answer.failed)
      this.#waiting.get(answer.file)?.resolve(answer.hash)
      this.#waiting.delete(answer.file)
    })
    let error = 'the thread has ended'
    worker.on('error', (thrown) => { error = String(thrown) })
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#lost([...this.#files], error)
    })
    return worker
  }

  /** Whoever wants a hash of theirs has to make it. */
  #lost(files: readonly number[], why: string): void {
    for (const file of files) {
      this.#files.delete(file)
      this.#waiting.get(file)?.reject(new Error(why))
      this.#waiting.delete(file)
    }
  }
}
