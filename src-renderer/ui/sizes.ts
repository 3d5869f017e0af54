import { toValue, type MaybeRefOrGetter } from 'vue'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** Counts and sizes as a person of that language reads them. */
export function useSizeWords(language: MaybeRefOrGetter<'zh' | 'en'>) {
  const locale = () => (toValue(language) === 'zh' ? 'zh-CN' : 'en-GB')
  /** `1.4 MB`; a thousand of each makes one of the next. */
  function bytes(size: number): string {
    const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)))
    const value = size / 1_000 ** step
    return value.toLocaleString(locale(), {
      style: 'unit', unit: units[step]!, unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: step > 0 && value < 100 ? 1 : 0,
    })
  }
  const count = (value: number): string => value.toLocaleString(locale())
  return { bytes, count }
}
