// Runs inside Chromium: the bridge as a window opens it.
import { connectBridge, type Bridge } from '../../../src-renderer/bridge'

declare global {
  interface Window {
    bridge: Bridge
    grown: number[]
  }
}
window.grown = []
window.bridge = connectBridge()
window.bridge.notices.on('journalGrew', (n) => void window.grown.push(n))
