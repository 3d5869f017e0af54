import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useTrays } from '../attach/trays'
import { useAttachWords } from '../attach/words'
import { kindOf } from '../attach/item'
import { fileKind, type FileKind } from '../../src-main/contract/files'
import type { FileView } from '../../src-main/contract/message'
import { lookOf } from '../files/look'
import { ownPicture, useApp, useContent, type FileToSend } from '../state'
import { useSizeWords } from '../ui/sizes'

/** The name of the tray of what goes to many, where others have their conversation. */
export const MANY = 'many'

/** A file that goes to many, as it is shown. */
export interface Shown {
  key: string
  name: string
  kind: FileKind
  /** Its size, in words. */
  about: string
  /** What it looks like, where that is known. */
  url?: string | undefined
}

/** What is in the tray, as each will get it. */
export function useInTray(): ComputedRef<Shown[]> {
  const trays = useTrays()
  const { size } = useAttachWords()
  return computed(() => trays.itemsOf(MANY).map((item) => ({ key: item.key, name: item.name, kind: kindOf(item), about: size(item), url: item.url })))
}

/** Files that main has, as they went to each. */
export function useOfMain(files: () => readonly FileView[]): ComputedRef<Shown[]> {
  const app = useApp()
  const { bytes } = useSizeWords(() => app.language)
  const { pictureUrl } = useContent()
  const urlOf = (file: FileView) => ownPicture(file) ??
    (file.thumbnail ? pictureUrl(file.thumbnail.hash) : lookOf(file) === 'picture' ? pictureUrl(file.hash) : undefined)
  return computed(() => files().map((file, n) => ({ key: `${n} ${file.hash}`, name: file.name, kind: fileKind(file), about: bytes(file.size), url: urlOf(file) })))
}

/** The files of what went to many once, to be sent again: as they were kept. @throws what `fetch` throws */
export function useAgain(): (files: readonly FileView[]) => Promise<void> {
  const trays = useTrays()
  const { saveUrl } = useContent()
  return async (files) => {
    trays.take(MANY)
    const chosen = await Promise.all(files.map(async ({ name, contentType, hash }) => new File([await (await fetch(saveUrl(hash))).blob()], name, { type: contentType })))
    trays.add(MANY, { files: chosen, folders: [] })
  }
}

/** Everything in the tray on its way; put back there when it did not go. */
export function useTakenOut(): { take(): FileToSend[]; putBack(files: readonly FileToSend[]): void } {
  const trays = useTrays()
  return {
    take: () => trays.take(MANY),
    putBack: (files) => void trays.add(MANY, { files: files.map(({ file }) => file), folders: [] }),
  }
}

/** What goes to many in one line of words. */
export function useLine() {
  const { t } = useI18n()
  return ({ words, files = [], location }: { words: string; files?: readonly FileView[]; location?: unknown }): string => [
    ...files.slice(0, 3).map((file) => t(`file.kind.${fileKind(file)}`)), ...(location ? [t('place.kind')] : []), words.trim().split('\n', 1)[0]!,
  ].join(' ').trim()
}
