import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Linphone } from './linphone/linphone'
import { domain, noLinphone, useStage } from './stage'
import { Yanxin } from './yanxin'

describe.skipIf(noLinphone)(`Linphone and our client talk through our relay${noLinphone ? ` (${noLinphone})` : ''}`, () => {
  const stage = useStage()

  let pairs = 0
  async function people(transport: 'tcp' | 'tls', cpim: boolean) {
    const n = ++pairs
    const { relay, certificate } = stage
    const folder = await stage.folder()
    for (const user of [`lan${n}`, `mei${n}`]) await relay.addUser(user, `${user}-secret`)
    const trust = transport === 'tls' ? { ca: certificate.cert } : {}
    const mei = new Yanxin({ user: `mei${n}`, password: `mei${n}-secret`, domain, at: () => relay[transport], folder, ...trust })
    const start = (): Promise<Linphone> => stage.linphone(
      { user: `lan${n}`, password: `lan${n}-secret`, domain, relay: relay[transport], cpim, ...trust }, { folder: join(folder, 'lan') })
    await mei.opens()
    stage.later(() => mei.closes())
    return { mei, start }
  }

  it.each([
    { transport: 'tcp', cpim: true }, { transport: 'tcp', cpim: false },
    { transport: 'tls', cpim: true }, { transport: 'tls', cpim: false },
  ] as const)('over $transport, CPIM $cpim, also when one of them was away', async ({ transport, cpim }) => {
    const { mei, start } = await people(transport, cpim)
    let lan = await start()

    const question = await lan.text(mei.address, '吃饭了吗？')
    await lan.reached(question, 'delivered')
    await mei.reads(lan.address, await mei.hears('吃饭了吗？'))
    await lan.reached(question, 'displayed')

    const answer = await mei.says(lan.address, '吃了。')
    await lan.received('吃了。')
    await mei.sees(answer, 'delivered')
    await lan.read(mei.address)
    await mei.sees(answer, 'displayed')

    await lan.stop()
    const waiting = await mei.says(lan.address, '你在吗？')
    await mei.sees(waiting, 'sent')
    lan = await start()
    await lan.received('你在吗？')
    await mei.sees(waiting, 'delivered')
    await lan.read(mei.address)
    await mei.sees(waiting, 'displayed')

    await mei.closes()
    const late = await lan.text(mei.address, '在。')
    await lan.reached(late, 'taken')
    await mei.opens()
    const heard = await mei.hears('在。')
    await lan.reached(late, 'delivered')
    await mei.reads(lan.address, heard)
    await lan.reached(late, 'displayed')

    const all = await mei.thread(lan.address)
    expect(all.map(({ content, status }) => [content, status])).toEqual(
      ['吃饭了吗？', '吃了。', '你在吗？', '在。'].map((text) => [{ kind: 'text', text }, 'displayed']))
  })

  const office = { latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 }
  const asText = 'geo:39.9042,116.4074;u=10;rcs-l=%E5%85%AC%E5%8F%B8'

  it.each([true, false])('a place is a text for Linphone, also when its 415 comes back through the relay as a receipt; CPIM %s', async (cpim) => {
    const { mei, start } = await people('tcp', cpim)
    const lan = await start()

    // Nobody has asked what Lan's client can do.
    const first = await mei.pointsOut(lan.address, office)
    await lan.received(asText)
    await mei.sees(first, 'delivered')
    const journey = await mei.client.journey(lan.address, first)
    expect(journey.find(({ event }) => event === 'failed')?.fault).toMatchObject({ code: 'bad-type' })

    // Now somebody has.
    await mei.client.peer(lan.address)
    const second = await mei.pointsOut(lan.address, { ...office, label: '家' })
    await lan.received(asText.replace('%E5%85%AC%E5%8F%B8', '%E5%AE%B6'))
    await mei.sees(second, 'delivered')
    expect((await mei.client.journey(lan.address, second)).map(({ event }) => event)).not.toContain('failed')

    await lan.text(mei.address, 'geo:39.9042,116.4074;crs=gcj02;rcs-l=%E5%85%AC%E5%8F%B8')
    await mei.client.peer(lan.address)
    await mei.hearsPlace('公司')
    expect(lan.texts()).toHaveLength(2)
    expect((await mei.thread(lan.address)).map(({ content }) => content)).toEqual([
      { kind: 'location', location: office }, { kind: 'location', location: { ...office, label: '家' } },
      { kind: 'location', location: { label: '公司', latitude: expect.closeTo(39.9027967, 5), longitude: expect.closeTo(116.4011577, 5) } },
    ])
  })
})
