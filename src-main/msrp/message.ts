import type { Flag } from './framer'

/** Header fields in their order, the two paths excepted; looked up without regard to case. */
export class Fields {
  readonly #fields: [name: string, value: string][]

  constructor(fields: Iterable<readonly [string, string]> = []) {
    this.#fields = Array.from(fields, ([name, value]) => [name, value])
  }

  /** The first of that name. */
  get(name: string): string | undefined {
    const low = name.toLowerCase()
    return this.#fields.find(([each]) => each.toLowerCase() === low)?.[1]
  }

  /** All of that name, in their order. */
  all(name: string): string[] {
    const low = name.toLowerCase()
    return this.#fields.filter(([each]) => each.toLowerCase() === low).map(([, value]) => value)
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#fields[Symbol.iterator]()
  }
}

interface Head {
  /** Transaction id (RFC 4975 7.1). */
  tid: string
  /** Where it goes, the next hop first. */
  toPath: string[]
  /** Where it came by, the last hop first. */
  fromPath: string[]
  fields: Fields
}

export interface MsrpRequest extends Head {
  kind: 'request'
  /** SEND, REPORT, AUTH or what else there may be. */
  method: string
}

export interface MsrpResponse extends Head {
  kind: 'response'
  status: number
  reason: string
}

export type MsrpMessage = MsrpRequest | MsrpResponse

/** RFC 4975 7.1.1, 1-based and inclusive; `end` below `start` is no byte at all; undefined is `*`, not known yet. */
export interface ByteRange {
  start: number
  end: number | undefined
  total: number | undefined
}

export type { Flag }
