import vue from '@vitejs/plugin-vue'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** The window on made-up data, for looking at it and for its tests; never shipped. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  define: {
    __VUE_I18N_FULL_INSTALL__: 'true',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: { outDir: resolve(import.meta.dirname, '../../.artifacts/gallery'), emptyOutDir: true, target: 'chrome120', assetsInlineLimit: 0 },
})
