import type { Target } from '../target'

/** Every reader of what strangers send. */
export const targets = {
  framer: async (): Promise<Target> => (await import('./framer')).framer,
  sip: async (): Promise<Target> => (await import('./sip')).sip,
  'sip-headers': async (): Promise<Target> => (await import('./sip-headers')).sipHeaders,
  cpim: async (): Promise<Target> => (await import('./cpim')).cpim,
  payload: async (): Promise<Target> => (await import('./payload')).payload,
  imdn: async (): Promise<Target> => (await import('./imdn')).imdn,
  location: async (): Promise<Target> => (await import('./location')).location,
  xml: async (): Promise<Target> => (await import('./xml')).xml,
  'file-transfer': async (): Promise<Target> => (await import('./file-transfer')).fileTransfer,
  backup: async (): Promise<Target> => (await import('./backup')).backup,
  websocket: async (): Promise<Target> => (await import('./websocket')).websocket(),
  bridge: async (): Promise<Target> => (await import('./bridge')).bridge,
  msrp: async (): Promise<Target> => (await import('./msrp')).msrp,
  bot: async (): Promise<Target> => (await import('./bot')).bot,
  search: async (): Promise<Target> => (await import('./search')).search(),
}
export type TargetName = keyof typeof targets
export const targetNames = Object.keys(targets) as TargetName[]
