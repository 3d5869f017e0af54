import vue from '@vitejs/plugin-vue'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const SECOND = 1_000
const { env } = process

/** One kind of test. Kinds run one after the other (`order`), because two cores cannot carry a browser and a load at once. */
function project(name: string, order: number, options: { include: string[]; exclude?: string[]; seconds: number; parallel?: boolean; built?: boolean }) {
  return {
    plugins: [vue()],
    test: {
      name,
      include: options.include,
      exclude: ['**/node_modules/**', ...(options.exclude ?? [])],
      testTimeout: options.seconds * SECOND,
      hookTimeout: Math.max(30, options.seconds) * SECOND,
      fileParallelism: options.parallel ?? false,
      ...(options.parallel && { maxWorkers: 2 }),
      ...(options.built && { globalSetup: ['tests/fakes/global-setup.ts'] }),
      sequence: { groupOrder: order },
    },
  } satisfies TestProjectConfiguration
}

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
          project('scenarios', 2, { include: ['tests/scenarios/**/*.test.ts', 'tests/fuzz/**/*.test.ts'], seconds: 60, built: true }),
          project('interop', 3, { include: ['tests/interop/**/*.test.ts'], seconds: 120, built: true }),
          project('e2e', 4, { include: ['tests/e2e/**/*.test.ts', 'tests/scripts/**/*.test.ts'], seconds: 120, built: true }),
        ],
  },
})
