/**
 * A structured clone costs some 13 µs for an envelope and the whole buffer behind its body. What crosses to the thread by
 * the thousand is therefore written as one long text, a list of numbers (the lengths of the texts among them), and one buffer.
 */
export class Packer {
  readonly #texts: string[] = []
  readonly #numbers: number[] = []
  readonly #others: unknown[] = []
  readonly #parts: Uint8Array[] = []
  #size = 0

  putText(text: string): void {
    this.#numbers.push(text.length)
    this.#texts.push(text)
  }

  putNumber(value: number): void {
    this.#numbers.push(value)
  }

  /** Anything else that can be cloned. */
  putAny(value: unknown): void {
    this.#others.push(value)
  }

  putBytes(bytes: Uint8Array): void {
    this.#numbers.push(bytes.length)
    this.#parts.push(bytes)
    this.#size += bytes.length
  }

  /** All of it, in buffers of its own that may be transferred. */
  pack(): Packed {
    const bytes = new Uint8Array(this.#size)
    let at = 0
    for (const part of this.#parts) {
      bytes.set(part, at)
      at += part.length
    }
    return { text: this.#texts.join(''), numbers: new Float64Array(this.#numbers), others: this.#others, bytes }
  }
}

/** Reads what a packer wrote, in the same order. */
export class Unpacker {
  readonly #packed: Packed
  #char = 0
  #number = 0
  #other = 0
  #byte = 0

  constructor(packed: Packed) {
    this.#packed = packed
  }

  /** A part of the whole text, which it keeps alive: `ownText` for what stays. */
  text(): string {
    const from = this.#char
    this.#char += this.number()
    return this.#packed.text.slice(from, this.#char)
  }

  number(): number {
    return this.#packed.numbers[this.#number++]!
  }

  any(): unknown {
    return this.#packed.others[this.#other++]
  }

  takeBytes(): Uint8Array {
    const from = this.#byte
    this.#byte += this.number()
    return this.#packed.bytes.subarray(from, this.#byte)
  }
}

/** The same text in memory of its own. */
export const ownText = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')

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
  text: string
  numbers: Float64Array
  others: unknown[]
  bytes: Uint8Array
}

/** What may be handed over instead of copied. */
export const transferOf = ({ numbers, bytes }: Packed): ArrayBuffer[] => [numbers.buffer as ArrayBuffer, bytes.buffer as ArrayBuffer]

const cloned: Packing = {
  writeArgs: (packer, args) => packer.putAny(args),
  readArgs: (unpacker) => unpacker.any(),
  writeResult: (packer, result) => packer.putAny(result),
  readResult: (unpacker) => unpacker.any(),
}

export const packingOf = (packings: Packings, verb: string): Packing => (packings[verb] as unknown as Packing | undefined) ?? cloned
