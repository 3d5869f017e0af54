import { useI18n } from 'vue-i18n'
import { faults, type FaultView } from '../../src-main/contract/faults'

/** A fault in the person's words: what happened, and what helps. */
export function useFaultWords() {
  const { t } = useI18n()
  const known = (fault: FaultView) => (fault.code in faults ? fault.code : 'internal')
  const title = (fault: FaultView) => t(`faults.${known(fault)}.title`, fault.detail ?? {})
  const help = (fault: FaultView) => t(`faults.${known(fault)}.help`, fault.detail ?? {})
  /** Both in one line. */
  const line = (fault: FaultView) => `${title(fault)} ${help(fault)}`
  return { title, help, line }
}
