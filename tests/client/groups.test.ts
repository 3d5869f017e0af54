import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import type { GroupEvent } from '../../src-main/contract/group'
import { addressOf, Person, play, until, type Addressed } from '../scenarios/clients/cast'

const names = ['mei', 'lan', 'wei'] as const

/** What is in the thread, in order: texts as they are, changes by what they say. */
const thread = async (person: Person, group: Addressed): Promise<string[]> => (await person.messages(group)).map(({ content }) => (
  content.kind === 'text' ? content.text : content.kind === 'group' ? `(${content.change.what})` : `(${content.kind})`))
const said = async (person: Person, group: Addressed) => (await thread(person, group)).filter((line) => !line.startsWith('('))
const tells = (person: Person, group: Addressed, what: GroupEvent) => until(`${person.name} to be told ${what}`, async () => (await thread(person, group)).includes(`(${what})`))

/** Mei makes a group with Lan and Wei, and both come in. */
async function garden({ mei, lan, wei }: Record<(typeof names)[number], Person>): Promise<Addressed> {
  for (const each of [mei, lan, wei]) await each.comes()
  const group = await mei.makes('Garden', lan, wei)
  for (const each of [lan, wei]) await each.accepts(group)
  for (const each of [mei, lan, wei]) await each.knows(group, 'all three', ({ group: { members } }) => members === 3)
  return group
}

