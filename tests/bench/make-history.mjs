// node tests/bench/make-history.mjs FILE COUNT [ACCOUNT]: a journal of COUNT messages, for a bench or to look at.
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const [file, count, account] = process.argv.slice(2)
if (!file || !(Number(count) > 0)) {
  console.error('usage: node tests/bench/make-history.mjs FILE COUNT [ACCOUNT]')
  process.exit(2)
}
const root = resolve(import.meta.dirname, '../..')
const { module } = await runnerImport(resolve(import.meta.dirname, 'history.ts'), { configFile: false, root, logLevel: 'error' })
const { conversations, took } = module.writeHistory(file, { count: Number(count), ...(account && { account }) })
console.log(`${count} messages in ${conversations.length} conversations, ${(took / 1_000).toFixed(1)} s; the largest: ${conversations[0].address}`)
