import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

// The thread of hash-thread.ts. It reads what was written a moment ago, from the system's memory.

/** Of the file that is called `file` here: it is `to` bytes long now, and perhaps its hash is wanted; or it is needed no more. */
export type HashOrder =
  | { file: number; path: string; to: number; isWanted: boolean }
  | { file: number; gone: true }
export type HashAnswer = { file: number; hash: string } | { file: number; failed: string }

const SLICE = 1024 * 1024

interface Reading {
  fd: number
  at: number
  hash: Hash
}

const readings = new Map<number, Reading>()
const buffer = Buffer.allocUnsafeSlow(SLICE)

function goOn(reading: Reading, to: number): void {
  while (reading.at < to) {
    const read = readSync(reading.fd, buffer, 0, Math.min(SLICE, to - reading.at), reading.at)
    if (!read) throw new Error(`it has only ${reading.at} of ${to} bytes`)
    reading.hash.update(buffer.subarray(0, read))
    reading.at += read
  }
}

function forget(file: number): void {
  const reading = readings.get(file)
  readings.delete(file)
  if (reading) closeSync(reading.fd)
}

parentPort!.on('message', (order: HashOrder) => {
  if ('gone' in order) return forget(order.file)
  const { file, path, to, isWanted } = order
  try {
    let reading = readings.get(file)
    if (!reading) readings.set(file, (reading = { fd: openSync(path, 'r'), at: 0, hash: createHash('sha256') }))
    goOn(reading, to)
    if (isWanted) parentPort!.postMessage({ file, hash: reading.hash.copy().digest('hex') } satisfies HashAnswer)
  } catch (thrown) {
    forget(file)
    parentPort!.postMessage({ file, failed: (thrown as Error).message } satisfies HashAnswer)
  }
})
