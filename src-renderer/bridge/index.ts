import { systemClock } from '../../src-main/base/clock'
import { openBridge, type Bridge } from './bridge'
import { dialPort } from './port'
import { dialSocket, takeToken } from './socket'

export type { Bridge, BridgeConnection, NoticeTable } from './bridge'

/** The line to main of the host that this page runs in; it dials at once, by itself, and again whenever it is lost. */
export function connectBridge(): Bridge {
  if (window.yanxin) return openBridge({ dial: dialPort(window.yanxin), clock: systemClock, random: Math.random })
  let token = takeToken()
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/bridge`
  const bridge = openBridge({ dial: dialSocket(url, () => token), clock: systemClock, random: Math.random })
  // The new link after a renewed token only changes the part behind '#': no load, so it is taken here.
  window.addEventListener('hashchange', () => {
    if (!location.hash.slice(1)) return
    token = takeToken()
    bridge.reconnect()
  })
  window.addEventListener('online', () => bridge.reconnect())
  return bridge
}
