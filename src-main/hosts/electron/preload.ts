// Only passes the port on: everything else is said over it.
import { contextBridge, ipcRenderer } from 'electron'

ipcRenderer.on('yanxin:port', (event) => window.postMessage('yanxin:port', location.origin, [...event.ports]))
contextBridge.exposeInMainWorld('yanxin', { connect: () => ipcRenderer.send('yanxin:connect') })
