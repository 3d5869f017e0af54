import { describe, expect, it } from 'vitest'
import { clockTime, dayInWords, exactTime, isSameDay, timeInWords, type Language } from '../../../src-renderer/state/times'

const zone = 'Asia/Shanghai'
// A Wednesday.
const now = Date.parse('2026-05-06T15:00:00+08:00')
const list = (text: string, lang: Language) => timeInWords(Date.parse(text), now, lang, zone)

describe('times in words', () => {
  it.each([
    ['2026-05-06T14:59:30+08:00', 'just now', '刚刚'],
    ['2026-05-06T15:00:40+08:00', 'just now', '刚刚'],
    ['2026-05-06T14:05:00+08:00', '14:05', '14:05'],
    ['2026-05-06T00:05:00+08:00', '00:05', '00:05'],
    ['2026-05-05T23:59:00+08:00', 'yesterday', '昨天'],
    ['2026-05-05T00:00:00+08:00', 'yesterday', '昨天'],
    ['2026-05-03T09:00:00+08:00', 'Sunday', '星期日'],
    ['2026-04-30T09:00:00+08:00', 'Thursday', '星期四'],
    ['2026-04-29T23:59:00+08:00', '29 April', '4月29日'],
    ['2025-12-31T12:00:00+08:00', '31 Dec 2025', '2025年12月31日'],
    // A sender's clock that is ahead by days is still a date.
    ['2026-05-09T12:00:00+08:00', '9 May', '5月9日'],
  ])('%s in the list is %s / %s', (time, en, zh) => {
    expect([list(time, 'en'), list(time, 'zh')]).toEqual([en, zh])
  })

  it.each([
    ['2026-05-06T01:00:00+08:00', 'Today', '今天'],
    ['2026-05-05T01:00:00+08:00', 'Yesterday', '昨天'],
    ['2026-05-02T01:00:00+08:00', 'Saturday', '星期六'],
    ['2026-01-02T01:00:00+08:00', '2 January', '1月2日'],
  ])('%s as a day line is %s / %s', (time, en, zh) => {
    expect([dayInWords(Date.parse(time), now, 'en', zone), dayInWords(Date.parse(time), now, 'zh', zone)]).toEqual([en, zh])
  })

  it('the clock has 24 hours in both languages', () => {
    const midnight = Date.parse('2026-05-06T00:00:00+08:00')
    expect([clockTime(midnight, 'en', zone), clockTime(midnight, 'zh', zone)]).toEqual(['00:00', '00:00'])
  })

  it('the tooltip has everything', () => {
    expect(exactTime(now, 'en', zone)).toMatch(/Wednesday.*6 May 2026.*15:00:00/)
    expect(exactTime(now, 'zh', zone)).toMatch(/2026年5月6日.*星期三.*15:00:00/)
  })

  it('yesterday is a calendar day also where the clock changes', () => {
    // 29 March 2026 has 23 hours in Berlin.
    const after = Date.parse('2026-03-30T00:30:00+02:00')
    expect(timeInWords(Date.parse('2026-03-28T23:50:00+01:00'), after, 'en', 'Europe/Berlin')).toBe('Saturday')
    expect(timeInWords(Date.parse('2026-03-29T00:10:00+01:00'), after, 'en', 'Europe/Berlin')).toBe('yesterday')
    expect(isSameDay(Date.parse('2026-03-29T00:10:00+01:00'), Date.parse('2026-03-29T23:50:00+02:00'), 'Europe/Berlin')).toBe(true)
  })
})
