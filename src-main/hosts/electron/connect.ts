import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain } from 'electron'
import type { Log } from '../../base/log'
import type { BridgeChannel } from '../serve-bridge'
import { isOurPage } from './page'

/** What preload asks for, and what it gets. */
export const CONNECT = 'yanxin:connect'
export const PORT = 'yanxin:port'

function channelOf(port: MessagePortMain): BridgeChannel {
  return {
    post: (messages) => port.postMessage(messages),
    close: () => port.close(),
    onFrame: (listener) => void port.on('message', (event) => listener(event.data)),
    onClose: (listener) => void port.on('close', listener),
  }
}

/** Point 17 of the checklist: only the main frame of our own page may ask. */
const isOurs = (event: IpcMainEvent): boolean => {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOurPage(frame.url)
}

/** Gives every page of ours that asks a port of its own; `onWindow` also hears the page's URL. */
export function serveWindows(onWindow: (channel: BridgeChannel, url: string) => void, log: Log): void {
  ipcMain.on(CONNECT, (event) => {
    if (!isOurs(event)) {
      log.warn({}, 'a page that is not ours asked for a port')
      return
    }
    const { port1, port2 } = new MessageChannelMain()
    onWindow(channelOf(port1), event.senderFrame!.url)
    port1.start()
    event.senderFrame!.postMessage(PORT, null, [port2])
  })
}
