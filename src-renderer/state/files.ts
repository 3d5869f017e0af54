import { onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { MINUTE } from '../../src-main/base/clock'
import type { FileView } from '../../src-main/contract/message'
import { ownPicture } from './own-pictures'
import { useParts } from './parts'

/** Pictures up to here are drawn where they stand, in bytes; larger ones are files. */
const LARGEST_PICTURE = 24 * 1024 * 1024
/** Pictures that are kept for coming back to, beside those on show. */
const KEPT = 40

export type FileState =
  | { at: 'loading' }
  | { at: 'picture'; url: string }
  /** It is here, but not to be drawn. */
  | { at: 'file' }
  | { at: 'missing' }

interface Kept {
  state: Promise<FileState>
  shownBy: number
}
/** By hash: a picture that stands in ten messages is one. */
const kept = new Map<string, Kept>()

function tidy(): void {
  const idle = [...kept].filter(([, { shownBy }]) => shownBy === 0)
  for (const [hash, { state }] of idle.slice(0, -KEPT)) {
    kept.delete(hash)
    void state.then((was) => was.at === 'picture' && URL.revokeObjectURL(was.url))
  }
}

/** A file of a message: asked for when it comes into view, and whether it is a picture is told by its bytes. */
export function useFile(file: MaybeRefOrGetter<FileView>) {
  const { bridge, clock } = useParts()
  const state = shallowRef<FileState>({ at: 'loading' })

  /** Its bytes, or only the first of them when it is no picture of at most `most` bytes; undefined when it is not here. */
  async function load(hash: string, most?: number): Promise<{ blob: Blob; isPicture: boolean } | undefined> {
    const parts: Uint8Array<ArrayBuffer>[] = []
    for (let at = 0; ;) {
      const part = await bridge.commands.file(hash, at)
      if (!part) return undefined
      const bytes = bytesOf(part.base64)
      parts.push(bytes)
      at += bytes.length
      const isPicture = part.picture !== undefined && (most === undefined || part.size <= most)
      if (at < part.size && bytes.length > 0 && (isPicture || most === undefined)) continue
      return { blob: new Blob(parts, { type: part.picture ?? 'application/octet-stream' }), isPicture }
    }
  }

  async function show({ hash }: FileView): Promise<FileState> {
    const found = await load(hash, LARGEST_PICTURE)
    if (!found) return { at: 'missing' }
    return found.isPicture ? { at: 'picture', url: URL.createObjectURL(found.blob) } : { at: 'file' }
  }

  let release = () => {}
  watch(() => toValue(file), (view) => {
    release()
    const { hash, contentType } = view
    const own = ownPicture(view)
    if (own) return void (state.value = { at: 'picture', url: own })
    if (!hash) return void (state.value = { at: 'missing' })
    // Only what is called a picture is looked at for being one.
    if (!contentType.startsWith('image/')) return void (state.value = { at: 'file' })
    const known = kept.get(hash) ?? { state: show(view), shownBy: 0 }
    // The latest comes last, so that the oldest goes first.
    kept.delete(hash)
    kept.set(hash, known)
    known.shownBy++
    release = () => {
      known.shownBy--
      release = () => {}
      tidy()
    }
    state.value = { at: 'loading' }
    known.state.then((next) => {
      if (toValue(file).hash === hash) state.value = next
    }, () => {
      // The line was lost: it is asked for again when it comes into view again.
      kept.delete(hash)
      if (toValue(file).hash === hash) state.value = { at: 'missing' }
    })
  }, { immediate: true })
  onScopeDispose(() => release())

  /** Gives it to the person as a download, as bytes that nothing opens by itself. */
  async function save(): Promise<void> {
    const view = toValue(file)
    const found = await load(view.hash)
    if (!found) return void (state.value = { at: 'missing' })
    const url = URL.createObjectURL(new Blob([found.blob], { type: 'application/octet-stream' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: view.name })
    link.click()
    clock.after(MINUTE, () => URL.revokeObjectURL(url))
  }
  return { state, save }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
