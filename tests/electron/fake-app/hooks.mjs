// Given to Node by --import: `electron` becomes the fake beside this file, for the built desktop.js in plain Node.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: new URL('./electron.mjs', import.meta.url).href, shortCircuit: true } : next(name, context),
})
