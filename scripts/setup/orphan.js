import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @param {number} pid @returns {number | undefined} */
function parentOf(pid) {
  try {
    // The name, which may hold anything, stands in brackets; state and parent follow it.
    if (process.platform === 'linux') return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
    if (process.platform === 'darwin') return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }))
  } catch { /* it is gone, or there is no such tool */ }
  return undefined
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EPERM'
  }
}

/**
 * Calls `end` when npm is gone. npm runs a script by a shell and hands signals to that shell alone: killed, it would leave us
 * behind with the data folder in use. Without npm nobody watches, so that `nohup node scripts/…` goes on.
 * @param {() => void} end @returns {() => void} stops watching
 */
export function whenOrphaned(end) {
  if (!process.env.npm_lifecycle_event) return () => {}
  const shell = process.ppid
  const npm = parentOf(shell)
  const timer = setInterval(() => {
    if (process.ppid === shell && isAlive(shell) && (!npm || npm === 1 || isAlive(npm))) return
    clearInterval(timer)
    end()
  }, 100)
  timer.unref()
  return () => clearInterval(timer)
}
