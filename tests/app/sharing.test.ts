import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataFolder } from '../../src-main/app/data-folder'
import { Sharing } from '../../src-main/app/sharing'
import { MINUTE, SECOND } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import type { OwnAddress, ShareView } from '../../src-main/contract/share'
import type { Announced } from '../../src-main/share/discovery'
import { HandClock } from '../fakes/clock'
import { openInlineDatabase, temporaryFolder } from '../fakes/database'
import { until } from '../scenarios/clients/cast'

const here: OwnAddress = { host: '127.0.0.1', network: 'lo', reach: 'this-computer' }
let data: string
let clock: HandClock
let addresses: OwnAddress[]
let told: ShareView[]
let announced: Announced[]
const open: Sharing[] = []

/** The computer is started. */
async function starts(): Promise<Sharing> {
  const sharing = new Sharing({
    folder: new DataFolder(data), openLedger: (file) => openInlineDatabase(file), userAgent: 'Yanxin/test', addresses: () => addresses,
    discovery: {
      announce(relay) {
        announced.push(relay)
        return { stop: async () => void (announced = announced.filter((each) => each !== relay)) }
      },
      browse: () => ({ stop: async () => undefined }),
    },
    own: () => undefined, changed: (view) => void told.push(view), clock, ids: randomIds, random: Math.random, log: silentLog,
  })
  open.push(sharing)
  await sharing.start()
  return sharing
}

beforeEach(() => {
  data = temporaryFolder()
  clock = new HandClock(Date.now())
  addresses = [here]
  told = []
  announced = []
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((sharing) => sharing.stop()))
})

describe('sharing', () => {
  it('is off until somebody turns it on, and says nothing to the network before', async () => {
    const sharing = await starts()
    expect(sharing.view()).toEqual({ at: 'off', addresses: [here], people: [], refused: [] })
    await expect(sharing.add('lan')).rejects.toMatchObject({ code: 'not-sharing' })
    await expect(sharing.connect()).rejects.toMatchObject({ code: 'not-sharing' })
    expect(announced).toEqual([])
  })

  it('stays on over a restart and off over the next; its address, ports and domain stay what colleagues know', async () => {
    const first = await starts()
    const { relay } = await first.turnOn({ name: ' 三楼 ', host: here.host, domain: 'Floor3.internal' })
    expect(relay).toMatchObject({ name: '三楼', domain: 'floor3.internal', host: here.host })
    expect(announced).toMatchObject([{ name: '三楼', port: relay!.port, fingerprint: relay!.fingerprint }])
    await first.stop()
    expect(announced).toEqual([])

    const second = await starts()
    expect(second.view()).toMatchObject({ at: 'on', relay })
    expect((await second.turnOn({ name: '四楼', host: here.host, domain: 'other.internal' })).relay).toEqual({ ...relay, name: '四楼' })
    await second.turnOff()
    await second.stop()
    expect((await starts()).view()).toMatchObject({ at: 'off', relay: { name: '四楼' } })
  })

  it('waits for an address that is gone, listens on no other meanwhile, and goes on when it is back', async () => {
    const sharing = await starts()
    await sharing.turnOn({ name: 'office', host: here.host })
    addresses = [{ host: '192.0.2.2', network: 'eth0', reach: 'near' }]
    await clock.advance(SECOND)
    await until('the loss', () => told.at(-1)?.at === 'waiting')
    expect(sharing.view()).toMatchObject({ at: 'waiting', fault: { code: 'address-gone', detail: { host: here.host } } })
    expect(announced).toEqual([])
    addresses = [here]
    await until('sharing', async () => {
      await clock.advance(10 * SECOND)
      return told.at(-1)?.at === 'on'
    })
    expect(announced).toHaveLength(1)
  })

  it('does not take another port than colleagues know', async () => {
    const first = await starts()
    const { relay } = await first.turnOn({ name: 'office', host: here.host })
    await first.stop()
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(relay!.port, here.host, resolve))
    const second = await starts()
    expect(second.view()).toMatchObject({ at: 'waiting', fault: { code: 'port-taken' }, relay })
    await new Promise((resolve) => squatter.close(resolve))
    await until('sharing', async () => {
      await clock.advance(MINUTE)
      return second.view().at === 'on'
    })
  })

  it('stays as it was when another address cannot be had', async () => {
    const sharing = await starts()
    const { relay } = await sharing.turnOn({ name: 'office', host: here.host })
    await expect(sharing.turnOn({ name: 'office', host: '192.0.2.2' })).rejects.toMatchObject({ code: 'address-gone' })
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, here.host, resolve))
    await expect(sharing.turnOn({ name: 'office', host: here.host, port: (squatter.address() as AddressInfo).port })).rejects.toMatchObject({ code: 'port-taken' })
    await new Promise((resolve) => squatter.close(resolve))
    expect(sharing.view()).toMatchObject({ at: 'on', relay })
    await expect((await starts()).turnOn({ name: 'office', host: here.host, domain: 'a b' })).rejects.toBeDefined()
  })

  it('does not begin with a certificate that nobody has compared when its own is damaged', async () => {
    mkdirSync(join(data, 'share'), { recursive: true })
    writeFileSync(join(data, 'share/certificate.pem'), 'damaged')
    const sharing = await starts()
    await expect(sharing.turnOn({ name: 'office', host: here.host })).rejects.toMatchObject({ code: 'storage-damaged' })
    expect(sharing.view().at).toBe('off')
  })
})
