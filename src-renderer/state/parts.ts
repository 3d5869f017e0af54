import { inject, shallowRef, type InjectionKey, type Ref } from 'vue'
import { systemClock, type Clock } from '../../src-main/base/clock'
import { randomIds, type Ids } from '../../src-main/base/ids'
import { Catalog } from '../../src-main/store/catalog'
import { forgetOthers } from '../../src-main/store/database'
import { startProjecting, type Projecting, type StartOptions } from '../../src-main/store/start'
import type { Bridge } from '../bridge'
import { keep } from './keep'
import { storeReader, type Reader } from './reader'

/** What of the browser the state looks at; a test hands in one of its own. */
export interface Front {
  /** The window is in front and has the keyboard. */
  focused: Readonly<Ref<boolean>>
  prefersDark: Readonly<Ref<boolean>>
  /** BCP 47, the person's first choice first. */
  languages: readonly string[]
  /** Called when the page may be about to end. */
  onHide(run: () => void): () => void
}

/** Everything from outside that the state works with. */
export interface Parts {
  bridge: Bridge
  clock: Clock
  ids: Ids
  random: () => number
  front: Front
  openReader(journal: string): Reader
  /** Where it stands which database of a journal is read, and where another one is asked for. */
  openCatalog(journal: string): Pick<Catalog, 'watch' | 'askRebuild' | 'cancelRebuild' | 'close'>
  project(options: StartOptions): Projecting
  /** Gives a file to main to keep: state/keep.ts. */
  keep(content: string, blob: Blob): Promise<{ hash: string; size: number }>
  /** Deletes the stores of all journals. */
  forget(): Promise<void>
}

export const partsKey: InjectionKey<Parts> = Symbol('parts')

/** The parts of this window. */
export function useParts(): Parts {
  const parts = inject(partsKey)
  if (!parts) throw new Error('installState was not called')
  return parts
}

/** The browser as it is. */
export function browserFront(): Front {
  const focused = shallowRef(document.hasFocus())
  const look = () => void (focused.value = document.hasFocus() && document.visibilityState === 'visible')
  window.addEventListener('focus', look)
  window.addEventListener('blur', look)
  document.addEventListener('visibilitychange', look)
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const prefersDark = shallowRef(dark.matches)
  dark.addEventListener('change', () => void (prefersDark.value = dark.matches))
  return {
    focused,
    prefersDark,
    languages: navigator.languages,
    onHide(run) {
      window.addEventListener('pagehide', run)
      return () => window.removeEventListener('pagehide', run)
    },
  }
}

/** Longest wait for a frame, ms: a window that nobody sees has none. */
const NO_FRAME = 100

/** Runs before the window is drawn, or soon where it is not. */
function nextFrame(run: () => void): void {
  const go = () => {
    cancelAnimationFrame(frame)
    timer.cancel()
    run()
  }
  const frame = requestAnimationFrame(go)
  const timer = systemClock.after(NO_FRAME, go)
}

/** The parts of a real window. */
export const browserParts = (bridge: Bridge): Parts => ({
  bridge,
  clock: systemClock,
  ids: randomIds,
  random: Math.random,
  front: browserFront(),
  openCatalog: (journal) => new Catalog(journal, systemClock),
  openReader: (journal) => storeReader(new Catalog(journal, systemClock), systemClock, nextFrame),
  project: startProjecting,
  keep: (content, blob) => keep(content, blob, randomIds.token()),
  forget: () => forgetOthers(),
})
