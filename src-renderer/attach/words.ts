import { useI18n } from 'vue-i18n'
import { useApp } from '../state'
import { useSizeWords } from '../ui/sizes'
import { kindOf, type TrayItem } from './item'

/** What waits in the tray, in the person's words. */
export function useAttachWords() {
  const { t } = useI18n()
  const app = useApp()
  const { bytes } = useSizeWords(() => app.language)

  /** `1:07` of ms. */
  const length = (ms: number): string => {
    const seconds = Math.round(ms / 1_000)
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  /** As it will go out, as far as that is known. */
  const sizeOf = (item: TrayItem): number => item.made?.size ?? item.file.size
  const size = (item: TrayItem): string => bytes(sizeOf(item))
  const kind = (item: TrayItem): string => t(`attach.kind.${kindOf(item)}`)
  /** What stands in the middle of a tile without a picture: the ending of its name. */
  const ending = ({ name }: TrayItem): string => (/\.([^.]{1,5})$/u.exec(name)?.[1] ?? '').toLocaleUpperCase()
  return { bytes, length, size, sizeOf, kind, ending }
}
