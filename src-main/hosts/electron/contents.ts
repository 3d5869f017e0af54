import type { WebContents, WebPreferences } from 'electron'
import type { Log } from '../../base/log'
import { isOurPage } from './page'

/** Electron's security checklist, points 2 to 10: its defaults, said aloud so that a change of them does not change us. */
export const safePreferences = (preload: string): WebPreferences => ({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  // Chromium would fetch dictionaries from a stranger.
  spellcheck: false,
})

/** Points 11 to 14: no page goes anywhere, opens anything or holds a webview. A link that may leave comes over the bridge. */
export function harden(contents: WebContents, log: Log): void {
  const stay = (event: { preventDefault(): void }, url: string) => {
    if (isOurPage(url)) return
    event.preventDefault()
    log.warn({}, 'a page was kept from going elsewhere')
  }
  contents.on('will-navigate', (event) => stay(event, event.url))
  contents.on('will-frame-navigate', (event) => stay(event, event.url))
  contents.on('will-redirect', (event) => stay(event, event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
