import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const at = (path: string): string => resolve(import.meta.dirname, path)

/** electron-vite's configuration: `electron-vite build -c electron.config.ts`, called by scripts/setup/build.js. */
export default defineConfig({
  main: {
    build: {
      // Everything is bundled, so that the app that is shipped has no node_modules.
      externalizeDeps: false,
      target: 'node22',
      sourcemap: true,
      rolldownOptions: {
        input: {
          desktop: at('src-main/desktop.ts'),
          browser: at('src-main/browser.ts'),
          headless: at('src-main/headless.ts'),
          database: at('src-main/database.ts'),
          hasher: at('src-main/content/hasher.ts'),
        },
        // Optional native helpers of ws; it does without.
        external: ['bufferutil', 'utf-8-validate'],
        // All in one folder, so that `new URL('./database.js', import.meta.url)` is right in every chunk.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: at('src-main/hosts/electron/preload.ts'),
        // A sandboxed preload must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    publicDir: at('src-renderer/public'),
    plugins: [vue()],
    worker: { format: 'es' },
    define: {
      __VUE_I18N_FULL_INSTALL__: 'true',
      __VUE_I18N_LEGACY_API__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: {
      // The browser host's window is whatever Chromium the computer has.
      target: 'chrome120',
      minify: true,
      // A data: URL in a stylesheet or script would need exceptions in the CSP.
      assetsInlineLimit: 0,
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
  },
})
