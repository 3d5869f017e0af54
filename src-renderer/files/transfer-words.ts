import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import type { FileView } from '../../src-main/contract/message'
import { useApp } from '../state'
import { useFaultWords } from '../ui/faults'
import { useSizeWords } from '../ui/sizes'
import type { useTransfer, Wish } from './transfer'

/** The way of a file's bytes in the person's words. */
export function useTransferWords(file: MaybeRefOrGetter<FileView>, transfer: ReturnType<typeof useTransfer>) {
  const { t } = useI18n()
  const app = useApp()
  const faultWords = useFaultWords()
  const { bytes } = useSizeWords(() => app.language)
  const { job, at, speed, left } = transfer

  const running = () => {
    const { done = 0, total = toValue(file).size } = job.value ?? {}
    const seconds = left.value
    const time = seconds === undefined ? undefined : seconds < 90 ? t('import.seconds', { n: seconds }) : t('import.minutes', { n: Math.ceil(seconds / 60) })
    return [
      t('media.running', { done: bytes(done), total: bytes(total) }),
      ...(speed.value > 0 ? [t('media.speed', { speed: bytes(speed.value) })] : []), ...(time ? [t('media.left', { time })] : []),
    ].join(' · ')
  }
  /** One line: what is happening. */
  const words = computed(() => {
    const { transfer: way, size } = toValue(file)
    switch (at.value) {
      case 'here': return bytes(size)
      case 'missing': return t('file.missing')
      case 'keeping': return t('media.keeping')
      case 'offered': return t('media.offered', { size: bytes(size) })
      case 'waiting': return t(way?.way === 'up' ? 'media.waitsUp' : 'media.waitsDown')
      case 'paused': return t('media.paused', { size: bytes(size) })
      case 'failed': return way?.fault ? faultWords.title(way.fault) : t(way?.way === 'up' ? 'media.failedUp' : 'media.failedDown')
      default: return running()
    }
  })
  /** What helps, where it failed. */
  const help = computed(() => {
    const fault = toValue(file).transfer?.fault
    return at.value === 'failed' && fault ? faultWords.help(fault) : ''
  })
  function wishWords(wish: Wish): string {
    const { name, transfer: way } = toValue(file)
    if (wish === 'go') return t(at.value === 'failed' ? 'media.again' : at.value === 'offered' ? 'media.fetch' : 'media.goOn', { name })
    return t(wish === 'pause' ? 'media.pauseIt' : way?.way === 'up' ? 'media.cancelUp' : 'media.cancelDown', { name })
  }
  return { words, help, wishWords }
}
