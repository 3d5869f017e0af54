import { stations, type Station } from './stations'

/** What somebody may have meant. */
export interface Found {
  /** What fits best: all the stations of one city, or one station. */
  stations: readonly Station[]
  /** Other cities and stations that fit as well. */
  others: readonly Station[]
}

const enough = 8

/** How well a station fits what was asked, the smaller the better, and whether all of its city was meant; nothing where it does not. */
function fit(station: Station, asked: string): { rank: number; isCity: boolean } | undefined {
  const { city, code, name, pinyin, initials } = station
  if (code.toLowerCase() === asked) return { rank: 0, isCity: false }
  if (city.name === asked || city.pinyin === asked) return { rank: 1, isCity: true }
  if (name === asked || pinyin === asked) return { rank: 1, isCity: false }
  if (initials === asked) return { rank: 2, isCity: false }
  if (asked.length > 1 && (name.startsWith(asked) || pinyin.startsWith(asked))) return { rank: 3, isCity: false }
  return undefined
}

/**
 * Finds stations by Chinese name (with or without 站 or 市), pinyin (with or without blanks and tones), initials or code. A city's name
 * stands for all its stations.
 */
export function findStation(text: string): Found | undefined {
  const asked = text.normalize('NFKD').replace(/\p{Mn}/gu, '').normalize('NFKC').toLowerCase().replace(/[\s'’-]/gu, '').replace(/(?:station|火车站|高铁站|站|市)$/u, '')
  if (!asked) return undefined
  const fitting = stations.flatMap((station) => {
    const how = fit(station, asked)
    return how ? [{ station, ...how }] : []
  })
  fitting.sort((a, b) => a.rank - b.rank || b.station.city.trains - a.station.city.trains)
  const [best] = fitting
  if (!best) return undefined
  const meant = best.isCity ? stations.filter(({ city }) => city === best.station.city) : [best.station]
  return { stations: meant, others: fitting.map(({ station }) => station).filter((station) => !meant.includes(station)).slice(0, enough) }
}
