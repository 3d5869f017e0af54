import { findStation } from '../network/find-station'
import type { Station } from '../network/stations'
import type { SeatClass } from '../network/trains'
import { DAY, dayAfter, dayOf, midnightOf, weekdayOf } from './day'

/** What of a sentence was understood. */
export interface Asked {
  from?: string
  to?: string
  /** `2026-05-01`. */
  day?: string
  /** Minutes after midnight: no train before. */
  after?: number
  class?: SeatClass
  /** `G1`. */
  train?: string
  /** Somewhere that no station is called. */
  unknown?: string
  /** Only fast trains. */
  isFast?: true
}

/** What is wanted besides a train. */
export type Intent = 'help' | 'bookings' | 'back' | 'later' | 'human'

const classes: readonly [RegExp, SeatClass][] = [
  [/商务座?|business(?: class)?/iu, 'business'], [/一等座?|first(?: class)?/iu, 'first'], [/二等座?|second(?: class)?|standard/iu, 'second'],
  [/软卧|soft sleeper/iu, 'soft-sleeper'], [/硬卧|hard sleeper|sleeper/iu, 'hard-sleeper'], [/硬座|hard seat/iu, 'hard-seat'],
]

const weekdays: readonly RegExp[] = [
  /(?:星期|周|礼拜)[日天]|\bsun(?:day)?\b/iu, /(?:星期|周|礼拜)一|\bmon(?:day)?\b/iu, /(?:星期|周|礼拜)二|\btue(?:s(?:day)?)?\b/iu, /(?:星期|周|礼拜)三|\bwed(?:nesday)?\b/iu,
  /(?:星期|周|礼拜)四|\bthu(?:r(?:s(?:day)?)?)?\b/iu, /(?:星期|周|礼拜)五|\bfri(?:day)?\b/iu, /(?:星期|周|礼拜)六|\bsat(?:urday)?\b/iu,
]

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthName = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*'

/** Words of the day from which trains are wanted, and from when, minutes after midnight. */
const partsOfDay: readonly [RegExp, number][] = [
  [/凌晨/u, 0], [/早上|清晨|早晨|\bmorning\b/iu, 360], [/上午/u, 480], [/中午|\bnoon\b/iu, 660], [/下午|\bafternoon\b/iu, 720], [/傍晚|\bevening\b/iu, 1_020], [/晚上?|\bnight\b|\btonight\b/iu, 1_080],
]

/** Whether something else than a train is wanted. */
export function intentOf(text: string): Intent | undefined {
  const said = text.trim()
  if (/^(?:帮助|怎么用|你好|您好|\?|？|help|hi|hello|start)[!！。.]*$/iu.test(said)) return 'help'
  if (/我的(?:订单|车票|票|预订)|订单|退票|改签|\bmy (?:tickets?|bookings?|orders?)\b|\brefund\b|\bchange (?:my )?ticket\b/iu.test(said)) return 'bookings'
  if (/^(?:返程|回程|return|way back)$/iu.test(said)) return 'back'
  if (/^(?:更晚的?|晚一点的?|later|later trains?)$/iu.test(said)) return 'later'
  if (/人工|客服|\bhuman\b|\bagent\b/iu.test(said)) return 'human'
  return undefined
}

/**
 * Reads a question about trains, in Chinese or English: where from and to, which day, from when, which class.
 * @param now ms since 1970
 */
