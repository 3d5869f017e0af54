import { describe, expect, it } from 'vitest'
import type { Linphone, StartOptions } from './linphone/linphone'
import { Person } from './person'
import { domain, noLinphone, useStage } from './stage'

describe.skipIf(noLinphone)(`Linphone is a client of our relay${noLinphone ? ` (${noLinphone})` : ''}`, () => {
  const stage = useStage()

  interface Way {
    transport: 'tcp' | 'tls'
    cpim: boolean
  }
  let users = 0

  /** Lan uses Linphone and can stop and start it with the same history; Mei uses a small client of our own. */
  async function people({ transport, cpim }: Way) {
    const n = ++users
    const account = async (name: string) => {
      const user = `${name}${n}`
      const password = `${user}-secret`
      await stage.relay.addUser(user, password)
      const trust = transport === 'tls' ? { ca: stage.certificate.cert } : {}
      return { user, password, domain, relay: stage.relay[transport], cpim, ...trust }
    }
    const [lan, mei] = [await account('lan'), new Person(await account('mei'))]
    const folder = await stage.folder()
    const start = (options: StartOptions = {}): Promise<Linphone> => stage.linphone(lan, { folder, ...options })
    await mei.comes()
    stage.later(() => mei.vanishes())
    return { mei, lan, start, lanAddress: `sip:${lan.user}@${domain}` }
  }

  describe.each<Way>([
    { transport: 'tcp', cpim: true },
    { transport: 'tcp', cpim: false },
    { transport: 'tls', cpim: true },
    { transport: 'tls', cpim: false },
  ])('over $transport, CPIM $cpim', (way) => {
    it('text goes both ways, with delivered and displayed', async () => {
      const { mei, start } = await people(way)
      const lan = await start()

      const question = await lan.text(mei.address, '吃饭了吗？🍚')
      const heard = await mei.hears('吃饭了吗？🍚')
      expect(heard).toMatchObject({ from: lan.address, bare: !way.cpim })
      await lan.reached(question, 'delivered')
      await mei.reads(heard)
      await lan.reached(question, 'displayed')

      const answer = await mei.says(lan.address, '吃了。')
      expect(await lan.received('吃了。')).toMatchObject({ from: mei.address, id: answer })
      await mei.seesReceipt(answer, 'delivered')
      await lan.read(mei.address)
      await mei.seesReceipt(answer, 'displayed')
    })

    it('what Linphone sends waits for who is away, and comes in order', async () => {
      const { mei, start } = await people(way)
      const lan = await start()
      await mei.leaves()
      const tags: string[] = []
      for (const text of ['one', 'two', 'three']) tags.push(await lan.text(mei.address, text))
      for (const tag of tags) await lan.reached(tag, 'taken')
      await mei.comes()
      await mei.hears('three')
      expect(mei.heard.all.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
      for (const tag of tags) await lan.reached(tag, 'delivered')
      for (const heard of mei.heard.all) await mei.reads(heard)
      for (const tag of tags) await lan.reached(tag, 'displayed')
    })

    it('what is sent to Linphone waits for it, and comes in order', async () => {
      const { mei, start } = await people(way)
      const before = await start()
      await before.stop()
      const ids: string[] = []
      for (const text of ['one', 'two', 'three']) ids.push(await mei.says(before.address, text))
      const lan = await start()
      await lan.received('three')
      expect(lan.texts()).toEqual(['one', 'two', 'three'])
      for (const id of ids) await mei.seesReceipt(id, 'delivered')
      await lan.read(mei.address)
      for (const id of ids) await mei.seesReceipt(id, 'displayed')
    })

    it('receipts wait for a Linphone that has lost its network', async () => {
      const { mei, start } = await people(way)
      const lan = await start()
      await mei.leaves()
      const tag = await lan.text(mei.address, 'are you there?')
      await lan.reached(tag, 'taken')
      await lan.network(false)
      await mei.comes()
      await mei.reads(await mei.hears('are you there?'))
      expect(lan.events.some((one) => one.event === 'state' && one.state === 'delivered')).toBe(false)
      await lan.network(true)
      await lan.reached(tag, 'displayed')
    })
  })

  const usual: Way = { transport: 'tcp', cpim: true }

  it('reaches a Linphone that was killed, once it is back', async () => {
    const { mei, start } = await people(usual)
    const before = await start()
    const first = await mei.says(before.address, 'before')
    await mei.seesReceipt(first, 'delivered')
    await before.kill()
    const second = await mei.says(before.address, 'after')
    const lan = await start()
    await lan.received('after')
    await mei.seesReceipt(second, 'delivered')
    expect(lan.texts()).toEqual(['after'])
  })

  it('goes on after the relay was killed in the middle of a conversation', async () => {
    const { mei, start } = await people(usual)
    const lan = await start()
    await mei.leaves()
    const waiting = await lan.text(mei.address, 'kept')
    await lan.reached(waiting, 'taken')
    const since = lan.events.length
    await stage.relay.dieAndReturn()
    await mei.comes()
    const heard = await mei.hears('kept')
    await lan.event('registration', (one) => one.state === 'ok', since)
    await mei.reads(heard)
    await lan.reached(waiting, 'displayed')
    await mei.says(lan.address, 'and on')
    await lan.received('and on')
    expect(mei.heard.all.filter(({ text }) => text === 'kept')).toHaveLength(1)
  })

  it('takes several receipts in one message', async () => {
    const { mei, start } = await people(usual)
    const lan = await start()
    await lan.together(mei.address)
    const ids = await Promise.all(['one', 'two', 'three'].map((text) => mei.says(lan.address, text)))
    for (const id of ids) await mei.seesReceipt(id, 'delivered')
    expect(mei.heard.all.map(({ receipts }) => receipts.length)).toEqual([3])
  })

  it('shows typing on both sides', async () => {
    const { mei, start } = await people(usual)
    const lan = await start()
    await lan.compose(mei.address)
    await mei.seesComposing(lan.address, 'active')
    await mei.types(lan.address)
    await lan.event('composing', (one) => one.active)
  })

  it('does not let in a Linphone with a wrong password', async () => {
    const { lan, mei, lanAddress } = await people(usual)
    const wrong = await stage.linphone({ ...lan, password: 'wrong' }, { registers: false })
    await wrong.event('registration', (one) => one.state === 'failed')
    const tag = await wrong.text(mei.address, 'let me in')
    await wrong.reached(tag, 'not-delivered')
    expect(wrong.events.some((one) => one.event === 'registration' && one.state === 'ok')).toBe(false)
    expect(mei.heard.all.filter(({ from }) => from === lanAddress)).toEqual([])
  })

  it('tells Linphone that nobody has the address it writes to', async () => {
    const { mei, start } = await people(usual)
    const lan = await start()
    await lan.reached(await lan.text(`sip:nobody@${domain}`, 'hello?'), 'not-delivered')
    await lan.reached(await lan.text(mei.address, 'hello!'), 'delivered')
  })

  it('brings a message to both Linphones of one account, and to neither a copy of what the other sent', async () => {
    const { mei, lan, start } = await people(usual)
    const one = await start()
    const two = await stage.linphone(lan)
    await mei.says(one.address, 'to both')
    await Promise.all([one.received('to both'), two.received('to both')])
    await one.text(mei.address, 'from one')
    await mei.says(one.address, (await mei.hears('from one')).text + ', heard')
    await Promise.all([one.received('from one, heard'), two.received('from one, heard')])
    expect(two.texts()).toEqual(['to both', 'from one, heard'])
  })
})
