/** A file of tests/fixtures. */
export interface Sample {
  name: string
  bytes: Uint8Array
}

/** Something that reads what strangers send. */
export interface Target {
  /** Inputs to begin with; whole and sound ones, mostly. */
  seeds(samples: readonly Sample[]): Uint8Array[]
  /** What has a meaning to the reader and is hard to hit by chance. */
  dictionary: readonly string[]
  /** Throws when the reader is broken: anything but a typed fault, or a value that does not hold what it must. */
  run(input: Uint8Array): void | Promise<void>
  /** The input again and again as a stream of megabytes: what the reader keeps of it must stay small. */
  flood?(input: Uint8Array): unknown
  end?(): Promise<void>
}

/** A reader of ours may refuse by a Fault whose code says that the input is at fault, and by nothing else. */
export function refusing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    const { name, code } = thrown as { name?: string; code?: string }
    if (name === 'Fault' && code !== 'internal') return undefined
    throw thrown
  }
}

/** What a reader made, written, must read as the same again. */
export function mustEqual(what: string, a: unknown, b: unknown): void {
  const [one, other] = [a, b].map((value) => JSON.stringify(value, plain))
  if (one === other) return
  let at = 0
  while (one?.[at] === other?.[at]) at++
  const near = (text = ''): string => text.slice(Math.max(0, at - 100), at + 200)
  throw new Error(`${what}: … ${near(one)} … became … ${near(other)} …`)
}

const plain = (_key: string, value: unknown): unknown =>
  value instanceof Map ? [...value] : value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
