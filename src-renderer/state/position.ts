import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { MINUTE, SECOND } from '../../src-main/base/clock'
import { placeOf, radiusOf } from '../../src-main/base/geo-uri'
import type { LocationView } from '../../src-main/contract/message'

/** How old a position of one's own may be, ms, and how long it is waited for. */
const fresh = 5 * MINUTE
const patience = 20 * SECOND

export type PositionState =
  /** Not asked for. */
  | { at: 'unknown' }
  | { at: 'asking' }
  | { at: 'known'; place: LocationView }
  /** The person, or the system, does not allow it. */
  | { at: 'denied' }
  /** Nobody here knows it. */
  | { at: 'unavailable' }

/** Where this computer is; asked for only by a person's click, or where the person has allowed it before. */
export const usePosition = defineStore('position', () => {
  const state = shallowRef<PositionState>({ at: 'unknown' })
  let hasLooked = false

  /** Asks the system. Resolves with the place, or undefined: `state` says why. */
  function ask(): Promise<LocationView | undefined> {
    state.value = { at: 'asking' }
    return new Promise((resolve) => {
      const end = (next: PositionState) => {
        state.value = next
        resolve(next.at === 'known' ? next.place : undefined)
      }
      if (!('geolocation' in navigator)) return end({ at: 'unavailable' })
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const place = placeOf(coords.latitude, coords.longitude)
          const radius = radiusOf(Math.round(coords.accuracy))
          end(place ? { at: 'known', place: { ...place, ...(radius !== undefined && { radius }) } } : { at: 'unavailable' })
        },
        ({ code, PERMISSION_DENIED }) => end({ at: code === PERMISSION_DENIED ? 'denied' : 'unavailable' }),
        { maximumAge: fresh, timeout: patience },
      )
    })
  }

  /** Asks without a question, once, where the answer is yes already. */
  async function askIfAllowed(): Promise<void> {
    if (hasLooked) return
    hasLooked = true
    const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => undefined)
    if (permission?.state === 'granted' && state.value.at === 'unknown') await ask()
  }
  return { state, ask, askIfAllowed }
})
