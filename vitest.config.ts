import vue from '@vitejs/plugin-vue'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const SECOND = 1_000
const { env } = process

/**
 * One kind of test. Kinds run one after the other (`order`), because two cores cannot carry a browser and a load at once. Two files of
 * a kind that is `parallel` run at once: nothing in them may measure, or depend on how fast the machine is.
 */
function project(name: string, order: number, options: { include: string[]; exclude?: string[]; seconds: number; parallel?: boolean; built?: boolean }) {
  return {
    plugins: [vue()],
    test: {
      name,
      include: options.include,
      exclude: ['**/node_modules/**', ...(options.exclude ?? [])],
      testTimeout: options.seconds * SECOND,
      // A condition is waited for as long as a busy machine may need; a second, as vitest has it, measures the machine.
      expect: { poll: { timeout: 15 * SECOND } },
      hookTimeout: Math.max(30, options.seconds) * SECOND,
      fileParallelism: options.parallel ?? false,
      ...(options.parallel && { maxWorkers: 2 }),
      ...(options.built && { globalSetup: ['tests/fakes/global-setup.ts'] }),
      sequence: { groupOrder: order },
    },
  } satisfies TestProjectConfiguration
}

/** What measures, or makes a load of its own. */
const alone = [
  'tests/scenarios/{faults-peers,faults-window,files-process}.test.ts', 'tests/scenarios/torture/**/*.test.ts',
  'tests/interop/{kamailio-restart,sipp}.test.ts', 'tests/fuzz/**/*.test.ts',
]
const others = ['fuzz', 'scenarios', 'interop', 'e2e', 'scripts', 'bench', 'electron/real']

// `npm run bench` and `npm run test:electron` ask for theirs by name; `npm test` runs all the others.
const asked: Record<string, TestProjectConfiguration> = {
  bench: project('bench', 0, { include: ['tests/bench/**/*.bench.ts'], seconds: 1_800, built: true }),
  fuzz: project('fuzz', 0, { include: ['tests/fuzz/**/*.fuzz.ts'], seconds: 3_600 }),
  electron: project('electron', 0, { include: ['tests/electron/real/**/*.test.ts'], seconds: 120, built: true }),
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/setup/summary.js'],
    projects: env['YANXIN_TESTS'] && asked[env['YANXIN_TESTS']]
      ? [asked[env['YANXIN_TESTS']]!]
      : [
          project('unit', 1, {
            include: ['tests/**/*.test.ts'], exclude: others.map((name) => `tests/${name}/**`), seconds: 20, parallel: true,
          }),
          project('scenarios', 2, { include: ['tests/scenarios/**/*.test.ts'], exclude: alone, seconds: 60, parallel: true, built: true }),
          project('interop', 3, { include: ['tests/interop/**/*.test.ts'], exclude: alone, seconds: 120, parallel: true, built: true }),
          project('e2e', 4, { include: ['tests/e2e/**/*.test.ts', 'tests/scripts/**/*.test.ts'], seconds: 120, parallel: true, built: true }),
          project('alone', 5, { include: alone, seconds: 120, built: true }),
        ],
  },
})
