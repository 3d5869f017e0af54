import { protocol, session, type Session } from 'electron'
import { securityHeaders } from '../content-policy'
import { pageFile } from '../page-files'

/** The origin of our page. A scheme of our own instead of file:// gives it an origin, storage of its own and headers. */
export const pageOrigin = 'app://yanxin'
export const pageUrl = `${pageOrigin}/`
/** The same page without anything to see: it keeps the store applying the journal while no window is open. */
export const storeUrl = `${pageOrigin}/?store`

/** Tells Chromium of the scheme; before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

/** One of our own pages, and nothing that only begins like it. */
export function isOurPage(url: string): boolean {
  try {
    const { protocol: scheme, host } = new URL(url)
    return scheme === 'app:' && host === 'yanxin'
  } catch {
    return false
  }
}

/** What our page may load: itself, and what it made itself. Cards' pictures and files come with the bridge, never from a stranger. */
const mayLoad = (url: string): boolean => isOurPage(url) || /^(blob:app:\/\/yanxin\/|data:|devtools:)/.test(url)

/** Serves the built window in `folder` as `app://yanxin/`, and keeps the session from everything else. */
export function servePage(folder: string, to: Session = session.defaultSession): void {
  to.protocol.handle('app', async (request) => {
    const { pathname } = new URL(request.url)
    const file = isOurPage(request.url) && request.method === 'GET' ? await pageFile(folder, pathname) : undefined
    if (!file) return new Response('Nothing is here.\n', { status: 404, headers: securityHeaders() })
    return new Response(Buffer.from(file.bytes), { headers: { ...securityHeaders(), 'Content-Type': file.type, 'Cache-Control': 'no-cache' } })
  })
  to.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url) }))
  // Copying text is all that the page needs; notifications are ours to show.
  to.setPermissionRequestHandler((contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write' && isOurPage(contents.getURL()))
  })
  to.setPermissionCheckHandler((_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOurPage(origin))
  to.setDevicePermissionHandler(() => false)
  to.on('will-download', (event) => event.preventDefault())
}
