import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { HOLD, MOST_HELD, type Wish } from '../../../../src-main/chatbots/railway/bookings/booking'
import { refundOf } from '../../../../src-main/chatbots/railway/bookings/refund'
import { Store } from '../../../../src-main/chatbots/railway/bookings/store'
import { temporaryFolder } from '../../../fakes/database'

const HOUR = 3_600_000
const departure = Date.parse('2026-12-01T08:00:00+08:00')
let now: number
let ids: number
let store: Store
let file: string
const open = () => new Store({ file, now: () => now, newId: () => `T${String(++ids).padStart(9, '0')}`, seats: (train) => (train === 'G1' ? 3 : 0), departure: () => departure })
const wish = (asked: string, more: Partial<Wish> = {}): Wish => ({
  asked, person: 'tel:+86139', passenger: '李雷', train: 'G1', day: '2026-12-01', board: 0, alight: 3, class: 'second', fare: 55_300, ...more,
})
const held = (asked: string, more?: Partial<Wish>) => {
  const answer = store.hold(wish(asked, more))
  if (!answer.ok) throw new Error(answer.why)
  return answer.booking
}
const paid = (asked: string, more?: Partial<Wish>) => {
  const { id, person } = held(asked, more)
  const answer = store.pay(id, person)
  if (!answer.ok) throw new Error(answer.why)
  return answer.booking
}
const free = (board = 0, alight = 3) => store.free('G1', '2026-12-01', 'second', board, alight)

beforeEach(() => {
  now = departure - 72 * HOUR
  ids = 0
  file = join(temporaryFolder(), 'railway.sqlite')
  store = open()
  return () => store.close()
})

describe('a seat', () => {
  it('is held for a while, then paid, and nobody else’s', () => {
    const booking = held('tap 1')
    expect(booking).toMatchObject({ seat: 1, state: 'held', heldUntil: now + HOLD })
    expect(store.pay(booking.id, 'tel:+86999')).toEqual({ ok: false, why: 'not-yours' })
    expect(store.pay(booking.id, booking.person)).toMatchObject({ ok: true, booking: { state: 'paid' } })
    expect(held('tap 2').seat).toBe(2)
    expect(free()).toBe(1)
  })

  it('is booked once, however often it is tapped and paid, also after a kill', () => {
    const booking = held('tap 1')
    expect(held('tap 1')).toEqual(booking)
    store.pay(booking.id, booking.person)
    // No goodbye: as kill -9 leaves it.
    const again = open()
    expect(again.hold(wish('tap 1'))).toMatchObject({ ok: true, booking: { id: booking.id, state: 'paid' } })
    expect(again.pay(booking.id, booking.person)).toMatchObject({ ok: true, booking: { state: 'paid' } })
    again.close()
    expect(free()).toBe(2)
  })

  it('is free again when its time is over, and cannot be paid then', () => {
    const booking = held('tap 1')
    now += HOLD
    expect(free()).toBe(3)
    expect(store.pay(booking.id, booking.person)).toEqual({ ok: false, why: 'expired' })
    expect(store.find(booking.id)?.state).toBe('expired')
  })

  it('is shared by those who get off before others get on', () => {
    for (const n of [1, 2, 3]) expect(held(`a${n}`, { board: 0, alight: 2, person: `p${n}` }).seat).toBe(n)
    expect(store.hold(wish('b', { board: 1, alight: 3, person: 'q' }))).toEqual({ ok: false, why: 'full' })
    for (const n of [1, 2, 3]) expect(held(`c${n}`, { board: 2, alight: 3, person: `r${n}` }).seat).toBe(n)
    expect([free(0, 2), free(2, 3), free(0, 3)]).toEqual([0, 0, 0])
  })

  it('is not there on a train that is none, nor once it has left, nor beyond what one may hold', () => {
    expect(store.hold(wish('x', { train: 'G9' }))).toEqual({ ok: false, why: 'full' })
    for (let n = 0; n < MOST_HELD; n++) held(`h${n}`, { day: `2026-12-0${n + 1}` })
    expect(store.hold(wish('h', { day: '2026-12-09' }))).toEqual({ ok: false, why: 'over' })
    now = departure
    expect(store.hold(wish('late', { person: 'q' }))).toEqual({ ok: false, why: 'too-late' })
  })
})

describe('a ticket', () => {
  it('is given back for what the time left leaves of it, once', () => {
    const { id, person } = paid('tap')
    expect(store.giveBack(id, 'tel:+86999')).toEqual({ ok: false, why: 'not-yours' })
    const back = store.giveBack(id, person)
    expect(back).toMatchObject({ ok: true, booking: { state: 'refunded', refund: 52_550 } })
    expect(store.giveBack(id, person)).toEqual(back)
    expect(free()).toBe(3)
  })

  it('is changed for another in one step: there is never both, and never none', () => {
    const old = paid('tap')
    const fresh = held('change', { day: '2026-12-02', insteadOf: old.id })
    expect(store.find(old.id)?.state).toBe('paid')
    expect(store.pay(fresh.id, old.person)).toMatchObject({ ok: true, booking: { state: 'paid', insteadOf: old.id } })
    expect(store.find(old.id)).toMatchObject({ state: 'changed', refund: 55_300 })
    expect(store.pay(held('change 2', { day: '2026-12-03', insteadOf: old.id }).id, old.person)).toEqual({ ok: false, why: 'not-paid' })
  })

  it('is worth nothing once the train has left', () => {
    const { id, person } = paid('tap')
    now = departure
    expect(store.giveBack(id, person)).toEqual({ ok: false, why: 'too-late' })
  })
})

it.each<[string, number, number]>([
  ['8 days before', 8 * 24 * HOUR, 10_000], ['3 days', 72 * HOUR, 9_500], ['48 hours', 48 * HOUR, 9_500], ['47 hours', 47 * HOUR, 9_000], ['23 hours', 23 * HOUR, 8_000], ['at departure', 0, 0],
])('%s the refund of 100 yuan', (_when, before, refund) => {
  expect(refundOf(10_000, before)).toBe(refund)
})

it('what is to be said stays until it was said; what was heard is heard once', () => {
  store.once(() => {
    expect(store.hear('m1')).toBe(true)
    store.say('r1', 'tel:+86139', 'one')
    store.say('r1', 'tel:+86139', 'one')
  })
  expect(() => store.once(() => {
    store.hear('m2')
    throw new Error('killed')
  })).toThrow('killed')
  const again = open()
  expect([again.hear('m1'), again.hear('m2')]).toEqual([false, true])
  expect(again.saying()).toMatchObject([{ id: 'r1', body: 'one' }])
  again.said(again.saying()[0]!.n)
  expect(again.saying()).toEqual([])
  again.close()
})
