import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import { electronFree, importTable, typesOnly } from './scripts/import-table.js'

const clockMessage = 'Time is an argument: take a Clock (src-main/base/clock.ts).'
const restrictedTime = ['setTimeout', 'setInterval'].map((name) => ({ name, message: clockMessage }))

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'out/**', 'dist/**', '.cache/**', 'tests/.artifacts/**', 'tests/fixtures/**'] },
  tseslint.configs.recommended,
  vue.configs['flat/essential'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.vue', '.json'] })] },
    rules: {
      semi: ['error', 'never'],
      quotes: ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
      eqeqeq: 'error',
      'no-debugger': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: importTable }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      'no-unexpected-multiline': 'error',
    },
  },
  {
    files: ['**/*.vue'],
    rules: { 'vue/no-v-html': 'error', 'vue/block-lang': ['error', { script: { lang: 'ts' } }], 'vue/multi-word-component-names': 'off' },
  },
  ...typesOnly.map(({ files, groups }) => ({
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', {
        paths: [electronFree],
        patterns: groups.map((group) => ({ group: [group], allowTypeImports: true, message: 'Only its types may be imported here.' })),
      }],
    },
  })),
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.{ts,vue}', 'tests/**/*.ts'],
    ignores: ['src-main/desktop.ts', 'src-main/hosts/electron/**', 'tests/electron/**', ...typesOnly.flatMap(({ files }) => files)],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [electronFree] }] },
  },
  {
    files: ['src-main/*/**/*.ts'],
    ignores: ['src-main/base/**', 'src-main/chatbots/**'],
    rules: {
      'no-restricted-globals': ['error', ...restrictedTime],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: clockMessage }],
    },
  },
)
