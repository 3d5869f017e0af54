import type { Dial } from './channel'

const KEPT = 'yanxin-token'

/**
 * The token of the link that opened this page: taken out of the address bar, so that it is in no bookmark or screenshot, and
 * kept for this tab alone.
 */
export function takeToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'> = window): string {
  const given = page.location.hash.slice(1)
  if (given) {
    page.sessionStorage.setItem(KEPT, given)
    page.history.replaceState(null, '', page.location.pathname + page.location.search)
  }
  return given || page.sessionStorage.getItem(KEPT) || ''
}

/** The browser host: a WebSocket beside the page, the token as its second subprotocol, since a page can set no header. */
export const dialSocket = (url: string, token: () => string): Dial => (listener) => {
  // Letters that no subprotocol may have are a syntax error of the constructor; no token gets the same refusal as a wrong one.
  const socket = new WebSocket(url, ['yanxin', /^[\w.~-]+$/.test(token()) ? token() : 'none'])
  socket.onopen = () => listener.opened()
  socket.onmessage = (event: MessageEvent<string>) => listener.frame(JSON.parse(event.data) as unknown[])
  socket.onclose = (event) => listener.closed(event.code)
  return {
    post: (messages) => socket.send(JSON.stringify(messages)),
    close: () => socket.close(),
  }
}
