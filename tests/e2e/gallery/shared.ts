import { Fault } from '../../../src-main/base/faults'
import type { AppState, Commands } from '../../../src-main/contract/calls'
import type { ShareView } from '../../../src-main/contract/share'
import { NOW } from './world'

const fingerprint = '3fa9c07be21d84f60b5a97e3d4128cf6a1b09e7758d3426cfe90ab1c6d35e284'
const code = '4417 0926 8853 1092'
const relay = { name: '三楼办公室 3rd floor', domain: 'office.internal', host: '192.168.1.5', port: 5_061, filesPort: 24_817, msrpPort: 27_340, fingerprint, code }
const off: ShareView = {
  at: 'off', people: [], refused: [],
  addresses: [
    { host: '192.168.1.5', network: 'wlan0', reach: 'near' }, { host: '203.0.113.77', network: 'eth0', reach: 'public' }, { host: '127.0.0.1', network: 'lo', reach: 'this-computer' },
  ],
}
const agent = 'Yanxin/0.1.0'
const on: ShareView = {
  ...off, at: 'on', relay,
  people: [
    { address: 'sip:+8613900001111@office.internal', hasJoined: true, devices: [{ agent, host: '192.168.1.23', seenAt: NOW }] },
    { address: 'sip:chen.xiaoming@office.internal', hasJoined: true, devices: [{ agent, seenAt: NOW - 3_600_000 }] },
    { address: 'sip:lan@office.internal', hasJoined: true, devices: [{ agent, host: '192.168.1.5', seenAt: NOW }] },
    { address: 'sip:zhang-wei@office.internal', hasJoined: false, devices: [] },
  ],
  refused: [
    { user: '+8613700002222', host: '192.168.1.40', at: NOW - 40_000, times: 3, isListed: false },
    { user: 'chen.xiaoming', host: '192.168.1.31', at: NOW - 600_000, times: 1, isListed: true },
  ],
}
const views: Record<string, ShareView> = {
  on, own: { ...on, own: 'sip:lan@office.internal' },
  waiting: { ...on, at: 'waiting', people: [], refused: [], fault: { code: 'address-gone', detail: { host: '192.168.1.5' } } },
}

/** A relay that is shared, or not, and others to join; nothing behind them. */
export function shareCommands(which: string | undefined, become: (app: Partial<AppState>) => AppState): Partial<Commands> {
  let view = views[which ?? ''] ?? off
  const nearby = which === 'none' ? [] : [
    { name: relay.name, domain: relay.domain, host: relay.host, port: relay.port, prefix: fingerprint.slice(0, 16) },
    { name: '市场部', domain: 'market.internal', host: '192.168.1.88', port: 22_410, prefix: 'aa'.repeat(8) },
  ]
  return {
    share: async () => view,
    shareOn: async ({ name, host }) => (view = { ...on, relay: { ...relay, name, host } }),
    shareOff: async () => (view = { ...off, relay }),
    async shareAdd(who) {
      if (who.includes('@')) throw new Fault('bad-argument', { detail: { field: 'who' } })
      const address = `sip:${who.replaceAll(' ', '')}@office.internal`
      if (view.people.some((person) => person.address === address)) throw new Fault('bad-argument', { detail: { field: 'known' } })
      view = { ...view, people: [...view.people, { address, hasJoined: false, devices: [] }] }
      return { address, code: '7KQ2-M0XD-4H9T' }
    },
    shareRenew: async (address) => ({ address, code: 'B3RW-9ZVN-2C8A' }),
    shareRemove: async (address) => void (view = { ...view, people: view.people.filter((person) => person.address !== address) }),
    shareOwn: async (who) => become({ account: { address: `sip:${who}@office.internal`, isLocalTrial: false, isHost: true, journal: 'gallery' } }),
    nearby: async () => nearby,
    async lookAtRelay(at) {
      if (!/^[\d.]+(:\d+)?$/.test(at)) throw new Fault('bad-argument')
      if (at.startsWith('10.')) throw new Fault('cannot-connect')
      return { relay: `sip:${at};transport=tls`, domain: 'office.internal', fingerprint, code }
    },
    async join({ who, code: typed }) {
      if (typed !== '7KQ2-M0XD-4H9T') throw new Fault('wrong-password')
      return become({ account: { address: `sip:${who}@office.internal`, isLocalTrial: false, pin: fingerprint, journal: 'gallery' }, link: { at: 'online' } })
    },
  }
}
