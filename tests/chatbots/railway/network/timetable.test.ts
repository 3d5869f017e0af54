import { describe, expect, it } from 'vitest'
import { findStation } from '../../../../src-main/chatbots/railway/network/find-station'
import { stations } from '../../../../src-main/chatbots/railway/network/stations'
import { alights, boards, kmOf, lasts, Timetable } from '../../../../src-main/chatbots/railway/network/timetable'

const timetable = new Timetable()
const at = (name: string) => findStation(name)!.stations

describe('the sample network', () => {
  it('is as large as a real one, the same each time, and no station or train is there twice', () => {
    expect(timetable.trains.size).toBeGreaterThan(10_000)
    expect(stations.length).toBeGreaterThan(300)
    for (const key of ['code', 'name'] as const) expect(new Set(stations.map((station) => station[key])).size).toBe(stations.length)
    const words = ({ trains }: Timetable) => JSON.stringify([...trains.values()])
    expect(words(new Timetable()) === words(timetable)).toBe(true)
  })

  it('has trains that go forward in time and along the line', () => {
    const wrong = [...timetable.trains.values()].filter(({ stops }) => stops.length < 2 || stops.some(({ arrives, departs, km }, i) =>
      departs < arrives || (i > 0 && (arrives <= stops[i - 1]!.departs || km <= stops[i - 1]!.km))))
    expect(wrong).toEqual([])
  })
})

describe('rides', () => {
  it('are found between all stations of two cities, in the order of the day', () => {
    const rides = timetable.rides(at('北京'), at('上海'))
    expect(rides.length).toBeGreaterThan(30)
    for (const ride of rides) {
      expect([boards(ride).station.city.name, alights(ride).station.city.name]).toEqual(['北京', '上海'])
      expect(lasts(ride)).toBeGreaterThan(0)
    }
    const times = rides.map((ride) => boards(ride).departs % 1_440)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const fast = rides.filter(({ train }) => train.number.startsWith('G')).map(lasts)
    // The real ones need between 4 h 18 and some 6 h 30.
    expect(Math.min(...fast)).toBeGreaterThan(240)
    expect(Math.min(...fast)).toBeLessThan(400)
    expect(kmOf(rides[0]!)).toBeGreaterThan(1_200)
  })

  it('go one way only, and not from one station of a city to another', () => {
    const [there, back] = [timetable.rides(at('西安'), at('成都')), timetable.rides(at('成都'), at('西安'))]
    expect(there.length > 0 && back.length > 0).toBe(true)
    const numbers = new Set(back.map(({ train }) => train.number))
    expect(there.filter(({ train }) => numbers.has(train.number))).toEqual([])
  })

  it('with a change leave time for it, the quickest first', () => {
    const changes = timetable.changes(at('北京'), at('大理'))
    expect(changes.length).toBeGreaterThan(0)
    for (const { first, second } of changes) {
      const [off, on] = [alights(first), boards(second)]
      expect(off.station.city).toBe(on.station.city)
      const waits = (((on.departs - off.arrives) % 1_440) + 1_440) % 1_440
      expect(waits).toBeGreaterThanOrEqual(on.station === off.station ? 20 : 60)
      expect(alights(second).station.city.name).toBe('大理')
    }
  })
})

describe('a station', () => {
  it.each([
    ['北京', ['北京', '北京南']], ['北京市', ['北京', '北京南']], ['beijing', ['北京', '北京南']], ['Běi jīng', ['北京', '北京南']], ['北京南站', ['北京南']], ['beijingnan', ['北京南']], ['BEN', ['北京南']],
    ['shhq', ['上海虹桥']], ['SHH', ['上海']], ["xi'an", ['西安', '西安北']], ['香港西九龙', ['香港西九龙']],
  ])('%s', (text, names) => {
    expect(findStation(text)?.stations.map(({ name }) => name)).toEqual(names)
  })

  it('that several may be called names the others', () => {
    expect(findStation('suzhou')).toMatchObject({ stations: [{ name: '苏州' }, { name: '苏州北' }], others: [{ name: '宿州' }] })
  })

  it.each(['', '  ', '火星', 'x'.repeat(10_000), '站'])('%s is none', (text) => {
    expect(findStation(text)).toBeUndefined()
  })
})