describe('a group', () => {
  it('is made by its name and numbers, once; who is invited is told by whom, and is in it when he accepts', () =>
    play(names, async ({ mei, lan, wei }) => {
      for (const each of [mei, lan]) await each.comes()
      const id = randomIds.uuid()
      const wish = { subject: '花园 Garden', members: [lan.address, wei.address, addressOf('nobody')] }
      const made = await mei.client.groups.create(id, wish)
      expect(made.leftOut).toEqual([{ address: addressOf('nobody'), fault: { code: 'unknown-recipient' } }])
      expect((await mei.client.groups.create(id, wish)).conversation).toBe(made.conversation)
      const group = { address: made.conversation }
      expect(await mei.stands('joined', group)).toMatchObject({ name: '花园 Garden', group: { role: 'admin', members: 1, mayPost: true } })

      expect(await lan.stands('invited', group)).toMatchObject({ name: '花园 Garden', unread: 0, group: { invitedBy: mei.address, mayPost: false } })
      await until('the notification', () => lan.arrived.some(({ content, from }) => content.kind === 'group' && content.change.what === 'invited' && from === mei.address))
      await expect(lan.says('too early', group)).rejects.toMatchObject({ code: 'not-member' })
      expect(await said(lan, group)).toEqual([])
      await lan.accepts(group)
      const { members } = await mei.knows(group, 'that Lan is in', ({ group: { members } }) => members === 2)
      expect(members).toMatchObject([{ address: lan.address, state: 'joined' }, { address: mei.address, role: 'admin' }, { address: wei.address, state: 'invited' }])
      await tells(mei, group, 'joined')

      // Who was away is told when he comes, and may say no.
      await wei.comes()
      await wei.stands('invited', group)
      await wei.client.groups.answer(group.address, 'decline')
      await wei.stands('left', group)
      await mei.knows(group, 'that Wei declined', ({ members: all }) => all.length === 2)
    }))

  it('has one order for everybody, own devices as well, and counts what is unread', () =>
    play(names, async (people, office) => {
      const { mei, lan, wei } = people
      const group = await garden(people)
      const telephone = await new Person(office, 'mei').comes()
      await telephone.stands('joined', group)
      await Promise.all([0, 1, 2, 3, 4].flatMap((i) => [mei.says(`mei ${i}`, group), lan.says(`lan ${i}`, group), wei.says(`wei ${i}`, group)]))
      for (const each of [mei, lan, wei, telephone]) await until(`${each.name} to have all`, async () => (await said(each, group)).length === 15)
      const order = await said(lan, group)
      for (const each of [mei, wei, telephone]) await until(`${each.name} to have them in order`, async () => JSON.stringify(await said(each, group)) === JSON.stringify(order))
      expect(order.filter((line) => line.startsWith('wei'))).toEqual([0, 1, 2, 3, 4].map((i) => `wei ${i}`))
      expect(await mei.client.conversation(group.address)).toMatchObject({ unread: 10 })
      const [first] = await telephone.messages(group).then((all) => all.filter(({ content }) => content.kind === 'text' && content.text === 'mei 0'))
      expect(first).toMatchObject({ outgoing: true, from: mei.address })
      await telephone.leaves()
    }), 60_000)

  it('what was written while the link was down goes out, and stands where everybody has it', () =>
    play(names, async (people, office) => {
      const { mei, lan } = people
      const group = await garden(people)
      await office.dies()
      await until('the link to be down', () => mei.client.link.at !== 'online')
      for (const text of ['first', 'second']) await mei.says(text, group)
      await office.opens()
      for (const each of [mei, lan]) await until(`${each.name} to be back`, () => each.client.link.at === 'online')
      for (const each of [mei, lan]) await until(`${each.name} to have both`, async () => (await said(each, group)).join() === 'first,second')
      await mei.hears('first', group).catch(() => undefined)
      await until('them to be placed', async () => (await mei.messages(group)).every(({ outgoing, status }) => !outgoing || status !== 'queued'))
    }), 60_000)

  it('tells who has it and who has read it', () =>
    play(names, async (people) => {
      const { mei, lan, wei } = people
      const group = await garden(people)
      await wei.leaves()
      const id = await mei.says('Water the beds?', group)
      await lan.hears('Water the beds?', group)
      await until('the receipt of Lan', async () => (await mei.client.groups.receipts(group.address, id)).some(({ address, delivered }) => address === lan.address && delivered))
      expect((await mei.sees('sent', id, group)).status).toBe('sent')
      await wei.comes()
      await mei.sees('delivered', id, group)
      for (const each of [lan, wei]) await each.reads(group)
      await mei.sees('displayed', id, group)
      expect(await mei.client.groups.receipts(group.address, id)).toEqual([lan, wei].map(({ address }) => ({ address, delivered: expect.any(Number), displayed: expect.any(Number) })))
    }), 60_000)

  it('somebody writes in it, and somebody is called', () =>
    play(names, async (people) => {
      const { mei, lan, wei } = people
      const group = await garden(people)
      lan.client.typing(group.address, true)
      await until('Mei to see it', () => mei.typing.some(({ conversation, from, until: end }) => conversation === group.address && from === lan.address && end > 0))
      await lan.says('Mei?', group, { mentions: [mei.address] })
      await lan.says('Everybody!', group, { mentions: ['all'] })
      await wei.hears('Everybody!', group)
      const call = await mei.hears('Mei?', group)
      expect(call.content).toEqual({ kind: 'text', text: 'Mei?', mentions: [mei.address] })
      const { mention, unread } = (await mei.client.conversation(group.address))!
      expect([mention, unread]).toEqual([call.place, 2])
      expect(mei.arrived.filter(({ isMention }) => isMention)).toHaveLength(2)
      expect(wei.arrived.filter(({ isMention }) => isMention).map(({ content }) => content.kind === 'text' && content.text)).toEqual(['Everybody!'])
      await mei.client.mute(group.address, -1)
      expect(await mei.client.unread()).toBe(1)
    }), 60_000)

  it('a place and files go to everybody, in the form for who has everything, and words with them call somebody', () =>
    play(names, async (people, office) => {
      office.keepsFiles = true
      await office.dies()
      await office.opens()
      const { mei, lan, wei } = people
      const group = await garden(people)
      const hash = await mei.keeps(randomBytes(3_000))
      await mei.client.sendFiles(group.address, randomIds.token(), { text: 'the beds, Lan', mentions: [lan.address], files: [{ name: 'beds.jpg', contentType: 'image/jpeg', size: 3_000, hash }] })
      await mei.client.sendLocation(group.address, randomIds.token(), { latitude: 39.9, longitude: 116.4, label: 'gate' })
      for (const each of [lan, wei]) {
        await until(`${each.name} to have both`, async () => (await each.messages(group)).some(({ content }) => content.kind === 'location' && content.location.label === 'gate'))
        await until(`${each.name} to have the file`, async () => (await each.messages(group)).some(({ content }) => content.kind === 'files' && content.text === 'the beds, Lan' && content.files[0]!.hash === hash))
      }
      const call = (await lan.messages(group)).find(({ content }) => content.kind === 'files')!
      expect(call.content).toMatchObject({ mentions: [lan.address] })
      expect((await lan.client.conversation(group.address))!.mention).toBe(call.place)
      expect([lan, wei].map((each) => each.arrived.filter(({ isMention, content }) => isMention && content.kind === 'files').length)).toEqual([1, 0])
      expect((await mei.messages(group)).find(({ content }) => content.kind === 'files')!.content).toMatchObject({ mentions: [lan.address] })
    }), 60_000)
})

