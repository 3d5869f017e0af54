/** How a picture lies in the viewer: its size against what fits, and where its middle is against the viewer's, px. */
export interface View {
  zoom: number
  x: number
  y: number
}

/** What the viewer and the picture, as it fits into it, measure, px. */
export interface Frame {
  width: number
  height: number
  fitWidth: number
  fitHeight: number
}

export const fitted: View = { zoom: 1, x: 0, y: 0 }
export const MOST_ZOOM = 16

/** Keeps the picture over the middle: as far as it sticks out it can be moved. */
export function hold({ zoom, x, y }: View, { width, height, fitWidth, fitHeight }: Frame): View {
  const [sideways, upwards] = [Math.max(0, (fitWidth * zoom - width) / 2), Math.max(0, (fitHeight * zoom - height) / 2)]
  const within = (value: number, most: number) => Math.max(-most, Math.min(most, value))
  // Adding 0 makes no -0.
  return { zoom, x: within(x, sideways) + 0, y: within(y, upwards) + 0 }
}

/** Larger or smaller by `factor`, while what lies under a point (px from the middle) stays there. */
export function zoomAt({ zoom, x, y }: View, factor: number, point: { x: number; y: number }, frame: Frame): View {
  const next = Math.max(1, Math.min(MOST_ZOOM, zoom * factor))
  const grown = next / zoom
  return hold({ zoom: next, x: point.x - (point.x - x) * grown, y: point.y - (point.y - y) * grown }, frame)
}
