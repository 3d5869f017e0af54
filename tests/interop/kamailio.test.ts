import { describe, expect, it } from 'vitest'
import { startKamailio } from './kamailio/kamailio'
import type { KamailioOptions } from './kamailio/kamailio'
import { noOperator, operatorStage } from './operator'
import { domain } from './stage'
import { textsOf } from './yanxin'

describe.skipIf(noOperator)(`Kamailio is our client's operator${noOperator ? ` (${noOperator})` : ''}`, () => {
  const stage = operatorStage()

  describe.each<{ transport: 'tcp' | 'tls'; digest: NonNullable<KamailioOptions['digest']>; cpim: boolean }>([
    { transport: 'tcp', digest: 'MD5', cpim: true },
    { transport: 'tcp', digest: 'MD5', cpim: false },
    { transport: 'tls', digest: 'SHA-256', cpim: true },
  ])('over $transport, digest $digest, Linphone with CPIM $cpim', ({ transport, digest, cpim }) => {
    it('text goes both ways, with delivered and displayed, and so does typing', async () => {
      const { mei, lan: starts } = await stage.people({ transport, cpim, operator: { digest } })
      await mei.opens()
      const lan = await starts()

      const question = await lan.text(mei.address, '吃饭了吗？🍚 Or later?')
      const heard = await mei.hears('吃饭了吗？🍚 Or later?')
      await lan.reached(question, 'delivered')
      await mei.reads(lan.address, heard)
      await lan.reached(question, 'displayed')

      const answer = await mei.says(lan.address, '吃了。Thanks 👩‍👩‍👧')
      expect(await lan.received('吃了。Thanks 👩‍👩‍👧')).toMatchObject({ from: mei.address, id: answer })
      await mei.sees(answer, 'delivered')
      await lan.read(mei.address)
      await mei.sees(answer, 'displayed')

      await lan.compose(mei.address)
      await mei.typing.first('typing', ({ from, until }) => from === lan.address && until > 0)
      mei.client.typing(lan.address, true)
      await lan.event('composing', ({ active }) => active)
    })
  })

  it('what we send waits in its store for a Linphone that is away, and comes in order', async () => {
    const { mei, lan: starts, kamailio } = await stage.people({ operator: { stores: true } })
    await mei.opens()
    const before = await starts()
    await before.stop()
    const ids: string[] = []
    for (const text of ['一', 'two', '3️⃣']) ids.push(await mei.says(before.address, text))
    // 202: the operator has it, nobody knows yet when it will arrive.
    for (const id of ids) await mei.sees(id, 'sent')
    expect(kamailio.waiting()).toBe(3)
    const lan = await starts()
    await lan.received('3️⃣')
    expect(lan.texts()).toEqual(['一', 'two', '3️⃣'])
    for (const id of ids) await mei.sees(id, 'delivered')
    await lan.read(mei.address)
    for (const id of ids) await mei.sees(id, 'displayed')
  })

  it('what Linphone sends waits in its store for us, and comes in order', async () => {
    const { mei, lan: starts } = await stage.people({ operator: { stores: true } })
    const lan = await starts()
    const tags: string[] = []
    for (const text of ['一', 'two', '3️⃣']) {
      tags.push(await lan.text(mei.address, text))
      await lan.reached(tags.at(-1)!, 'taken')
    }
    await mei.opens()
    const last = await mei.hears('3️⃣')
    expect(textsOf(await mei.thread(lan.address), false)).toEqual(['一', 'two', '3️⃣'])
    for (const tag of tags) await lan.reached(tag, 'delivered')
    await mei.reads(lan.address, last)
    for (const tag of tags) await lan.reached(tag, 'displayed')
  })

  // msilo hands a message on under a Call-ID of its own, which without CPIM was the only name that it had.
  it('a stored text without CPIM comes, but its receipts cannot find it again', async () => {
    const { mei, lan: starts } = await stage.people({ cpim: false, operator: { stores: true } })
    const lan = await starts()
    const early = await lan.text(mei.address, 'early')
    await lan.reached(early, 'taken')
    await mei.opens()
    const heard = await mei.hears('early')
    const later = await lan.text(mei.address, 'later')
    await lan.reached(later, 'delivered')
    expect(heard.id).not.toBe((await lan.event('state', ({ tag }) => tag === early)).id)
    expect(lan.events.some((one) => one.event === 'state' && one.tag === early && one.state === 'delivered')).toBe(false)
  })

  it('a refusal is shown with its reason, and what passes is tried again', async () => {
    const { mei } = await stage.people({})
    await mei.opens()
    const to = (user: string): string => `sip:${user}@${domain}`
    const [forbidden, unknown, away, twice] = await Promise.all([
      mei.says(to('answers-403'), 'please'), mei.says(to('answers-404'), 'who?'), mei.says(to('answers-480'), 'later'), mei.says(to('busy-twice'), 'now?'),
    ])
    expect((await mei.sees(forbidden, 'failed')).fault).toMatchObject({ code: 'refused', detail: { status: 403 } })
    expect((await mei.sees(unknown, 'failed')).fault).toMatchObject({ code: 'unknown-recipient', detail: { status: 404 } })
    await mei.sees(twice, 'sent')
    const journey = await mei.client.journey(to('busy-twice'), twice)
    expect(journey.filter(({ event, answer }) => event === 'retry' && answer?.startsWith('503')).length).toBeGreaterThan(0)
    const waiting = (await mei.thread(to('answers-480')))[0]!
    expect(waiting).toMatchObject({ id: away, status: 'queued' })
    expect((await mei.client.journey(to('answers-480'), away)).at(-1)).toMatchObject({ event: 'retry', fault: { code: 'busy', detail: { status: 480 } } })
  })

  it('a wrong password stops the client with the reason, and asks no more', async () => {
    const { mei } = await stage.people({ password: 'wrong' })
    await mei.opens({ online: false })
    expect(await mei.links.first('stopped', ({ at }) => at === 'stopped')).toMatchObject({ fault: { code: 'wrong-password' } })
    const id = await mei.says(`sip:nobody@${domain}`, 'kept all the same')
    expect((await mei.thread(`sip:nobody@${domain}`))[0]).toMatchObject({ id, status: 'queued' })
  })

  it('an operator that wants longer registrations gets them (423)', async () => {
    const { mei } = await stage.people({ name: 'slow' })
    await mei.opens()
  })

  it('a nonce that has run out costs nothing but another question', async () => {
    const { mei, lan: starts } = await stage.people({ operator: { nonceTime: 1 } })
    await mei.opens()
    const lan = await starts()
    // 120 exchanges take longer than a nonce lives.
    const ids: string[] = []
    const since = Date.now()
    for (let i = 0; Date.now() - since < 2_500; i++) {
      ids.push(await mei.says(lan.address, `#${i}`))
      await mei.sees(ids.at(-1)!, 'delivered')
    }
    expect(lan.texts()).toEqual(ids.map((_, i) => `#${i}`))
  })

  it('answers a ping with a pong, by which our client knows that it lives', async () => {
    const kamailio = await startKamailio({ domain })
    stage.later(() => kamailio.stop())
    const flow = await stage.flowTo(kamailio.tcp)
    const pong = new Promise<void>((resolve) => void flow.events.on('pong', () => resolve()))
    flow.ping()
    await pong
  })

  it('does not talk to an operator whose certificate our authority has not signed', async () => {
    const { mei } = await stage.people({ transport: 'tls', trusts: false })
    await mei.opens({ online: false })
    expect(await mei.links.first('stopped', ({ at }) => at === 'stopped')).toMatchObject({ fault: { code: 'bad-certificate' } })
  })
})
