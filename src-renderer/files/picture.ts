import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { FileView } from '../../src-main/contract/message'
import { ownPicture, useContent } from '../state'

// waiting --load--> shown
//    '--error--> refused (it is here, but nothing that may be drawn) | gone
export type PictureAt = 'waiting' | 'shown' | 'refused' | 'gone'

/** Where a picture is drawn from: its thumbnail first, then itself, when its bytes are here. */
export function usePicture(file: MaybeRefOrGetter<FileView>) {
  const { pictureUrl } = useContent()
  const at = ref<PictureAt>('waiting')
  const own = computed(() => ownPicture(toValue(file)))
  const url = computed(() => own.value ?? (toValue(file).hash ? pictureUrl(toValue(file).hash) : undefined))
  const thumbnail = computed(() => {
    const { thumbnail: small } = toValue(file)
    return own.value === undefined && small ? pictureUrl(small.hash) : undefined
  })
  watch(url, () => void (at.value = 'waiting'))

  /** Not drawn: because main does not give it as a picture, because it is broken, or because it is not there. */
  async function failed(): Promise<void> {
    const asked = url.value
    const answer = asked && (await fetch(asked, { method: 'HEAD' }).catch(() => undefined))
    if (asked !== url.value) return
    at.value = !answer || answer.status === 404 ? 'gone' : 'refused'
  }
  return { at, url, thumbnail, shown: () => void (at.value = 'shown'), failed }
}
