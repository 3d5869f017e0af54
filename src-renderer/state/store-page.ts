import { systemClock } from '../../src-main/base/clock'
import { startProjecting, type Projecting } from '../../src-main/store/start'
import type { Bridge } from '../bridge'

/** Electron's hidden page: nothing but the projection, so that the store is up to date before a window opens. */
export function runStorePage(bridge: Bridge): void {
  let running: { journal: string; projecting: Projecting } | undefined
  const follow = (journal: string | undefined) => {
    if (running?.journal === journal) return
    running?.projecting.stop()
    running = undefined
    if (!journal) return
    const projecting = startProjecting({ journal, feed: bridge.commands, onReport() {}, clock: systemClock, random: Math.random })
    running = { journal, projecting }
  }
  const ask = () => {
    if (bridge.connection.at !== 'open') return follow(undefined)
    // A state that cannot be had is asked for again at the next connection, and comes by itself with the next change.
    bridge.commands.state().then((state) => follow(state.account?.journal), () => {})
  }
  bridge.events.on('connection', ask)
  bridge.notices.on('stateChanged', (state) => follow(state.account?.journal))
  bridge.notices.on('journalGrew', (n) => running?.projecting.grew(n))
  ask()
}
