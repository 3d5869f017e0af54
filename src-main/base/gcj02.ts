// China's maps carry GCJ-02: WGS 84 on the Krasovsky 1940 ellipsoid, moved by up to 700 m by a sum of sines that was published
// by nobody and is known to everybody. Outside the rectangle in which it is used the two are the same.
// The library that is kept (gcoord 1.0.7) looks for the inverse without an end at the rectangle's edge, so this is ours.
const semiMajor = 6_378_245
const eccentricity2 = 0.006693421622965943
const area = { south: 0.8293, north: 55.8271, west: 72.004, east: 137.8347 }
/** Three rounds come below a centimetre; where the way crosses the rectangle's edge none do. */
const rounds = 8

export interface Degrees {
  latitude: number
  longitude: number
}

const isInside = ({ latitude, longitude }: Degrees): boolean =>
  latitude >= area.south && latitude <= area.north && longitude >= area.west && longitude <= area.east

/** Three sines of an angle that is given in half turns. */
const waves = (turns: readonly number[], heights: readonly number[]): number =>
  turns.reduce((sum, turn, i) => sum + heights[i]! * Math.sin(turn * Math.PI), 0) * 2 / 3

/** How far the two are apart there, degrees. */
function shift({ latitude, longitude }: Degrees): Degrees {
  const [x, y] = [longitude - 105, latitude - 35]
  const root = Math.sqrt(Math.abs(x))
  const ripple = waves([6 * x, 2 * x], [20, 20])
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple + waves([y, y / 3, y / 12, y / 30], [20, 40, 160, 320])
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple + waves([x, x / 3, x / 12, x / 30], [20, 40, 150, 300])
  const radians = latitude * Math.PI / 180
  const squeeze = 1 - eccentricity2 * Math.sin(radians) ** 2
  const perDegree = Math.PI / 180 * semiMajor
  return {
    latitude: north / (perDegree * (1 - eccentricity2) / squeeze ** 1.5),
    longitude: east / (perDegree * Math.cos(radians) / Math.sqrt(squeeze)),
  }
}

/** WGS 84 as China's maps show it. */
export function toGcj02(place: Degrees): Degrees {
  if (!isInside(place)) return { latitude: place.latitude, longitude: place.longitude }
  const { latitude, longitude } = shift(place)
  return { latitude: place.latitude + latitude, longitude: place.longitude + longitude }
}

/** What came off China's maps as WGS 84, to within a centimetre. */
export function fromGcj02(place: Degrees): Degrees {
  const { latitude, longitude } = place
  if (!isInside(place)) return { latitude, longitude }
  let found: Degrees = { latitude, longitude }
  for (let round = 0; round < rounds; round++) {
    const off = shift(found)
    found = { latitude: latitude - off.latitude, longitude: longitude - off.longitude }
  }
  return found
}
