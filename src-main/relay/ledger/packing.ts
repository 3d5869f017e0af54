/**
 * A structured clone costs some 13 µs for an envelope and the whole buffer behind its body. What crosses to the thread by
 * the thousand is therefore written as a flat list of strings and numbers, and its bytes as one buffer.
 */
export class Packer {
  readonly values: unknown[] = []
  readonly #parts: Uint8Array[] = []
  #size = 0

  put(...values: (string | number)[]): void {
    for (const value of values) this.values.push(value)
  }

  /** Anything else that can be cloned. */
  putAny(value: unknown): void {
    this.values.push(value)
  }

  putBytes(bytes: Uint8Array): void {
    this.values.push(bytes.length)
    this.#parts.push(bytes)
    this.#size += bytes.length
  }

  /** All bytes, one after the other, in a buffer of their own. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }
}

/** Reads what a packer wrote, in the same order. */
export class Unpacker {
  #at = 0
  #byte = 0

  constructor(readonly values: readonly unknown[], readonly bytes: Uint8Array) {}

  text(): string {
    return this.values[this.#at++] as string
  }

  number(): number {
    return this.values[this.#at++] as number
  }

  any(): unknown {
    return this.values[this.#at++]
  }

  takeBytes(): Uint8Array {
    const from = this.#byte
    this.#byte += this.number()
    return this.bytes.subarray(from, this.#byte)
  }
}

/** How the arguments and the result of one verb cross. */
export interface Packing<Args = unknown, Result = unknown> {
  writeArgs(packer: Packer, args: Args): void
  readArgs(unpacker: Unpacker): unknown
  writeResult(packer: Packer, result: Result): void
  readResult(unpacker: Unpacker): Result
}

/** By verb. A verb without one is cloned. Both ends have the same table. */
export type Packings = Readonly<Record<string, Packing<never>>>

export interface Packed {
  values: unknown[]
  bytes: Uint8Array
}

const cloned: Packing = {
  writeArgs: (packer, args) => packer.putAny(args),
  readArgs: (unpacker) => unpacker.any(),
  writeResult: (packer, result) => packer.putAny(result),
  readResult: (unpacker) => unpacker.any(),
}

export const packingOf = (packings: Packings, verb: string): Packing => (packings[verb] as unknown as Packing | undefined) ?? cloned
