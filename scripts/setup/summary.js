/** How much of an error stands in its line, characters. */
const LONGEST = 1_000

/**
 * Vitest reporter: a line for each test that failed, and a last plain line, `N passed, N failed, N skipped`, that other programs
 * can read. They stand at the end, because of a long log the end is what is kept. A file that could not be loaded, or an error
 * outside every test, counts as one failed.
 */
export default class Summary {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    /** @param {string} name @param {readonly unknown[] | undefined} thrown */
    const tell = (name, thrown) => {
      const [error] = thrown ?? []
      const { message = String(error) } = /** @type {{ message?: string }} */ (error ?? {})
      process.stdout.write(`failed: ${name}: ${message.replace(/\s+/g, ' ').slice(0, LONGEST)}\n`)
    }
    if (errors.length) tell('outside every test', errors)
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors: thrown } = test.result()
        count[state === 'pending' ? 'skipped' : state]++
        if (state === 'failed') tell(`${module.relativeModuleId} > ${test.fullName}`, thrown)
      }
      for (const group of [module, ...module.children.allSuites()]) {
        const thrown = group.errors()
        count.failed += thrown.length
        if (thrown.length) tell('fullName' in group ? group.fullName : group.relativeModuleId, thrown)
      }
    }
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}
