import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** After so many bytes of files the young garbage is collected, bytes. */
const COLLECT = 8 * 1024 * 1024

type Collect = (options: { type: 'minor' }) => void
let collect: Collect | undefined
let sum = 0

/**
 * So many bytes of a file have gone through memory. Each piece lies in a buffer of its own outside of V8's heap, which V8 looks at
 * only when 64 MB of them have come together: a large file would hold that much all the time. A minor collection takes under a ms.
 */
export function passed(bytes: number): void {
  if ((sum += bytes) < COLLECT) return
  sum = 0
  collect ??= exposed()
  collect({ type: 'minor' })
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  return (runInNewContext('globalThis.gc') as Collect | undefined) ?? (() => undefined)
}
