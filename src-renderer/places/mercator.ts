/** A position on the square map of the whole earth, 0 to 1 from the west and from the north. */
export interface OnMap {
  x: number
  y: number
}

export interface Degrees {
  latitude: number
  longitude: number
}

/** Pixels of a tile. */
export const TILE = 256
/** Beyond this the map has nothing. */
export const deepest = 19

/** Web Mercator (EPSG 3857), whose square ends at 85.05 degrees. */
export function onMap({ latitude, longitude }: Degrees): OnMap {
  const sine = Math.sin(Math.max(-85.0511287, Math.min(85.0511287, latitude)) * Math.PI / 180)
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) }
}

export function inDegrees({ x, y }: OnMap): Degrees {
  const latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * Math.max(0, Math.min(1, y))))) * 180 / Math.PI
  return { latitude, longitude: (x - Math.floor(x)) * 360 - 180 }
}

export interface TileAt {
  key: string
  z: number
  x: number
  y: number
  /** Where it stands in the box, pixels. */
  left: number
  top: number
}

/** The tiles that fill a box whose middle is `centre`; the map goes round in the west and east, and ends in the north and south. */
export function tilesFor(centre: Degrees, zoom: number, width: number, height: number): TileAt[] {
  const count = 2 ** zoom
  const middle = onMap(centre)
  const left = middle.x * count * TILE - width / 2
  const top = middle.y * count * TILE - height / 2
  const tiles: TileAt[] = []
  for (let row = Math.floor(top / TILE); row * TILE < top + height; row++) {
    if (row < 0 || row >= count) continue
    for (let column = Math.floor(left / TILE); column * TILE < left + width; column++) {
      tiles.push({
        key: `${zoom}/${column}/${row}`, z: zoom, x: ((column % count) + count) % count, y: row,
        left: Math.round(column * TILE - left), top: Math.round(row * TILE - top),
      })
    }
  }
  return tiles
}

/** The middle after the map was moved by so many pixels. */
export function moved(centre: Degrees, zoom: number, right: number, down: number): Degrees {
  const { x, y } = onMap(centre)
  const size = 2 ** zoom * TILE
  return inDegrees({ x: x + right / size, y: y + down / size })
}

/** Metres along the earth's surface, within half a per cent (IUGG's mean radius, haversine). */
export function metresBetween(one: Degrees, other: Degrees): number {
  const radians = Math.PI / 180
  const north = Math.sin((other.latitude - one.latitude) * radians / 2)
  const east = Math.sin((other.longitude - one.longitude) * radians / 2)
  const half = north ** 2 + Math.cos(one.latitude * radians) * Math.cos(other.latitude * radians) * east ** 2
  return 2 * 6_371_009 * Math.asin(Math.min(1, Math.sqrt(half)))
}
