import { Session } from 'node:inspector'

interface Range { startOffset: number; endOffset: number; count: number }
interface Script { scriptId: string; url: string; functions: { ranges: Range[] }[] }

/** Which blocks of a bundle have run (V8's precise coverage): what says that an input reached something new. */
export class Coverage {
  readonly #session = new Session()
  readonly #url: string
  readonly #seen = new Set<string>()

  /** @param url what the addresses of the scripts that are watched begin with */
  constructor(url: string) {
    this.#url = url
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks known to have run. */
  get blocks(): number {
    return this.#seen.size
  }

  /** How many blocks ran for the first time since this was last asked. @param keep remembers them */
  fresh(keep = true): number {
    let fresh = 0
    // The answer comes before `post` returns: the session is this thread's own.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error
      const { result } = answer as unknown as { result: Script[] }
      for (const { scriptId, functions } of result.filter(({ url }) => url.startsWith(this.#url))) {
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
          if (!count) continue
          const key = `${scriptId} ${startOffset} ${endOffset}`
          if (this.#seen.has(key)) continue
          fresh++
          if (keep) this.#seen.add(key)
        }
      }
    })
    return fresh
  }

  end(): void {
    this.#session.disconnect()
  }
}
