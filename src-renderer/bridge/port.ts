import type { Dial } from './channel'

/** What Electron's preload puts on the window: it only asks main for a port and hands it on. */
export interface PreloadDoor {
  connect(): void
}

declare global {
  interface Window {
    yanxin?: PreloadDoor
  }
}

/** Electron: a MessagePort that preload passes on by `window.postMessage('yanxin:port', origin, [port])`. */
export const dialPort = (door: PreloadDoor, page: Window = window): Dial => (listener) => {
  let port: MessagePort | undefined
  let isClosed = false
  const end = () => {
    page.removeEventListener('message', take)
    if (isClosed) return
    isClosed = true
    listener.closed(undefined)
  }
  const take = (event: MessageEvent) => {
    if (event.source !== page || event.data !== 'yanxin:port' || !event.ports[0]) return
    page.removeEventListener('message', take)
    port = event.ports[0]
    port.onmessage = (message: MessageEvent<unknown[]>) => listener.frame(message.data)
    port.addEventListener('close', end)
    listener.opened()
  }
  page.addEventListener('message', take)
  door.connect()
  return {
    post: (messages) => port?.postMessage(messages),
    close: () => {
      port?.close()
      end()
    },
  }
}
