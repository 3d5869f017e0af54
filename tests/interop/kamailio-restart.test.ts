import { describe, expect, it } from 'vitest'
import { Program } from '../scenarios/play/program'
import { noOperator, operatorStage, passwordOf } from './operator'
import type { People } from './operator'
import { historyOf } from './linphone/history'
import type { Linphone } from './linphone/linphone'
import { domain } from './stage'
import { textsOf } from './yanxin'

const numbers = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`)

describe.skipIf(noOperator)(`Kamailio goes and comes back in the middle${noOperator ? ` (${noOperator})` : ''}`, () => {
  const stage = operatorStage()

  /** Lan says them one after the other, and again what was not delivered, as a patient person would. */
  async function lanSays(lan: Linphone, to: string, texts: readonly string[], after?: (index: number) => void): Promise<void> {
    for (const [i, text] of texts.entries()) {
      const tag = await lan.text(to, text)
      for (let since = 0; ;) {
        const { state } = await lan.event('state', (one) => one.tag === tag && ['taken', 'delivered', 'displayed', 'not-delivered'].includes(one.state), since)
        if (state !== 'not-delivered') break
        since = lan.events.length
        const { state: registration } = lan.events.findLast((one) => one.event === 'registration')!
        if (registration !== 'ok') await lan.event('registration', (one) => one.state === 'ok', since)
        await lan.again(tag)
      }
      after?.(i)
    }
  }

  /**
   * Lan has heard all of it. What the operator stored while Lan's connection was half gone it hands over at the next REGISTER
   * only, which Linphone makes every ten minutes: here as soon as something is missing.
   */
  async function hearsAll(lan: Linphone, texts: readonly string[]): Promise<void> {
    await expect.poll(async () => {
      const heard = new Set(lan.texts())
      const missing = texts.filter((text) => !heard.has(text))
      if (missing.length) {
        const since = lan.events.length
        for (const [on, state] of [[false, 'cleared'], [true, 'ok']] as const) {
          await lan.register(on)
          await lan.event('registration', (one) => one.state === state, since)
        }
      }
      return missing
    }, { timeout: 60_000, interval: 2_000 }).toEqual([])
  }

  /**
   * What both have said is on both sides once and in order: by our journal, by what Linphone told, and by its own database.
   * Only what an operator's store hands out may come after what passed it by: msilo promises no order (RFC 3428 8).
   */
  async function compare({ mei, lanFolder }: People, lan: Linphone, said: { mei: string[]; lan: string[] }, stores: boolean): Promise<void> {
    const statuses = async () => new Set((await mei.thread(lan.address)).filter(({ outgoing }) => outgoing).map(({ status }) => status))
    await expect.poll(statuses, { timeout: 60_000 }).not.toContain('queued')
    if (stores) await hearsAll(lan, said.mei)
    else await lan.received(said.mei.at(-1)!)
    for (const text of said.lan) await mei.hears(text)
    const order = (texts: readonly string[]): readonly string[] => (stores ? texts.toSorted() : texts)
    const thread = await mei.thread(lan.address)
    expect(textsOf(thread, true)).toEqual(said.mei)
    expect(order(textsOf(thread, false))).toEqual(order(said.lan))
    expect(order(lan.texts())).toEqual(order(said.mei))
    // What its receipts would have told us may have died with the operator; that each was taken has not.
    expect(await statuses()).not.toContain('failed')
    await lan.stop()
    const kept = historyOf(lanFolder)
    expect(order(kept.filter(({ outgoing }) => !outgoing).map(({ text }) => text))).toEqual(order(said.mei))
    expect(kept.filter(({ outgoing }) => outgoing).map(({ text }) => text)).toEqual(said.lan)
  }

  it.each([
    { signal: 'SIGKILL', stores: true }, { signal: 'SIGKILL', stores: false }, { signal: 'SIGTERM', stores: true },
  ] as const)('$signal, with a store: $stores', async ({ signal, stores }) => {
    const people = await stage.people({ operator: { stores } })
    const { mei, kamailio } = people
    await mei.opens()
    const lan = await people.lan({ patience: 60_000 })
    const said = { mei: numbers('梅', 200), lan: numbers('lan', 100) }

    let restarts = 0
    const restart = async (): Promise<void> => {
      restarts++
      await kamailio.end(signal)
      await kamailio.begin()
    }
    let restarting = Promise.resolve()
    const speaking = lanSays(lan, mei.address, said.lan, (i) => {
      if (i === 25 || i === 60) restarting = restarting.then(restart)
    })
    for (const text of said.mei) await mei.says(lan.address, text)
    await speaking
    await restarting
    expect(restarts).toBe(2)
    await compare(people, lan, said, stores)
  }, 240_000)

  it('the whole app is killed in the middle, and started again', async () => {
    const people = await stage.people({ operator: { stores: true } })
    const { kamailio, folder, lan: starts, lanFolder } = people
    const lan = await starts({ patience: 60_000 })
    const { host, port } = kamailio.tcp
    const address = `sip:app@${domain}`
    const args = ['--data', `${folder}/app`]
    let program = new Program([...args, '--account', address, '--relay', `sip:${host}:${port};transport=tcp`], { YANXIN_PASSWORD: passwordOf('app') })
    stage.later(() => program.dies())
    let line = await (await program.ready()).open()

    const said = { app: numbers('应用', 200), lan: numbers('lan', 100) }
    const kept = new Set<number>()
    const say = async (): Promise<void> => {
      for (const [i, text] of said.app.entries()) {
        if (kept.has(i)) continue
        try {
          await line.call('send', lan.address, `app-number-${i}`, text)
          kept.add(i)
        } catch (thrown) {
          // Killed under our hands: the window says it again when it is back.
          if ((thrown as { code?: string }).code !== 'closed') throw thrown
          return
        }
      }
    }
    let dying: Promise<void> | undefined
    const speaking = lanSays(lan, address, said.lan, (i) => {
      if (i === 30 || i === 65) {
        dying = program.dies().then(async () => {
          program = new Program(args, { YANXIN_PASSWORD: passwordOf('app') })
          line = await (await program.ready()).open()
          await say()
        })
      }
    })
    await say()
    await speaking
    await dying
    await say()
    expect(kept.size).toBe(said.app.length)
    await expect.poll(async () => (await line.messages()).filter(({ outgoing, status }) => outgoing && status === 'queued'), { timeout: 60_000 }).toEqual([])
    await hearsAll(lan, said.app)
    await expect.poll(() => line.texts(false).then((texts) => texts.length), { timeout: 60_000 }).toBe(said.lan.length)
    expect(await line.texts(true)).toEqual(said.app)
    expect((await line.texts(false)).toSorted()).toEqual(said.lan.toSorted())
    expect(lan.texts().toSorted()).toEqual(said.app.toSorted())
    line.close()
    await lan.stop()
    const history = historyOf(lanFolder)
    expect(history.filter(({ outgoing }) => !outgoing).map(({ text }) => text).toSorted()).toEqual(said.app.toSorted())
  }, 240_000)

  it('our client is registered again within seconds, though nobody tells it', async () => {
    const { mei, kamailio } = await stage.people({})
    await mei.opens()
    const since = mei.links.all.length
    await kamailio.end('SIGKILL')
    await mei.links.first('waiting', ({ at }) => at === 'waiting', since)
    await kamailio.begin()
    const began = performance.now()
    await mei.links.first('online', ({ at }) => at === 'online', since)
    // The first wait is at most a second; the second try, if the first came too soon, two.
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
