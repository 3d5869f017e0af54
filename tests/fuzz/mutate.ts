/** From 0 up to `below`, whole. */
export type Draw = (below: number) => number

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const numbers = ['0', '-1', '1', '65535', '65536', '4294967295', '4294967296', '9007199254740993', '99999999999999999999', '00', '1e9', '0x10']
const awkward = ['', '\0', '\r', '\n', '\r\n', '\r\n\r\n', '\t', '"', '\\', '%', '%00', '\u{1f600}', '\ufeff', '\u202e', 'é', '中', '\u0301']

type Edit = (input: Buffer, draw: Draw, other: Buffer, words: readonly string[]) => Buffer

const splice = (input: Buffer, at: number, drop: number, put: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, at), put, input.subarray(at + drop)])
const place = (input: Buffer, draw: Draw): number => draw(input.length + 1)
const pick = <T>(from: readonly T[], draw: Draw): T => from[draw(from.length)]!
const piece = (input: Buffer, draw: Draw, most = 64): Buffer => {
  const at = place(input, draw)
  return input.subarray(at, at + 1 + draw(most))
}

const edits: readonly Edit[] = [
  (input, draw) => splice(input, place(input, draw), 1 + draw(8), Buffer.alloc(0)),
  (input, draw) => splice(input, place(input, draw), draw(2), Buffer.from([draw(256)])),
  (input, draw) => {
    const copy = Buffer.from(input)
    if (copy.length) copy[draw(copy.length)]! ^= 1 << draw(8)
    return copy
  },
  (input, draw, _, words) => splice(input, place(input, draw), draw(3) ? 0 : draw(16), Buffer.from(pick(words, draw))),
  (input, draw, _, words) => splice(input, place(input, draw), draw(3) ? 0 : draw(16), Buffer.from(pick(words, draw))),
  (input, draw) => splice(input, place(input, draw), draw(4), Buffer.from(pick(awkward, draw))),
  // A number for a number: lengths and counts lie.
  (input, draw) => {
    const found = [...input.toString('latin1').matchAll(/\d+/g)]
    if (!found.length) return input
    const one = pick(found, draw)
    return splice(input, one.index, one[0].length, Buffer.from(pick(numbers, draw)))
  },
  (input, draw) => splice(input, place(input, draw), 0, piece(input, draw)),
  (input, draw) => splice(input, place(input, draw), draw(32), piece(input, draw)),
  (input, draw, other) => splice(input, place(input, draw), draw(64), piece(other, draw, 256)),
  (input, draw, other) => Buffer.concat([input.subarray(0, place(input, draw)), other.subarray(place(other, draw))]),
  (input, draw) => input.subarray(0, place(input, draw)),
  // The same piece many times: depth and counts.
  (input, draw) => splice(input, place(input, draw), 0, Buffer.concat(Array<Buffer>(2 + draw(64)).fill(piece(input, draw, 24)))),
]

const LARGEST = 8 * 1024

/** `input` with one to eight changes, some of them pieces of `other`. */
export function mutate(input: Uint8Array, other: Uint8Array, draw: Draw, words: readonly string[]): Buffer {
  let result = Buffer.from(input)
  for (let count = 1 << draw(4); count > 0; count--) {
    result = Buffer.from(pick(edits, draw)(result, draw, Buffer.from(other), words.length ? words : awkward)).subarray(0, LARGEST)
  }
  return result
}
