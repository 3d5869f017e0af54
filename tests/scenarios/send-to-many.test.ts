import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fill } from '../../src-main/contract/personal'
import { until as soon, type Person, play } from './clients/cast'
import { Phone, until, type Heard } from './play/phone'
import { withFolder } from './play/process'
import { Program, type Line } from './play/program'
import { Stage } from './play/stage'

const ID = 'party0000000000000000'
const WORDS = '{name|您好}：元宵节快乐！ A table is kept for {name|you}.'
const running: Program[] = []
const phones: Phone[] = []
afterEach(async () => {
  for (const each of phones.splice(0)) if (each.isOpen) await each.leaves()
  for (const each of running.splice(0)) await each.dies()
})
const idOf = ({ body }: Heard): string => /imdn\.Message-ID: (\S+)/.exec(body)?.[1] ?? ''

describe('2,000 guests are invited', () => {
  const GUESTS = 2_000
  const users = Array.from({ length: GUESTS }, (_, i) => `guest${i}`)
  const guests = users.map((user, i) => ({ address: `sip:${user}@play.test`, fields: { name: i % 3 ? `客人${i}` : '' } }))
  /** These have a telephone at hand; the others come later. */
  const present = [0, 1_000, 1_999]

  it('the program is killed again and again: it goes on where it was, and each guest has one invitation', () => withFolder(async (folder) => {
    const stage = await new Stage().opens()
    const comes = async (first = false): Promise<Line> => {
      const flags = first ? ['--account', 'mei@play.test', '--relay', `sip:127.0.0.1:${stage.port};transport=tcp`] : []
      const program = new Program(['--data', join(folder, 'mei'), ...flags], { YANXIN_PASSWORD: 'mei secret' })
      running.push(program)
      return (await program.ready()).open()
    }
    const dies = () => running.pop()!.dies()
    /** Messages that the relay keeps for guests who are away, by guest. */
    const kept = async () => new Map((await stage.ledger.read('queue.lanes', null)).filter(({ name }) => name.startsWith('account:')).map(({ name, waiting }) => [name, waiting]))
    try {
      await Promise.all(['mei', ...users].map((user) => stage.adds(user)))
      for (const n of present) {
        const phone = new Phone({ user: users[n]!, domain: 'play.test', password: `${users[n]!} secret`, port: stage.port, instance: `urn:uuid:${users[n]!}` })
        phones.push(await phone.comes())
      }
      let line = await comes(true)
      await until('mei to be online', async () => (await line.call('state')).link.at === 'online')
      await line.call('campaignBegin', ID, WORDS, 0)
      await line.call('campaignAdd', ID, 0, guests.slice(0, 1_000))
      await line.call('campaignAdd', ID, 1_000, guests.slice(1_000))
      await line.call('campaignStart', ID)
      for (const reached of [1, 500, 1_200]) {
        await until(`${reached} to be sent`, async () => (await kept()).size >= reached)
        await dies()
        expect((await kept()).size).toBeLessThan(GUESTS - present.length)
        line = await comes()
      }
      const view = await until('the end', async () => {
        const now = (await line.call('campaign', ID))!
        return now.counts.queued === 0 && now.state === 'done' && now
      }, 40_000)
      expect(view.counts).toMatchObject({ total: GUESTS, sent: GUESTS, failed: 0, waiting: 0 })
      expect([...new Set((await kept()).values())]).toEqual([1])
      expect((await kept()).size).toBe(GUESTS - present.length)
      // Between hops a message may travel twice; it is known by its id.
      for (const [i, phone] of phones.entries()) {
        expect(new Set(phone.inbox.map(idOf)).size).toBe(1)
        expect([...new Set(phone.texts)]).toEqual([fill(WORDS, guests[present[i]!]!.fields)])
      }
      // Nobody of them fills the list, as long as nobody answers.
      const quiet = (await line.messages()).length
      expect(quiet).toBe(GUESTS)
      expect((await line.call('changes', 0, 10_000)).changes.filter((change) => change.kind === 'conversation' && !change.conversation.isQuiet)).toEqual([])
      await phones[0]!.says('Thank you, I will come!', 'sip:mei@play.test')
      await until('the answer', async () => (await line.call('changes', 0, 10_000)).changes.some((change) => change.kind === 'conversation' && change.conversation.unread === 1 && !change.conversation.isQuiet))
    } finally {
      for (const each of running.splice(0)) await each.dies()
      await stage.ends()
    }
  }), 120_000)
})