export function understand(text: string, now: number): Asked {
  let rest = ` ${text.normalize('NFKC').replace(/[，。；、！？,;!?]/gu, ' ')} `
  const asked: Asked = {}
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const match = pattern.exec(rest)
    if (!match) return undefined
    rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`
    return match
  }
  const day = takeDay(take, dayOf(now))
  if (day !== undefined) asked.day = day
  const after = takeTime(take)
  if (after !== undefined) asked.after = after
  for (const [words, seat] of classes) if (take(words)) { asked.class = seat; break }
  if (take(/高铁|动车|\bhigh[- ]speed\b|\bfast\b/iu)) asked.isFast = true
  const train = take(/(?<![a-z0-9])([gdzkt])\s?(\d{1,4})(?![0-9])(?:次|号)?/iu)
  if (train) asked.train = `${train[1]!.toUpperCase()}${train[2]!}`
  Object.assign(asked, placesIn(rest))
  return asked
}

function takeDay(take: (pattern: RegExp) => RegExpExecArray | undefined, today: string): string | undefined {
  if (take(/大后天/u)) return dayAfter(today, 3)
  if (take(/后天|\bday after tomorrow\b/iu)) return dayAfter(today, 2)
  if (take(/明[天日]|\btomorrow\b|\btmr\b/iu)) return dayAfter(today, 1)
  // The evening of 明晚 and of 今晚 is read with the time.
  if (take(/明(?=晚)/u)) return dayAfter(today, 1)
  if (take(/今[天日]|今(?=晚)|\btoday\b|(?=\btonight\b)/iu)) return today
  const iso = take(/\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b/u)
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const chinese = take(/(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})[日号]?/u)
  if (chinese) return next(Number(chinese[2]), Number(chinese[3]), today, chinese[1])
  const english = take(new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${monthName}\\b`, 'iu'))
  if (english) return next(months.indexOf(english[2]!.slice(0, 3).toLowerCase()) + 1, Number(english[1]), today)
  const american = take(new RegExp(`\\b${monthName} (\\d{1,2})(?:st|nd|rd|th)?\\b`, 'iu'))
  if (american) return next(months.indexOf(american[1]!.slice(0, 3).toLowerCase()) + 1, Number(american[2]), today)
  const slash = take(/(?<!\d)(\d{1,2})\/(\d{1,2})(?!\d)/u)
  if (slash) return next(Number(slash[1]), Number(slash[2]), today)
  const date = take(/(?<!\d)(\d{1,2})[日号](?!线)/u)
  if (date) return ofMonth(Number(date[1]), today)
  const isNext = take(/下(?:个)?(?=星期|周|礼拜)|\bnext (?=mon|tue|wed|thu|fri|sat|sun)/iu) !== undefined
  for (const [weekday, words] of weekdays.entries()) {
    if (!take(words)) continue
    const ahead = (weekday - weekdayOf(today) + 7) % 7
    // 下周: of the week that begins with the next Monday.
    return dayAfter(today, isNext ? ((weekday + 6) % 7) + 7 - ((weekdayOf(today) + 6) % 7) : ahead)
  }
  return undefined
}

/** Undefined for a date that the calendar does not have. */
function dateOf(year: number, month: number, day: number): string | undefined {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : text
}

/** The next such day: this year's, or next year's when that is long past. */
function next(month: number, day: number, today: string, year?: string): string | undefined {
  if (year !== undefined) return dateOf(Number(year), month, day)
  const thisYear = Number(today.slice(0, 4))
  const date = dateOf(thisYear, month, day)
  return date !== undefined && midnightOf(date) < midnightOf(today) - 30 * DAY ? dateOf(thisYear + 1, month, day) : date
}

function ofMonth(day: number, today: string): string | undefined {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  const date = dateOf(year, month, day)
  return date !== undefined && date >= today ? date : month === 12 ? dateOf(year + 1, 1, day) : dateOf(year, month + 1, day)
}

const digits: Readonly<Record<string, number>> = { 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 十一: 11, 十二: 12 }

function takeTime(take: (pattern: RegExp) => RegExpExecArray | undefined): number | undefined {
  let from: number | undefined
  for (const [words, minutes] of partsOfDay) if (take(words)) { from = minutes; break }
  const exact = take(/(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)\s*(am|pm)?(?:\s*(?:以后|之后|后))?/iu)
    ?? take(/(?<!\d)(\d{1,2}|十[一二]?|[一二两三四五六七八九])\s*(?:点|時|时)(半)?(?:\s*(?:以后|之后|后|左右))?/u)
    ?? take(/\b(?:after|at|from)?\s*(\d{1,2})()\s*(am|pm)\b/iu)
    ?? take(/\bafter (\d{1,2})()\b/iu)
  if (!exact) return from
  let hour = digits[exact[1]!] ?? Number(exact[1])
  const minute = exact[2] === '半' ? 30 : Number(exact[2] || 0)
  const isLate = exact[3]?.toLowerCase() === 'pm' || (from !== undefined && from >= 720)
  if (isLate && hour < 12) hour += 12
  return hour > 23 || minute > 59 ? from : hour * 60 + minute
}

