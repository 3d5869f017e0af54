import { createPinia } from 'pinia'
import type { App as VueApp } from 'vue'
import type { Bridge } from '../bridge'
import { useApp } from './app'
import { browserParts, partsKey } from './parts'
import { useOutbox } from './outbox'

export * from './app'
export * from './campaign'
export * from './check'
export * from './content'
export * from './conversations'
export * from './drafts'
export * from './gathering'
export * from './import'
export * from './jobs'
export * from './groups'
export * from './highlights'
export * from './journey'
export * from './many'
export * from './looking'
export * from './mentions'
export * from './mute'
export * from './notifications'
export * from './now'
export { ownPicture } from './own-pictures'
export type { FileToSend, MadeFile, Tapped } from './outbox'
export * from './peer'
export * from './place-text'
export * from './position'
export * from './presence'
export * from './receipts'
export * from './search'
export * from './rebuild'
export * from './send'
export * from './share'
export * from './thread'
export * from './thread-layout'
export * from './times'
export * from './turn'
export * from './typing'
export { useParts } from './parts'
export type { Bridge, BridgeConnection } from '../bridge'
export type { ProjectorReport } from '../../src-main/store/report'

/** Gives a Vue app its state: pinia, the parts of this window, and what listens from the first moment. */
export function installState(vue: VueApp, bridge: Bridge): void {
  vue.provide(partsKey, browserParts(bridge))
  vue.use(createPinia())
  vue.runWithContext(() => {
    useApp()
    useOutbox()
  })
}
