import { DAY, MINUTE } from '../../src-main/base/clock'

export type Language = 'zh' | 'en'

// British English: 14:05 and 3 May, as ui.md writes them.
const tags = { zh: 'zh-CN', en: 'en-GB' } as const
const justNow = { zh: '刚刚', en: 'just now' } as const

const formats = new Map<string, Intl.DateTimeFormat>()
const format = (lang: Language, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat => {
  const key = `${lang} ${timeZone ?? ''} ${JSON.stringify(options)}`
  let made = formats.get(key)
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(tags[lang], { ...options, ...(timeZone && { timeZone }) })))
  return made
}

const ymd = { year: 'numeric', month: '2-digit', day: '2-digit' } as const

/** Zones part from each other, and their clocks change, by whole quarters of an hour (since 1972). */
const QUARTER = 15 * MINUTE
/** How many quarters are remembered. */
const MOST_DAYS = 5_000
const days = new Map<string, number>()

/** The number of the calendar day in a time zone: days that follow each other differ by one, also where clocks change. */
function dayNumber(at: number, timeZone: string | undefined): number {
  const key = `${timeZone ?? ''} ${Math.floor(at / QUARTER)}`
  let day = days.get(key)
  if (day === undefined) {
    if (days.size >= MOST_DAYS) days.clear()
    days.set(key, (day = readDay(at, timeZone)))
  }
  return day
}

function readDay(at: number, timeZone: string | undefined): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format('en', ymd, timeZone).formatToParts(at)) part[type] = Number(value)
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1) / DAY
}

/** Are two times (ms) on one calendar day. @param timeZone IANA name; @default the system's */
export const isSameDay = (a: number, b: number, timeZone?: string): boolean =>
  // Most neighbours in a thread are minutes apart: the costly way only where a midnight can lie between.
  a === b || (Math.abs(a - b) < DAY && dayNumber(a, timeZone) === dayNumber(b, timeZone))

/** 14:05 */
export const clockTime = (at: number, lang: Language, timeZone?: string): string =>
  format(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone).format(at)

/** The whole time, for a tooltip: Sunday 3 May 2026 at 14:05:09 */
export const exactTime = (at: number, lang: Language, timeZone?: string): string =>
  format(lang, { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' }, timeZone).format(at)

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The day in words a person uses: today, yesterday, Tuesday, 3 May, 3 May 2024; with a capital where a line begins. */
export function dayInWords(at: number, now: number, lang: Language, timeZone?: string): string {
  return capital(day(at, now, lang, timeZone))
}

function day(at: number, now: number, lang: Language, timeZone: string | undefined): string {
  const ago = dayNumber(now, timeZone) - dayNumber(at, timeZone)
  if (ago === 0 || ago === 1) return new Intl.RelativeTimeFormat(tags[lang], { numeric: 'auto' }).format(-ago, 'day')
  if (ago > 1 && ago < 7) return format(lang, { weekday: 'long' }, timeZone).format(at)
  const isThisYear = format('en', { year: 'numeric' }, timeZone).format(at) === format('en', { year: 'numeric' }, timeZone).format(now)
  return format(lang, { day: 'numeric', month: isThisYear || lang === 'zh' ? 'long' : 'short', ...(!isThisYear && { year: 'numeric' }) }, timeZone).format(at)
}

/** A time in the list: just now, 14:05, yesterday, Tuesday, 3 May, 3 May 2024. A clock that is a little ahead is *just now*. */
export function timeInWords(at: number, now: number, lang: Language, timeZone?: string): string {
  if (Math.abs(now - at) < MINUTE) return justNow[lang]
  return isSameDay(at, now, timeZone) ? clockTime(at, lang, timeZone) : day(at, now, lang, timeZone)
}

/** A time to come: 18:05, tomorrow 02:05, 3 May 14:05. */
export function untilInWords(at: number, now: number, lang: Language, timeZone?: string): string {
  const time = clockTime(at, lang, timeZone)
  if (isSameDay(at, now, timeZone)) return time
  const isTomorrow = dayNumber(at, timeZone) - dayNumber(now, timeZone) === 1
  const date = isTomorrow ? new Intl.RelativeTimeFormat(tags[lang], { numeric: 'auto' }).format(1, 'day') : day(at, now, lang, timeZone)
  return `${date} ${time}`
}

/** From when to when, day and time: Tuesday 12 May 2026, 14:00–15:30. */
export const spanInWords = (from: number, to: number, lang: Language, timeZone?: string): string =>
  format(lang, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone).formatRange(from, to)
