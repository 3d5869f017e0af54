import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { whenOrphaned } from './orphan.js'
import { root } from './paths.js'

/** @typedef {{ env?: NodeJS.ProcessEnv, cwd?: string, watch?: (text: string) => void, ipc?: boolean }} RunOptions */

/**
 * Runs a program with our own input and output, hands on the signals that end us, and resolves with its exit code (128 and
 * the signal's number when it was killed, as a shell says it). `watch` sees its standard output on the way.
 * `ipc` gives it a channel whose end tells it that we are gone, so that it never outlives us.
 * @param {string} file @param {string[]} args @param {RunOptions} [options] @returns {Promise<number>}
 */
export function run(file, args, { env = process.env, cwd = root, watch, ipc = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd, env, stdio: ['inherit', watch ? 'pipe' : 'inherit', 'inherit', ...(ipc ? /** @type {const} */ (['ipc']) : [])],
    })
    child.stdout?.on('data', (/** @type {Buffer} */ bytes) => {
      process.stdout.write(bytes)
      watch?.(bytes.toString())
    })
    // A terminal's Ctrl-C reaches the child by itself.
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal))
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
    for (const signal of signals) process.on(signal, pass)
    const forget = whenOrphaned(() => child.kill('SIGTERM'))
    const done = () => {
      forget()
      for (const signal of signals) process.off(signal, pass)
    }
    child.once('error', (error) => { done(); reject(error) })
    child.once('close', (code, signal) => {
      done()
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)])
    })
  })
}

/**
 * Runs a program quietly and resolves with its exit code and all that it said.
 * @param {string} file @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeout?: number, shell?: boolean }} [options] timeout in ms
 * @returns {Promise<{ code: number, text: string }>}
 */
export function collect(file, args, { env = process.env, cwd = root, timeout = 0, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env, timeout, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    const hear = (/** @type {Buffer} */ bytes) => { text = (text + bytes).slice(-100_000) }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (error) => resolve({ code: 127, text: `${text}${error.message}` }))
    child.once('close', (code, signal) => resolve({ code: code ?? 1, text: signal ? `${text}\n${signal}` : text }))
  })
}
