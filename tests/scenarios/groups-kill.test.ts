import { expect, test } from 'vitest'
import { flag } from '../../src-main/relay/envelope'
import { documentOf, joins, makes, ours, removes, story } from './play/group'
import { cpimOf, header, Phone, textOf, until } from './play/phone'
import { command, freePort, RelayProcess, withFolder } from './play/process'
import { domain, Stage } from './play/stage'

const instanceOf = (user: string): string => `urn:uuid:${user}`

test('a focus that is killed with kill -9 after it took a message and before anybody has it: everybody gets it, in one order', async () => withFolder(async (data) => {
  const users = ['mei', 'lan', 'bo']
  for (const user of users) expect(command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`).code).toBe(0)
  const port = await freePort()
  const serve = (): Promise<RelayProcess> => RelayProcess.start(['--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${port}`])
  let relay = await serve()
  const phones = users.map((user) => new Phone({ user, domain, password: `${user} secret`, port, instance: instanceOf(user), features: ours }))
  const [mei, lan, bo] = phones as [Phone, Phone, Phone]
  try {
    for (const phone of phones) await phone.comes()
    const group = await makes(mei, 'g', [lan, bo])
    for (const phone of [lan, bo]) await joins(phone, group)
    const said: string[] = []
    for (let round = 0; round < 8; round++) {
      // Nobody answers any more: what is taken from now on stays on the way.
      for (const phone of phones) phone.answer = () => undefined
      for (const phone of round % 2 ? [lan, bo] : [bo, lan]) {
        const text = `${phone.person.user} ${round}`
        expect((await phone.says(text, group, { id: text })).status).toBe(200)
        said.push(text)
      }
      await relay.dies()
      await until('the lines to break', () => phones.every(({ isOpen }) => !isOpen))
      relay = await serve()
      for (const phone of phones) {
        phone.answer = () => '200 OK'
        await phone.comes()
      }
    }
    await mei.says('the end', group, { id: 'the end' })
    for (const phone of phones) {
      await phone.hears('the end')
      // A device knows by its identity what comes a second time because its answer was lost.
      expect([...new Set(story(phone, group))].filter((line) => !line.startsWith('v'))).toEqual([...said, 'the end'])
    }
  } finally {
    for (const phone of phones) if (phone.isOpen) await phone.leaves()
    await relay.dies()
  }
}))

test('a device that was away for 100,000 messages gets each once, in order, each kept once', async () => {
  const COUNT = 100_000
  const stage = await new Stage().opens()
  try {
    for (const user of ['mei', 'lan']) await stage.adds(user)
    const mei = await stage.phone('mei', { instance: instanceOf('mei'), features: ours }).comes()
    const lan = await stage.phone('lan', { instance: instanceOf('lan'), features: `${ours};+g.yanxin.window="32"` }).comes()
    const group = await makes(mei, 'g', [lan])
    await joins(lan, group)
    await until('it to be known', () => story(lan, group).includes('v2 joined'))
    await lan.leaves()
    await mei.leaves()
    // As the focus keeps them; by SIP the same would be slowed down as a flood.
    for (let i = 0; i < COUNT;) {
      const posts = Array.from({ length: 1_000 }, () => `m${i++}`).map((id) => stage.ledger.commit('groups.post', {
        now: Date.now(),
        envelope: {
          id, from: mei.address, to: group, conversation: group, contentType: 'message/cpim', headers: [], sentAt: Date.now(), expiresAt: Date.now() + 1e9,
          flags: flag.group, body: Buffer.from(cpimOf(mei.address, group, id, 'text/plain', id)),
        },
      }))
      expect((await Promise.all(posts)).every((answer) => 'lanes' in answer && answer.seqs.every((seq) => seq > 0))).toBe(true)
    }
    expect(await stage.waiting()).toBe(COUNT * 2)
    let next = 0
    let wrong = 0
    lan.answer = (heard) => {
      if (!heard.start.startsWith('MESSAGE') || header(heard, 'Content-Type') !== 'message/cpim') return '200 OK'
      if (textOf(heard.body) !== `m${next++}`) wrong++
      lan.inbox.length = 0
      return '200 OK'
    }
    await lan.comes()
    await until('all of it to come', () => next === COUNT, 170_000)
    expect(wrong).toBe(0)
    // What came meanwhile from somebody else was not refused for all that waited.
    expect(await stage.ledger.read('queue.count', { lane: `device:${mei.address}|${instanceOf('mei')}` })).toBe(COUNT)
  } finally {
    await stage.ends()
  }
}, 240_000)

test('a member that comes back after its removal and a new invitation has what was said while it was in, and nothing of between', async () => {
  const stage = await new Stage().opens()
  try {
    for (const user of ['mei', 'lan']) await stage.adds(user)
    const mei = await stage.phone('mei', { instance: instanceOf('mei'), features: ours }).comes()
    const lan = await stage.phone('lan', { instance: instanceOf('lan'), features: ours }).comes()
    const group = await makes(mei, 'g', [lan])
    await joins(lan, group)
    await mei.says('in', group)
    await removes(mei, group, lan.address)
    await mei.says('out', group)
    await mei.request('REFER', group, `From: <${mei.address}>;tag=1\r\nTo: <${group}>\r\nContact: <${mei.address}>\r\nRefer-To: <${lan.address};method=INVITE>\r\nRefer-Sub: false\r\n`)
    await joins(lan, group)
    await mei.says('in again', group)
    await lan.hears('in again')
    expect(story(lan, group)).toEqual(['v1 created', 'v2 joined', 'in', 'v3 removed', 'v4 invited', 'v5 joined', 'in again'])
    const whole = lan.inbox.filter(({ head }) => head.includes('conference-info')).map(documentOf)
    expect(whole.map(({ version, isWholeRoster }) => [version, isWholeRoster])).toEqual([[1, true], [2, true], [3, false], [4, true], [5, true]])
  } finally {
    await stage.ends()
  }
})
