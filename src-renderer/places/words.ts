import { useI18n } from 'vue-i18n'
import type { LocationView } from '../../src-main/contract/message'
import { useApp } from '../state'
import type { Degrees } from './mercator'

const digits = { minimumFractionDigits: 5, maximumFractionDigits: 5 }

/** Places in words. */
export function usePlaceWords() {
  const { t } = useI18n()
  const app = useApp()

  /** `39.90420° N, 116.40740° E`: five digits are a metre. */
  function coordinates({ latitude, longitude }: Degrees): string {
    const number = (value: number) => `${Math.abs(value).toLocaleString(app.language, digits)}°`
    return t('place.coordinates', {
      latitude: t(latitude < 0 ? 'place.south' : 'place.north', { degrees: number(latitude) }),
      longitude: t(longitude < 0 ? 'place.west' : 'place.east', { degrees: number(longitude) }),
    })
  }

  /** Metres as people say them: 80 m, 1.2 km, 1,064 km. */
  function distance(metres: number): string {
    const isFar = metres >= 950
    const value = isFar ? metres / 1_000 : Math.max(10, Math.round(metres / 10) * 10)
    return new Intl.NumberFormat(app.language, {
      style: 'unit', unit: isFar ? 'kilometer' : 'meter', unitDisplay: 'short', maximumFractionDigits: isFar && value < 10 ? 1 : 0,
    }).format(value)
  }

  /** As it is copied, and typed into any map: `39.9042, 116.4074`. */
  const plain = ({ latitude, longitude }: Degrees): string => `${degrees(latitude)}, ${degrees(longitude)}`
  const nameOf = ({ label }: LocationView): string => label ?? t('place.unnamed')
  return { coordinates, distance, plain, nameOf }
}

const degrees = (value: number): string => String(Math.round(value * 1e6) / 1e6)

/** Where a place can be looked at outside. The `geo:` URI is RFC 5870; Amap is told that the numbers are WGS 84. */
export function mapLinks(place: LocationView): { at: 'program' | 'openstreetmap' | 'amap'; url: string }[] {
  const [latitude, longitude] = [degrees(place.latitude), degrees(place.longitude)]
  const name = encodeURIComponent(place.label ?? '')
  return [
    { at: 'openstreetmap', url: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}` },
    { at: 'amap', url: `https://uri.amap.com/marker?position=${longitude},${latitude}&coordinate=wgs84${name && `&name=${name}`}` },
    { at: 'program', url: `geo:${latitude},${longitude}` },
  ]
}

/** Where what a bot calls a place is looked for outside. */
export function searchLinks(query: string): { at: 'openstreetmap' | 'amap'; url: string }[] {
  const words = encodeURIComponent(query)
  return [
    { at: 'openstreetmap', url: `https://www.openstreetmap.org/search?query=${words}` },
    { at: 'amap', url: `https://uri.amap.com/search?keyword=${words}` },
  ]
}

/** Each map first where it is at home. */
export const homeFirst = <Link extends { at: string }>(links: Link[], language: 'zh' | 'en'): Link[] =>
  (language === 'zh' ? links.toSorted((one, other) => Number(other.at === 'amap') - Number(one.at === 'amap')) : links)
