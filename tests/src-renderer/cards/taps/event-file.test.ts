import { describe, expect, test } from 'vitest'
import { fileNameOf, hasTimes, writeEvent } from '../../../../src-renderer/cards/taps/event-file'

const from = Date.UTC(2026, 10, 26, 10, 45)
const event = { from, to: from + 90 * 60_000, title: 'G1024' }
const write = (change = {}) => writeEvent({ ...event, ...change }, 'one@yanxin.invalid', Date.UTC(2026, 0, 2, 3, 4, 5, 678))
/** The lines as a calendar reads them (RFC 5545 3.1). */
const unfolded = (file: string) => file.replace(/\r\n[ \t]/g, '').split('\r\n')

describe('a calendar file', () => {
  test('is one event with its times in UTC, every line ended by CRLF', () => {
    expect(write({ text: 'Gate 12A' })).toBe([
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Yanxin//Yanxin//EN', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', 'BEGIN:VEVENT', 'UID:one@yanxin.invalid',
      'DTSTAMP:20260102T030405Z', 'DTSTART:20261126T104500Z', 'DTEND:20261126T121500Z', 'SUMMARY:G1024', 'DESCRIPTION:Gate 12A', 'END:VEVENT', 'END:VCALENDAR', '',
    ].join('\r\n'))
  })

  test('what a bot writes stays words: no new line, no new property', () => {
    const lines = unfolded(write({ title: 'a;b,c\\d', text: 'one\r\ntwo\rthree\nEND:VEVENT\u0000\u0007\u001b' }))
    expect(lines).toContain('SUMMARY:a\\;b\\,c\\\\d')
    expect(lines).toContain('DESCRIPTION:one\\ntwo\\nthree\\nEND:VEVENT')
    expect(lines.filter((line) => line === 'END:VEVENT')).toHaveLength(1)
  })

  test('long lines fold at 75 bytes, never inside a character', () => {
    for (const text of ['字'.repeat(300), 'a'.repeat(400), '👨‍👩‍👧'.repeat(40), `${'a'.repeat(62)}字`]) {
      const file = write({ text })
      for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      expect(Buffer.from(file).toString()).toBe(file)
      expect(unfolded(file)).toContain(`DESCRIPTION:${text}`)
    }
  })

  test('times that make no sense are told apart', () => {
    expect(hasTimes(event)).toBe(true)
    expect(hasTimes({ from, to: from })).toBe(true)
    for (const wrong of [{ from, to: from - 1 }, { from: NaN, to: from }, { from, to: Infinity }, { from, to: 9e15 }, { from: Date.UTC(-5, 0), to: from }, { from, to: Date.UTC(12_000, 0) }]) expect(hasTimes(wrong)).toBe(false)
  })

  test('is called by what happens, in characters that every system takes', () => {
    expect(fileNameOf('G1024 北京南 → 杭州东')).toBe('G1024 北京南 → 杭州东.ics')
    expect(fileNameOf('../../etc/passwd')).toBe('etc passwd.ics')
    expect(fileNameOf('a\u202Egpj.exe\n')).toBe('a gpj.exe.ics')
    expect(fileNameOf(' .. ')).toBe('event.ics')
    expect([...fileNameOf('字'.repeat(200))].length).toBe(64)
  })
})
