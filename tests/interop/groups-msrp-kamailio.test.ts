import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { play, until, type Person } from '../scenarios/clients/cast'
import { MsrpPhone } from '../scenarios/clients/msrp-phone'
import { missingKamailio, startKamailio, type Kamailio } from './kamailio/kamailio'

const missing = missingKamailio()

/*
 * A telephone whose operator has Kamailio for a relay of MSRP (RFC 4976), in a group of ours. Without TLS: Kamailio shows no certificate of
 * the telephone's fingerprint, nor one that our focus has an authority for.
 */
describe.skipIf(missing)(`a telephone behind Kamailio’s MSRP relay, in a group${missing ? ` (${missing})` : ''}`, () => {
  const inGroup = (act: (cast: { mei: MsrpPhone; lan: Person; group: { address: string }; kamailio: Kamailio }) => Promise<void>) => async () => {
    const kamailio = await startKamailio({ domain: 'operator.example', is: 'msrp-relay' })
    try {
      await play(['mei', 'lan'], async ({ lan }, office) => {
        await office.dies()
        office.takesLarge = true
        await office.opens()
        const mei = new MsrpPhone(office, 'mei')
        try {
          await Promise.all([mei.comes(), lan.comes()])
          await mei.behind({ uri: `msrp://${kamailio.tcp.host}:${kamailio.tcp.port};tcp`, username: 'mei', password: 'mei-secret' })
          const group = await mei.makes('周末', lan)
          await lan.accepts(group)
          await act({ mei, lan, group, kamailio })
        } finally {
          await mei.leaves()
        }
      })
    } finally {
      await kamailio.stop()
    }
  }

  it('says and hears everything through it, 200 KB among that, each reported by the other end', inGroup(async ({ mei, lan, group }) => {
    expect(mei.msrp!.path).toHaveLength(2)
    expect(await mei.says('through the relay', group)).toEqual({ ok: true })
    await lan.hears('through the relay', group)
    const long = randomBytes(100 * 1024).toString('hex')
    await lan.says('and back', group)
    await lan.says(long, group)
    expect(await mei.hears('and back')).toMatchObject({ by: 'session' })
    expect(await mei.hears(long)).toMatchObject({ by: 'session' })
    expect(await mei.says(long, group)).toEqual({ ok: true })
    await until('lan to have it', async () => (await lan.texts(group)).filter((text) => text === long).length === 2)
  }), 60_000)

  it('the relay is gone: what was on its way comes by MESSAGE, once and in order', inGroup(async ({ mei, lan, group, kamailio }) => {
    await lan.says('one', group)
    await mei.hears('one')
    await kamailio.end('SIGKILL')
    await lan.says('two', group)
    await lan.says('three', group)
    await mei.hears('three')
    expect(mei.told.filter(({ type }) => type.startsWith('text/plain')).map(({ text, by }) => `${text} ${by}`)).toEqual(['one session', 'two message', 'three message'])
  }), 60_000)
})
