import { describe, expect, it } from 'vitest'
import { layoutRow } from '../../../src-renderer/state/thread-layout'
import { me, message } from './world'

const at = (text: string) => Date.parse(text)
const timeZone = 'Asia/Shanghai'
const row = (place: number, time: string, change = {}) => message(place, { at: at(time), ...change })

describe('how rows stand', () => {
  const first = row(0, '2026-05-03T10:00:00+08:00')
  const second = row(1, '2026-05-03T10:02:00+08:00')
  const answer = row(2, '2026-05-03T10:03:00+08:00', { from: me, outgoing: true })
  const later = row(3, '2026-05-03T10:30:00+08:00', { from: me, outgoing: true })
  const nextDay = row(4, '2026-05-04T00:01:00+08:00', { from: me, outgoing: true })

  it('one sender within five minutes is a run', () => {
    expect(layoutRow(undefined, first, second, { timeZone })).toMatchObject({ first: true, last: false })
    expect(layoutRow(first, second, answer, { timeZone })).toMatchObject({ first: false, last: true })
    expect(layoutRow(second, answer, later, { timeZone })).toMatchObject({ first: true, last: true })
  })

  it('a day line stands above the first message of a day, and only there', () => {
    expect(layoutRow(undefined, first, second, { timeZone }).day).toBe(true)
    expect(layoutRow(first, second, answer, { timeZone }).day).toBe(false)
    expect(layoutRow(later, nextDay, undefined, { timeZone }).day).toBe(true)
    // Whether a message that is not the first has one is not known before the one above has been read.
    expect(layoutRow(undefined, second, answer, { timeZone }).day).toBe(false)
  })

  it('midnight is the person’s own, and ends a run', () => {
    const before = row(5, '2026-05-03T23:59:00+08:00')
    const after = row(6, '2026-05-04T00:01:00+08:00')
    expect(layoutRow(before, after, undefined, { timeZone })).toMatchObject({ day: true, first: true })
    expect(layoutRow(before, after, undefined, { timeZone: 'Europe/London' })).toMatchObject({ day: false, first: false })
  })

  it('the unread line ends a run', () => {
    expect(layoutRow(first, second, answer, { timeZone, firstUnread: 1 })).toMatchObject({ unread: true, first: true })
    expect(layoutRow(undefined, first, second, { timeZone, firstUnread: 1 })).toMatchObject({ unread: false, last: true })
  })
})
