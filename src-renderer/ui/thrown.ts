import type { FaultView } from '../../src-main/contract/faults'

/** Whatever a command threw, as the words' data. */
export function viewOf(thrown: unknown): FaultView {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    const { code, detail } = thrown as FaultView
    return { code, ...(detail && { detail }) }
  }
  return { code: 'internal', text: String(thrown) }
}
