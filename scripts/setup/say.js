/** Progress goes to standard error: standard output belongs to ready lines and lists. @param {string} text */
export const say = (text) => void process.stderr.write(`${text}\n`)

/** Something stands in the way and one sentence says what; no stack is shown. */
export class Stop extends Error {
  /** @param {string} sentence @param {number} [exitCode] */
  constructor(sentence, exitCode = 1) {
    super(sentence)
    this.exitCode = exitCode
  }
}

/**
 * Runs a script's body; a `Stop` becomes its sentence and exit code.
 * @param {() => Promise<number>} body resolves with the exit code
 */
export async function main(body) {
  try {
    process.exitCode = await body()
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown
    process.stderr.write(`${thrown.message}\n`)
    process.exitCode = thrown.exitCode
  }
}

/**
 * Says `text`, then every ten seconds that it still goes on.
 * @template T @param {string} text @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function withProgress(text, work) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  say(`${text} …`)
  const ticker = setInterval(() => say(`  still at it, ${seconds()} s`), 10_000)
  try {
    const result = await work()
    say(`  done in ${seconds()} s`)
    return result
  } finally {
    clearInterval(ticker)
  }
}
