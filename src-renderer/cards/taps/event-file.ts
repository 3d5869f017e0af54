/** What happens when, as a bot offers it. */
export interface OfferedEvent {
  /** ms since 1970. */
  from: number
  to: number
  title: string
  text?: string
}

/** Bytes of UTF-8 in a line of a calendar file, without its end (RFC 5545 3.1). */
const LONGEST = 75

/**
 * A calendar file with one event (RFC 5545), its times in UTC, so that it means the same everywhere.
 * @param now when it is written, ms
 */
export function writeEvent({ from, to, title, text }: OfferedEvent, uid: string, now: number): string {
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Yanxin//Yanxin//EN', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH',
    'BEGIN:VEVENT', `UID:${escape(uid)}`, `DTSTAMP:${time(now)}`, `DTSTART:${time(from)}`, `DTEND:${time(to)}`,
    `SUMMARY:${escape(title)}`, ...(text ? [`DESCRIPTION:${escape(text)}`] : []),
    'END:VEVENT', 'END:VCALENDAR',
  ]
  return lines.map(fold).join('')
}

/** Whether there is such a time at all: an end that is not before its beginning, in years of four digits (RFC 5545 3.3.5). */
export const hasTimes = ({ from, to }: Pick<OfferedEvent, 'from' | 'to'>): boolean =>
  [from, to].every((at) => Number.isFinite(at) && Math.abs(at) <= 8.64e15 && /^\d{4}$/.test(String(new Date(at).getUTCFullYear()))) && to >= from

/** `20261126T104500Z` (RFC 5545 3.3.5, form 2). */
const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** RFC 5545 3.3.11; control characters are not allowed in a text at all. */
const escape = (text: string): string => text
  .replace(/\r\n?/g, '\n')
  .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  .replace(/[\\;,]/g, (one) => `\\${one}`)
  .replace(/\n/g, '\\n')

const bytes = new TextEncoder()

/** Cuts a line where it would be too long, never inside a character; what follows begins with a blank (RFC 5545 3.1). */
function fold(line: string): string {
  let folded = ''
  let room = LONGEST
  for (const character of line) {
    const size = bytes.encode(character).length
    if (size > room) {
      folded += '\r\n '
      room = LONGEST - 1
    }
    folded += character
    room -= size
  }
  return `${folded}\r\n`
}

/** A name for the file, by what happens; characters that no system takes are left out. */
export function fileNameOf(title: string): string {
  const name = title.replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, ' ').replace(/\s+/gu, ' ').replace(/^[.\s]+|[.\s]+$/g, '')
  return `${[...name].slice(0, 60).join('').trim() || 'event'}.ics`
}
