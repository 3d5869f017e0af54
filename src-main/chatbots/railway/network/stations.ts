import { cities, type City } from './cities'
import { lines } from './lines'
import { numbersFrom } from './random'

export interface Station {
  /** Three letters, its own. */
  code: string
  name: string
  /** Without blanks and tones: `beijingnan`. */
  pinyin: string
  /** Of each character the first letter: `bjn`. */
  initials: string
  city: City
}

/** Where trains of the fast lines stop, in cities whose stations people know by name; elsewhere a compass point makes a name. */
const fast: Readonly<Record<string, string>> = {
  北京: '南', 上海: '虹桥', 天津: '西', 广州: '南', 深圳: '北', 杭州: '东', 南京: '南', 郑州: '东', 西安: '北', 成都: '东', 重庆: '北', 长沙: '南', 济南: '西',
  沈阳: '北', 哈尔滨: '西', 长春: '西', 合肥: '南', 福州: '南', 厦门: '北', 南昌: '西', 昆明: '南', 贵阳: '北', 南宁: '东', 兰州: '西', 太原: '南', 青岛: '北',
  大连: '北', 徐州: '东', 蚌埠: '南', 温州: '南', 宜昌: '东', 洛阳: '龙门', 桂林: '北', 海口: '东', 苏州: '北', 无锡: '东', 常州: '北', 香港: '西九龙', 呼和浩特: '东',
}

/** What is said in front or behind, with its pinyin. */
const points: Readonly<Record<string, string>> = { 东: 'dong', 西: 'xi', 南: 'nan', 北: 'bei', 虹桥: 'hongqiao', 龙门: 'longmen', 西九龙: 'xijiulong' }

const onFast = new Set(lines.flatMap(({ kind, cities }) => (kind === 'high' ? cities : [])))
const onPlain = new Set(lines.flatMap(({ kind, cities }) => (kind === 'plain' ? cities : [])))
const syllable = /[^aeiouv]*[aeiouv]+(?:ng|n|r)?(?![aeiouv])/g

/** The first letter of each syllable, as far as pinyin without tones tells. */
const initialsOf = (pinyin: string): string => (pinyin.match(syllable) ?? [pinyin]).map((part) => part[0]).join('')

/** Every station, the most important of a city first. */
export const stations: readonly Station[] = makeStations()

const byCode = new Map(stations.map((station) => [station.code, station]))
const byName = new Map(stations.map((station) => [station.name, station]))

export const stationByCode = (code: string): Station | undefined => byCode.get(code.toUpperCase())

/** Where trains of a line of this kind stop in a city. */
export function stationOf(city: string, kind: 'high' | 'plain'): Station {
  const point = kind === 'high' ? pointOf(city) : ''
  return byName.get(`${city}${point}`) ?? byName.get(city)!
}

/** Where both kinds of trains stop at the same station, it has the city's name. */
function pointOf(city: string): string {
  if (fast[city] !== undefined) return fast[city]
  return onPlain.has(city) ? ['东', '西', '南', '北'][Math.floor(numbersFrom(city)() * 4)]! : ''
}

function makeStations(): Station[] {
  const taken = new Set<string>()
  return cities.flatMap((city) => {
    const { name, pinyin } = city
    const point = onFast.has(name) ? pointOf(name) : ''
    const names = new Set([...(onPlain.has(name) || point === '' ? [''] : []), point])
    return [...names].map((suffix): Station => {
      const spelt = pinyin + (points[suffix] ?? '')
      return { code: codeFor(spelt, taken), name: name + suffix, pinyin: spelt, initials: initialsOf(pinyin) + initialsOf(points[suffix] ?? ''), city }
    })
  })
}

/** Three letters of its pinyin that no other station has. */
function codeFor(pinyin: string, taken: Set<string>): string {
  const letters = pinyin.toUpperCase()
  for (let second = 1; second < letters.length; second++) {
    for (let third = letters.length - 1; third > second; third--) {
      const code = letters[0]! + letters[second]! + letters[third]!
      if (taken.has(code)) continue
      taken.add(code)
      return code
    }
  }
  for (let n = 0; ; n++) {
    const code = letters[0]! + String.fromCharCode(65 + Math.floor(n / 26) % 26, 65 + (n % 26))
    if (taken.has(code)) continue
    taken.add(code)
    return code
  }
}