/** Between what stands between the places: 从 A 到 B; from A to B; to B from A; A - B; A B. */
function placesIn(text: string): Pick<Asked, 'from' | 'to' | 'unknown'> {
  const back = /\bto\s+(.+?)\s+from\s+(.+)/iu.exec(text)
  const parts = back ? [back[2]!, back[1]!] : text.split(/到|去往?|至|→|—|–|\s-\s|(?<=\p{Script=Han})-(?=\p{Script=Han})|\bto\b/iu)
  if (parts.length < 2) return alone(text)
  const from = placeAtEnd(parts[0]!)
  const to = placeAtStart(parts[1]!)
  return { ...(from.place && { from: from.place }), ...(to.place && { to: to.place }), ...unknownOf(to.place ? undefined : to.words, from.place ? undefined : from.words) }
}

const unknownOf = (...words: (string | undefined)[]): Pick<Asked, 'unknown'> => {
  const unknown = words.find((each) => each)
  return unknown === undefined ? {} : { unknown }
}

/** Two places without anything between, or one: where to. */
function alone(text: string): Pick<Asked, 'from' | 'to'> {
  const from = /(?:从|由|\bfrom\b)\s*(.+)/iu.exec(text)
  if (from) {
    const { place } = placeAtStart(from[1]!.replace(/出发.*/u, ''))
    return place ? { from: place } : {}
  }
  const words = wordsOf(text)
  const places = words.flatMap((word) => findStation(word)?.stations[0] ?? [])
  if (places.length >= 2) return { from: wordFor(places[0]!, words), to: wordFor(places[1]!, words) }
  return places.length === 1 ? { to: wordFor(places[0]!, words) } : {}
}

const wordFor = (station: Station, words: readonly string[]): string => words.find((word) => findStation(word)?.stations[0] === station)!

const filler = /^(?:我|想|要|请|帮我|查|查询|订|买|一下|看看|坐|的|车票|火车票|票|火车|列车|从|由|张|一|两|i|a|an|the|want|would|like|need|please|book|find|ticket|tickets|train|trains|from|on|for|go|get|me|show)+$/iu

const wordsOf = (text: string): string[] => text.trim().split(/\s+/u).filter((word) => word && !filler.test(word))

/** The longest known place at the end of what is said before *to*. */
function placeAtEnd(text: string): { place?: string; words?: string } {
  const words = text.replace(/.*(?:从|由|\bfrom\b)/iu, '').trim().split(/\s+/u)
  for (let n = Math.min(3, words.length); n > 0; n--) {
    const name = words.slice(-n).join(' ')
    if (findStation(name)) return { place: name }
  }
  const last = wordsOf(words.join(' ')).at(-1) ?? ''
  for (let n = Math.min(8, last.length); n > 1; n--) if (isHan(last) && findStation(last.slice(-n))) return { place: last.slice(-n) }
  return last ? { words: last } : {}
}

/** The longest known place at the beginning of what is said after *to*. */
function placeAtStart(text: string): { place?: string; words?: string } {
  const words = text.trim().split(/\s+/u)
  while (filler.test(words[0] ?? '')) words.shift()
  for (let n = Math.min(3, words.length); n > 0; n--) {
    const name = words.slice(0, n).join(' ')
    if (findStation(name)) return { place: name }
  }
  const first = words[0] ?? ''
  for (let n = Math.min(8, first.length); n > 1; n--) if (isHan(first) && findStation(first.slice(0, n))) return { place: first.slice(0, n) }
  return first ? { words: first } : {}
}

const isHan = (text: string): boolean => /\p{Script=Han}/u.test(text)
