import { describe, expect, it } from 'vitest'
import { adds, joins, makes, ours, refers, removes, sets, story } from '../scenarios/play/group'
import { Phone, until } from '../scenarios/play/phone'
import type { Linphone, StartOptions } from './linphone/linphone'
import { domain, noLinphone, useStage } from './stage'

type Group = Extract<Linphone['events'][number], { event: 'group' }>

/** What works and what does not, and why, is in linphone-group.md. */
describe.skipIf(noLinphone)(`Linphone is in groups of ours${noLinphone ? ` (${noLinphone})` : ''}`, () => {
  const stage = useStage()
  let plays = 0

  /** Mei, Lan and Ann have a Linphone, Bo has a device that takes the changes of groups as messages, as our own client does. */
  async function people<Name extends 'mei' | 'lan' | 'ann'>(...names: Name[]) {
    const play = ++plays
    const account = async (name: string) => {
      const user = `${name}${play}`
      await stage.relay.addUser(user, `${user}-secret`)
      return { user, password: `${user}-secret`, domain }
    }
    const entries = []
    for (const name of names) {
      const settings = { ...(await account(name)), relay: stage.relay.tcp, cpim: true, factory: `sip:conference-factory@${domain}` }
      const folder = await stage.folder()
      entries.push([name, { address: `sip:${settings.user}@${domain}`, start: (options: StartOptions = {}) => stage.linphone(settings, { folder, ...options }) }] as const)
    }
    const bo = await new Phone({ ...(await account('bo')), port: stage.relay.tcp.port, instance: `urn:uuid:bo-${play}`, features: ours }).comes()
    stage.later(() => bo.leaves())
    return { bo, ...(Object.fromEntries(entries) as Record<Name, { address: string; start(options?: StartOptions): Promise<Linphone> }>) }
  }

  /** Resolves when that is how this Linphone shows a group. */
  const shows = (linphone: Linphone, group: string, { since = 0, ...wanted }: { subject?: string; members?: string[]; admins?: string[]; admin?: boolean; state?: string; since?: number }): Promise<Group> =>
    linphone.event('group', (one) => one.group === group
      && (wanted.subject ?? one.subject) === one.subject && (wanted.state ?? one.state) === one.state && (wanted.admin ?? one.admin) === one.admin
      && (!wanted.members || [...wanted.members].sort().join() === one.members.map(({ address }) => address).sort().join())
      && (!wanted.admins || [...wanted.admins].sort().join() === one.members.filter(({ admin }) => admin).map(({ address }) => address).sort().join()), since)

  /** Resolves when Bo has heard of as many changes of a kind. */
  const hearsChanges = (bo: Phone, group: string, ...what: string[]): Promise<unknown> =>
    until(`${what.join()}, not ${story(bo, group).join()}`, () => story(bo, group).filter((each) => each.endsWith(` ${what[0]}`)).length >= what.length)

  const receiptFor = (id: string): string =>
    `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-05-03T08:00:01Z</datetime><display-notification><status><displayed/></status></display-notification></imdn>`
  const typing = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'

  it('makes a group; everybody hears what is said, and who has got and read it', async () => {
    const { bo, ...others } = await people('mei', 'lan')
    const [mei, lan] = [await others.mei.start(), await others.lan.start()]
    const group = await mei.makesGroup('茶', [lan.address, bo.address])
    await shows(mei, group, { members: [lan.address, bo.address], admin: true })
    await shows(lan, group, { subject: '茶', members: [mei.address, bo.address], admins: [mei.address], admin: false })
    expect((await joins(bo, group)).status).toBe(200)

    const hello = await mei.group('text', group, { text: '你们好 🍵' })
    expect(await lan.received('你们好 🍵')).toMatchObject({ group, from: expect.stringContaining(mei.address) as string })
    const heard = await bo.hears('你们好 🍵')
    await mei.reached(hello, 'taken')
    await mei.event('member', ({ tag, by, state }) => tag === hello && by === lan.address && state === 'delivered')
    await lan.group('read', group)
    await mei.event('member', ({ tag, by, state }) => tag === hello && by === lan.address && state === 'displayed')
    const id = /^imdn\.Message-ID: (\S+)/m.exec(heard.body)![1]!
    expect((await bo.says(receiptFor(id), group, { contentType: 'message/imdn+xml', dispositions: '' })).status).toBe(200)
    await mei.event('member', ({ tag, by, state }) => tag === hello && by === bo.address && state === 'displayed')
    await mei.reached(hello, 'displayed')

    await bo.says('from bo', group)
    await mei.received('from bo')
    await lan.group('text', group, { text: 'from lan' })
    await mei.received('from lan')
    await bo.hears('from lan')
    await lan.group('compose', group)
    await mei.event('composing', ({ peer, active }) => peer === group && active)
    await bo.says(typing, group, { contentType: 'application/im-iscomposing+xml', dispositions: '', more: 'Expires: 0\r\n' })
    await lan.event('composing', ({ peer, active }) => peer === group && active)
  })

  it('renames it, adds, makes admins, removes and leaves', async () => {
    const { bo, ...others } = await people('mei', 'lan', 'ann')
    const [mei, lan, ann] = [await others.mei.start(), await others.lan.start(), await others.ann.start()]
    const group = await mei.makesGroup('one', [lan.address, bo.address])
    await shows(lan, group, { members: [mei.address, bo.address] })
    await joins(bo, group)

    await mei.group('subject', group, { text: '两' })
    for (const each of [mei, lan]) await shows(each, group, { subject: '两' })
    await mei.group('add', group, { member: ann.address })
    await shows(lan, group, { members: [mei.address, ann.address, bo.address] })
    await shows(ann, group, { subject: '两', members: [mei.address, lan.address, bo.address], admins: [mei.address] })
    await mei.group('admin', group, { member: lan.address, on: true })
    await shows(lan, group, { admin: true })
    await shows(ann, group, { admins: [mei.address, lan.address] })
    await mei.group('admin', group, { member: bo.address, on: true })
    await shows(lan, group, { admins: [mei.address, bo.address] })
    expect((await sets(bo, group, 'description', 'All about tea')).status).toBe(200)
    expect((await sets(bo, group, 'subject', 'three')).status).toBe(200)
    for (const each of [mei, lan, ann]) await shows(each, group, { subject: 'three' })

    await lan.group('remove', group, { member: ann.address })
    await shows(ann, group, { state: 'terminated' })
    await shows(mei, group, { subject: 'three', members: [lan.address, bo.address] })
    await lan.group('leave', group)
    await shows(lan, group, { state: 'terminated' })
    await shows(mei, group, { members: [bo.address] })
    await bo.says('the rest', group)
    await mei.received('the rest')
    expect((await removes(bo, group, group)).status).toBe(202)
    await shows(mei, group, { state: 'terminated' })
    for (const each of [lan, ann]) expect(each.texts()).not.toContain('the rest')
    expect(story(bo, group).filter((each) => /^v\d+ [a-z]+$/.test(each))).toEqual([
      'v1 created', 'v3 joined', 'v4 subject', 'v5 invited', 'v6 joined', 'v7 promoted', 'v8 promoted', 'v9 description', 'v10 subject', 'v11 removed', 'v12 left', 'v13 dissolved',
    ])
  })

  it('is asked into a group of ours, is away and comes back to what was said and changed, and leaves', async () => {
    const { bo, ...others } = await people('mei', 'ann')
    const mei = await others.mei.start()
    const group = await makes(bo, 'ours', [mei.address])
    await shows(mei, group, { subject: 'ours', members: [bo.address], admins: [bo.address] })
    await hearsChanges(bo, group, 'joined')
    await mei.stop()
    await bo.says('first', group)
    await sets(bo, group, 'subject', 'renamed')
    await adds(bo, group, others.ann.address)
    await bo.says('second', group)

    const back = await others.mei.start()
    await back.received('second')
    expect(back.texts()).toEqual(['first', 'second'])
    await shows(back, group, { subject: 'renamed', members: [bo.address, others.ann.address] })
    // Who was not there when it was invited is asked when it comes.
    const ann = await others.ann.start()
    await shows(ann, group, { subject: 'renamed', members: [bo.address, mei.address] })
    await back.group('text', group, { text: 'here again' })
    await ann.received('here again')

    await back.network(false)
    await refers(bo, group, `<${ann.address}>;admin=1`)
    await bo.says('third', group)
    await back.network(true)
    await back.received('third')
    await shows(back, group, { admins: [bo.address, ann.address] })
    await back.group('leave', group)
    await shows(back, group, { state: 'terminated' })
    await shows(ann, group, { members: [bo.address] })
  })

  it('talks on and leaves after the relay has died and come back', async () => {
    const { bo, ...others } = await people('mei', 'lan')
    const [mei, lan] = [await others.mei.start(), await others.lan.start()]
    const group = await makes(bo, 'ours', [mei.address, lan.address])
    for (const each of [mei, lan]) await shows(each, group, { state: 'created' })
    await hearsChanges(bo, group, 'joined', 'joined')
    const since = [mei, lan].map(({ events }) => events.length)
    await stage.relay.dieAndReturn()
    await bo.comes()
    await Promise.all([mei, lan].map((each, place) => each.event('registration', ({ state }) => state === 'ok', since[place])))
    await mei.group('text', group, { text: 'still here' })
    await lan.received('still here')
    await bo.hears('still here')
    await mei.group('leave', group)
    await shows(mei, group, { state: 'terminated' })
    await hearsChanges(bo, group, 'left')
  })
})
