import { Fault } from '../base/faults'

// RFC 3339 5.6; seconds may carry a fraction, and 24:00 is no hour of it.
const dateTime = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|z|[+-]\d{2}:\d{2})$/

/** ms since 1970, or undefined when it is no RFC 3339 time. */
export function readDateTime(text: string | undefined): number | undefined {
  // Nearly all are `2026-11-22T17:54:49Z`, and a relay reads one with every message.
  if (text?.length === 20 && text.endsWith('Z') && text[10] === 'T') return readPlain(text)
  return readAny(text)
}

function readPlain(text: string): number | undefined {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)]
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const isShaped = text[4] === '-' && text[7] === '-' && text[13] === ':' && text[16] === ':'
  // Date.UTC lets 30 February be 1 March; then the day is another one.
  const isDay = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || new Date(at).getUTCDate() === day)
  return isShaped && isDay && hour <= 23 && minute <= 59 && second <= 59 ? at : undefined
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function readAny(text: string | undefined): number | undefined {
  const match = text === undefined ? null : dateTime.exec(text.trim())
  if (!match) return undefined
  const [, day, time, fraction = '', zone] = match
  const at = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone!.toUpperCase()}`)
  return Number.isNaN(at) ? undefined : at
}

let written = { second: 0, text: '1970-01-01T00:00:00Z' }

/** Whole seconds in UTC, rounded down: fractions are legal but the peers that we know write none. */
export function writeDateTime(at: number): string {
  if (!(at >= 0 && at < 253_402_300_800_000)) throw new Fault('bad-argument', { text: `no time: ${at}` })
  const second = Math.floor(at / 1000)
  // Of thousands that are written in one second, one is made.
  if (written.second !== second) written = { second, text: new Date(second * 1000).toISOString().replace('.000Z', 'Z') }
  return written.text
}
