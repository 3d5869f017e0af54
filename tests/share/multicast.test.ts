import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/base/clock'
import { silentLog } from '../../src-main/base/log'
import type { NearbyRelay } from '../../src-main/contract/share'
import type { Announced } from '../../src-main/share/discovery'
import { multicastDiscovery, readRelays, recordsOf } from '../../src-main/share/multicast'
import { noMulticast } from '../fakes/multicast'
import { until } from '../scenarios/clients/cast'

const relay: Announced = { name: '三楼办公室', domain: 'office.internal', host: '127.0.0.1', port: 5_061, fingerprint: 'ab12'.repeat(16) }
const found: NearbyRelay = { name: '三楼办公室', domain: 'office.internal', host: '127.0.0.1', port: 5_061, prefix: 'ab12ab12ab12ab12' }

describe('what is announced', () => {
  it('is read back as it was', () => {
    expect(readRelays({ answers: recordsOf(relay), additionals: [] })).toMatchObject([{ relay: found, ttl: 120 }])
  })

  it('is no relay when anything of it is missing or is not what it should be', () => {
    const records = recordsOf(relay)
    for (const left of records.filter(({ type }) => type !== 'PTR')) {
      expect(readRelays({ answers: records.filter((record) => record !== left), additionals: [] })[0]!.relay).toBeUndefined()
    }
    for (const wrong of [{ domain: 'a b' }, { domain: '' }, { host: 'fd00::1' }, { fingerprint: 'zz'.repeat(32) }, { port: 0 }]) {
      expect(readRelays({ answers: recordsOf({ ...relay, ...wrong }), additionals: [] })[0]!.relay, JSON.stringify(wrong)).toBeUndefined()
    }
  })

  it('shows no more of a stranger’s name than a line', () => {
    const [read] = readRelays({ answers: recordsOf({ ...relay, name: `evil\n\u202e${'x'.repeat(100)}` }), additionals: [] })
    expect(read!.relay!.name).toBe(`evil${'x'.repeat(56)}`)
  })
})

describe.skipIf(noMulticast)(`over loopback${noMulticast ? `: ${noMulticast}` : ''}`, () => {
  const discovery = multicastDiscovery({ addresses: () => ['127.0.0.1'], platform: process.platform, clock: systemClock, log: silentLog })

  it('is found by who looks before and by who looks after, and is gone when it says so', async () => {
    let early: NearbyRelay[] = []
    let late: NearbyRelay[] = []
    const is = (relays: NearbyRelay[]) => relays.some(({ prefix }) => prefix === found.prefix)
    const before = discovery.browse((relays) => { early = relays })
    const announced = discovery.announce(relay)
    await until('the announcement', () => is(early))
    const after = discovery.browse((relays) => { late = relays })
    await until('an answer', () => is(late))
    expect(late).toContainEqual(found)
    await announced.stop()
    await until('the goodbye', () => !is(early) && !is(late))
    await Promise.all([before.stop(), after.stop()])
  })
})
