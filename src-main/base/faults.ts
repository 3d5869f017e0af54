import type { FaultCode, FaultDetail, FaultView } from '../contract/faults'

/** The only error that our own code throws on purpose. The cause travels along; the code finds the words. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly detail: FaultDetail

  constructor(code: FaultCode, options: { text?: string; detail?: FaultDetail; cause?: unknown } = {}) {
    super(options.text ?? code, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = options.detail ?? {}
  }

  /** The fault as data, for another process or the journal. */
  view(): FaultView {
    return { code: this.code, text: this.message, detail: this.detail }
  }

  /** Whatever was thrown, as a fault: a fault stays itself, data becomes one again, anything else is `internal`. */
  static from(thrown: unknown, otherwise: FaultCode = 'internal'): Fault {
    if (thrown instanceof Fault) return thrown
    const text = thrown instanceof Error ? thrown.message : String(thrown)
    return new Fault(otherwise, { text, cause: thrown })
  }

  /** A fault that came across a process as data. */
  static of(view: FaultView): Fault {
    return new Fault(view.code, { ...(view.text && { text: view.text }), ...(view.detail && { detail: view.detail }) })
  }
}