const invite = async (mei: Person, people: readonly Person[], words: string, perMinute = 0): Promise<void> => {
  await mei.client.campaigns.begin(ID, words, perMinute)
  await mei.client.campaigns.add(ID, 0, people.map(({ address, name }) => ({ address, fields: { name } })))
  await mei.client.campaigns.launch(ID)
}
const counts = async (mei: Person) => (await mei.client.campaigns.view(ID))!.counts

describe('a message to many', () => {
  it('is an ordinary one to each; its counts follow the receipts', () => play(['mei', 'lan', 'zoe', 'wei'], async ({ mei, lan, zoe, wei }) => {
    await Promise.all([mei, lan, zoe].map((person) => person.comes()))
    await invite(mei, [lan, zoe, wei], 'Hello {name}')
    await lan.hears('Hello lan', mei)
    await zoe.hears('Hello zoe', mei)
    await lan.reads(mei)
    await soon('their receipts', async () => (await counts(mei)).displayed === 1 && (await counts(mei)).delivered === 1 && (await counts(mei)).sent === 1)
    const [message] = await mei.messages(lan)
    expect(message).toMatchObject({ place: 0, status: 'displayed', content: { kind: 'text', text: 'Hello lan' } })
    expect((await mei.client.journey(lan.address, message!.id)).map(({ event }) => event)).toEqual(['kept', 'sent', 'delivered', 'displayed'])
    // Wei comes later, answers, and nothing tells the one from an ordinary message.
    await wei.comes()
    const { id } = await wei.hears('Hello wei', mei)
    expect(id).not.toContain('party')
    await wei.says('Hello yourself', mei)
    await mei.hears('Hello yourself', wei)
    expect(await mei.client.conversation(wei.address)).not.toHaveProperty('isQuiet')
    expect(await mei.client.conversation(zoe.address)).toMatchObject({ isQuiet: true })
  }))

  const many = Array.from({ length: 30 }, (_, i) => `g${i}`)
  it('is stopped half-way and gone on with: nobody gets it twice, and nobody after the stop', () => play(['mei', 'lan', ...many], async (people) => {
    const { mei, lan } = people
    await Promise.all([mei, lan].map((person) => person!.comes()))
    // Ten a second, lan among the first.
    await invite(mei!, [lan!, ...many.map((name) => people[name]!)], 'Hello {name}', 600)
    await lan!.hears('Hello lan', mei!)
    await mei!.client.campaigns.halt(ID)
    await soon('what was on its way', async () => (await counts(mei!)).queued === 0)
    const { waiting, sent, delivered } = await counts(mei!)
    expect(waiting).toBeGreaterThan(0)
    expect(sent + delivered).toBe(31 - waiting)
    // What is written meanwhile does not carry the rest along.
    await mei!.says('Stopped it', lan!)
    await lan!.hears('Stopped it', mei!)
    expect((await counts(mei!)).waiting).toBe(waiting)
    await mei!.client.campaigns.launch(ID)
    await soon('the rest', async () => (await counts(mei!)).sent === 30)
    expect(await lan!.texts(mei!)).toEqual(['Hello lan', 'Stopped it'])
    const late = await people['g29']!.comes()
    await late.hears('Hello g29', mei!)
    expect(await late.texts(mei!)).toEqual(['Hello g29'])
  }))

  it('goes again to those who refused it, and to nobody else', () => play(['mei', 'lan', 'zoe'], async ({ mei, lan, zoe }, office) => {
    await Promise.all([mei, lan].map((person) => person.comes()))
    const phone = await new Phone({ user: 'zoe', domain: 'office.example', password: 'the password of zoe', port: office.port, instance: 'urn:uuid:zoe' }).connect()
    phones.push(phone)
    phone.answer = () => '603 Decline'
    expect((await phone.register()).status).toBe(200)
    await invite(mei, [lan, zoe], 'Hello {name}')
    await lan.hears('Hello lan', mei)
    await soon('the refusal', async () => (await counts(mei)).failed === 1 && (await counts(mei)).delivered === 1)
    expect(await mei.client.campaigns.recipients(ID, 'failed', 0, 10)).toMatchObject([{ address: zoe.address, fault: { code: 'refused' } }])
    phone.answer = () => '200 OK'
    expect(await mei.client.campaigns.retry(ID)).toBe(1)
    await phone.hears('Hello zoe')
    await soon('its end', async () => (await counts(mei)).failed === 0 && (await mei.client.campaigns.view(ID))!.state === 'done')
    expect(await mei.client.campaigns.retry(ID)).toBe(0)
    await mei.says('Bye', lan)
    await lan.hears('Bye', mei)
    expect(await lan.texts(mei)).toEqual(['Hello lan', 'Bye'])
    expect(phone.texts).toEqual(['Hello zoe'])
  }))
})