describe('its members', () => {
  it('come in by being added, are admins, are taken out, leave, and come back', () =>
    play([...names, 'bo'] as const, async (people) => {
      const { mei, lan, wei, bo } = people
      const group = await garden(people)
      await bo.comes()
      expect(await lan.client.groups.invite(group.address, [bo.address, addressOf('nobody')])).toEqual({ leftOut: [{ address: addressOf('nobody'), fault: { code: 'unknown-recipient' } }] })
      await bo.accepts(group)
      await expect(lan.client.groups.remove(group.address, wei.address)).rejects.toMatchObject({ code: 'admins-only' })
      await mei.client.groups.setRole(group.address, lan.address, 'admin')
      await lan.knows(group, 'that she is admin', ({ group: { role } }) => role === 'admin')
      await lan.client.groups.remove(group.address, wei.address)
      expect(await wei.stands('removed', group)).toMatchObject({ group: { mayPost: false } })
      await expect(wei.says('why?', group)).rejects.toMatchObject({ code: 'not-member' })
      await lan.says('quieter now', group)
      await bo.hears('quieter now', group)
      await bo.client.groups.remove(group.address, bo.address)
      await bo.stands('left', group)
      await mei.knows(group, 'who is left', ({ members }) => members.length === 2)
      expect(await said(wei, group)).toEqual([])
      // Who was taken out may be invited again.
      await mei.client.groups.invite(group.address, [wei.address])
      await wei.accepts(group)
    }), 60_000)

  it('may post and add as its policies say, and are told before anything is kept', () =>
    play(names, async (people) => {
      const { mei, lan } = people
      const group = await garden(people)
      await mei.client.groups.change(group.address, { policies: { post: 'admins', add: 'admins', history: 'hidden' } })
      await lan.knows(group, 'that she may not post', ({ group: { mayPost } }) => !mayPost)
      await expect(lan.says('but', group)).rejects.toMatchObject({ code: 'admins-only' })
      await expect(lan.client.sendFiles(group.address, randomIds.token(), { files: [] })).rejects.toMatchObject({ code: 'admins-only' })
      expect(await said(lan, group)).toEqual([])
      await mei.says('Listen.', group)
      await lan.hears('Listen.', group)
    }), 60_000)

  it('change its name, description and picture, and see what they were changed to', () =>
    play(names, async (people) => {
      const { mei, lan, wei } = people
      const group = await garden(people)
      const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
      const icon = { hash: await mei.keeps(png), contentType: 'image/png' }
      await mei.client.groups.change(group.address, { subject: 'Orchard', description: 'Apples', icon })
      const { group: now } = await lan.knows(group, 'the picture', ({ group: { icon: seen, description } }) => Boolean(seen && description))
      expect(now).toMatchObject({ subject: 'Orchard', description: 'Apples', icon })
      expect((await lan.content.kept.read(icon.hash, 0, 1_000))!.bytes).toEqual(png)
      expect(await lan.client.conversation(group.address)).toMatchObject({ name: 'Orchard', group: { icon } })
      for (const what of ['subject', 'description', 'icon'] as const) await tells(wei, group, what)
      await mei.client.groups.change(group.address, { icon: null, description: '' })
      await lan.knows(group, 'that the picture is gone', ({ group: { icon: seen, description } }) => !seen && !description)
      const large = await mei.keeps(Buffer.concat([png, Buffer.alloc(20_000)]))
      await expect(mei.client.groups.change(group.address, { icon: { hash: large, contentType: 'image/png' } })).rejects.toMatchObject({ code: 'file-too-large' })
      const none = await mei.keeps(Buffer.from('<svg/>'))
      await expect(mei.client.groups.change(group.address, { icon: { hash: none, contentType: 'image/png' } })).rejects.toMatchObject({ code: 'bad-type' })
    }), 60_000)

  it('come in by a link as long as its code is the right one', () =>
    play([...names, 'bo'] as const, async (people) => {
      const { mei, bo } = people
      const group = await garden(people)
      await bo.comes()
      await mei.client.groups.change(group.address, { code: 'new' })
      const { group: { code } } = await mei.knows(group, 'the code', ({ group: { code } }) => Boolean(code))
      await expect(bo.client.groups.join(`${group.address};code=WRONG`)).rejects.toMatchObject({ code: 'wrong-code' })
      expect(await bo.client.groups.join(` ${group.address};code=${code} `)).toBe(group.address)
      await bo.stands('joined', group)
      await bo.says('Hello', group)
      await mei.hears('Hello', group)
      await expect(bo.client.groups.join('garden?')).rejects.toMatchObject({ code: 'bad-argument' })
    }), 60_000)

  it('see the end of it', () =>
    play(names, async (people) => {
      const { mei, lan, wei } = people
      const group = await garden(people)
      await wei.leaves()
      await mei.client.groups.dissolve(group.address)
      for (const each of [mei, lan]) await each.stands('gone', group)
      await wei.comes()
      await wei.stands('gone', group)
      await tells(wei, group, 'dissolved')
      await expect(lan.says('still here?', group)).rejects.toMatchObject({ code: 'group-gone' })
      await expect(lan.client.groups.invite(group.address, [wei.address])).rejects.toMatchObject({ code: 'group-gone' })
    }), 60_000)
})

it('tells who can be in a group, and why others cannot', () =>
  play(names, async ({ mei, lan }) => {
    for (const each of [mei, lan]) await each.comes()
    expect(await mei.client.groups.candidates([lan.address, addressOf('wei'), addressOf('nobody')])).toEqual([
      { address: lan.address }, { address: addressOf('wei') }, { address: addressOf('nobody'), fault: { code: 'unknown-recipient' } },
    ])
  }))

it('is muted for a while, and the link is needed for what its focus decides', () =>
  play(names, async (people, office) => {
    const group = await garden(people)
    await people.lan.client.mute(group.address, Date.now() + DAY)
    expect((await people.lan.client.conversation(group.address))!.mutedUntil).toBeGreaterThan(Date.now())
    await office.dies()
    await until('the link to be down', () => people.mei.client.link.at !== 'online')
    await expect(people.mei.client.groups.invite(group.address, [addressOf('bo')])).rejects.toMatchObject({ code: 'connection-lost' })
  }), 60_000)
