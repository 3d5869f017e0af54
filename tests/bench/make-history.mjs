// node tests/bench/make-history.mjs FILE COUNT [ACCOUNT] [--indexed]: a journal of COUNT messages, for a bench or to look at.
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const indexed = process.argv.includes('--indexed')
const [file, count, account] = process.argv.slice(2).filter((each) => each !== '--indexed')
if (!file || !(Number(count) > 0)) {
  console.error('usage: node tests/bench/make-history.mjs FILE COUNT [ACCOUNT] [--indexed]')
  process.exit(2)
}
const root = resolve(import.meta.dirname, '../..')
const { module } = await runnerImport(resolve(import.meta.dirname, 'history.ts'), { configFile: false, root, logLevel: 'error' })
const { conversations, took } = module.writeHistory(file, { count: Number(count), indexed, ...(account && { account }) })
console.log(`${count} messages in ${conversations.length} conversations, ${(took / 1_000).toFixed(1)} s; the largest: ${conversations[0].address}`)
