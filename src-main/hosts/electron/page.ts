import { protocol, session, type Session } from 'electron'
import { Readable } from 'node:stream'
import type { ContentDoor, DoorAnswer } from '../content-door'
import { securityHeaders } from '../content-policy'
import { pageFile } from '../page-files'

/** The origin of our page. A scheme of our own instead of file:// gives it an origin, storage of its own and headers. */
export const pageOrigin = 'app://yanxin'
export const pageUrl = `${pageOrigin}/`
/** The same page without anything to see: it keeps the store applying the journal while no window is open. */
export const storeUrl = `${pageOrigin}/?store`

/** Tells Chromium of the scheme; before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } }])
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

/** What our page may load: itself, and what it made itself. Pictures, files and the map's tiles come through main, never from a stranger. */
const mayLoad = (url: string): boolean => isOurPage(url) || /^(blob:app:\/\/yanxin\/|data:|devtools:)/.test(url)

export interface PageOptions {
  /** Where the built window lies. */
  folder: string
  /** Answers for the files of messages, and the path below which it does. */
  content: { path: string; door: ContentDoor }
}

/** Serves the built window as `app://yanxin/`, with the files of messages, and keeps the session from everything else. */
export function servePage({ folder, content }: PageOptions, to: Session = session.defaultSession): void {
  to.protocol.handle('app', async (request) => {
    const { pathname, search } = new URL(request.url)
    if (!isOurPage(request.url)) return missing()
    const found = await content.door({
      method: request.method, path: pathname, query: search.slice(1), header: (name) => request.headers.get(name) ?? undefined, body: bodyOf(request),
    }, pageOrigin)
    if (found) return responseOf(found)
    const file = request.method === 'GET' ? await pageFile(folder, pathname) : undefined
    if (!file) return missing()
    return new Response(Buffer.from(file.bytes), { headers: { ...securityHeaders(), 'Content-Type': file.type, 'Cache-Control': 'no-cache' } })
  })
  to.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayLoad(details.url) }))
  to.setPermissionRequestHandler((contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    answer(isOurPage(contents.getURL()) && isPermitted(permission, media))
  })
  to.setPermissionCheckHandler((_contents, permission, origin, { mediaType }) => isOurPage(origin) && isPermitted(permission, mediaType ? [mediaType] : []))
  to.setDevicePermissionHandler(() => false)
  to.on('will-download', (event, item) => {
    // Only what our page gives away: a file of a message, or what it made itself. The person says where to.
    const url = item.getURL()
    if (!url.startsWith(`${pageOrigin}${content.path}`) && !url.startsWith(`blob:${pageOrigin}/`)) event.preventDefault()
  })
}

/** Copying text, recording sound and where the person is, when they ask for it; notifications are ours to show. */
function isPermitted(permission: string, media: readonly string[]): boolean {
  if (permission === 'media') return media.length > 0 && media.every((type) => type === 'audio')
  return permission === 'clipboard-sanitized-write' || permission === 'geolocation'
}

const missing = (): Response => new Response('Nothing is here.\n', { status: 404, headers: securityHeaders() })

async function* bodyOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body) yield* body as unknown as AsyncIterable<Uint8Array>
}

function responseOf({ status, headers, body }: DoorAnswer): Response {
  const streamed = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : (body as BodyInit | undefined)
  return new Response(streamed ?? null, { status, headers })
}
