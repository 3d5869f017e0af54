import { Framer } from '../../../src-main/sip/framer'
import { mustEqual, type Target } from '../target'
import { sipWords } from './words'

/** Bytes as text, so that frames can be compared. */
const readable = (frame: object): object => Object.fromEntries(Object.entries(frame).map(
  ([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : (value as unknown)],
))

const framesOf = (pieces: readonly Uint8Array[]): unknown[] => {
  const framer = new Framer()
  // A copy of each piece: a socket's buffer is used again.
  return pieces.flatMap((piece) => framer.push(Uint8Array.from(piece)).map(readable))
}

/** A stream cut into pieces: whichever way it is cut, the same messages come out. */
export const framer: Target = {
  seeds: (samples) => samples.filter(({ name }) => name.endsWith('.sip')).map(({ bytes }) => bytes),
  dictionary: sipWords,
  run(input) {
    const whole = framesOf([input])
    // The cuts follow from the input, so that a finding is found again.
    const cut = 1 + ((input[0] ?? 0) + input.length) % 97
    const pieces: Uint8Array[] = []
    for (let at = 0; at < input.length; at += cut) pieces.push(input.subarray(at, at + cut))
    mustEqual(`cut every ${cut} bytes`, framesOf(pieces), whole)
  },
  flood(input) {
    const one = new Framer()
    for (let sent = 0; sent < 8 * 1024 * 1024; sent += input.length) one.push(Uint8Array.from(input))
    return one
  },
}
