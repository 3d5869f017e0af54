import { useI18n } from 'vue-i18n'
import { faults, type FaultView } from '../../src-main/contract/faults'

const reasons = ['not-acceptable', 'unknown-recipient', 'no-answer', 'bad-argument', 'bad-type', 'refused'] as const

/** Why somebody cannot be in a group, in words. */
export function useCannotWords(): (fault: FaultView) => string {
  const { t } = useI18n()
  return (fault) => {
    const reason = reasons.find((code) => code === fault.code)
    if (reason) return t(`group.cannot.${reason}`)
    return t(`faults.${fault.code in faults ? fault.code : 'internal'}.title`, fault.detail ?? {})
  }
}
