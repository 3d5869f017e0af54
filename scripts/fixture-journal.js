// Makes tests/fixtures/journals/v<schema version>.sqlite, v<…>-relay.sqlite and what must be found in them, with the built code
// of this folder, or of a clone of an earlier version: `node scripts/fixture-journal.js [FOLDER]`. Run once when a version ships.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { build } from 'vite'

const here = resolve(import.meta.dirname, '..')
const there = resolve(process.argv[2] ?? here)
const outDir = mkdtempSync(join(tmpdir(), 'yanxin-fixture-'))
const source = join(here, 'src-main') + sep

try {
  await build({
    configFile: false, root: here, logLevel: 'error', ssr: { noExternal: true },
    build: {
      ssr: join(here, 'tests/relay/journal/fixture-make.ts'), outDir, target: 'node22', minify: false,
      rolldownOptions: { output: { entryFileNames: 'make.mjs', format: 'es' } },
    },
    plugins: [{
      name: 'the code of that version',
      enforce: 'pre',
      async resolveId(id, importer) {
        const found = await this.resolve(id, importer, { skipSelf: true })
        return found?.id.startsWith(source) ? join(there, 'src-main', found.id.slice(source.length)) : found
      },
    }],
  })
  const { status } = spawnSync(process.execPath,
    [join(outDir, 'make.mjs'), join(here, 'tests/fixtures/journals'), join(there, 'out/main/database.js')], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(outDir, { recursive: true, force: true })
}
