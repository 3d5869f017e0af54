import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCommands } from '../../src-main/api'
import { App, type AppOptions } from '../../src-main/app'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { defaultSettings, type AppState, type Commands, type Notices } from '../../src-main/contract/calls'
import type { Message } from '../../src-main/contract/message'
import { echoAccount } from '../../src-main/trial'
import { fileVault } from '../../src-main/vault'
import { openInlineDatabase, openInlineKeeper, temporaryFolder } from '../fakes/database'
import { Office, until } from '../scenarios/clients/cast'

type Notice = Parameters<Notices['notify']>[0]

/** One window and what it was told. */
class Window {
  readonly states: AppState[] = []
  readonly notified: Notice[] = []
  readonly changed: string[] = []
  readonly shown: string[] = []
  n = 0
  typing = 0
  readonly commands: Commands
  readonly detach: () => void

  constructor(app: App) {
    const window = app.windows.attach({
      notices: {
        stateChanged: (state) => void this.states.push(state),
        journalGrew: (n) => void (this.n = n),
        typing: ({ until: end }) => void (this.typing += end > 0 ? 1 : 0),
        job: () => undefined,
        shareChanged: () => undefined,
        groupChanged: (conversation) => void this.changed.push(conversation),
        notify: (notice) => void this.notified.push(notice),
        show: (conversation) => void this.shown.push(conversation),
      },
    })
    this.commands = makeCommands(app, window)
    this.detach = () => window.detach()
  }
}

let data: string
let app: App
const opened: string[] = []

function newApp(options: Partial<AppOptions> = {}): App {
  app = new App({
    data, host: 'browser', platform: 'linux', version: '0.0.0', language: 'en-GB', vault: fileVault(join(data, 'vault')),
    openLedger: (file) => openInlineDatabase(file), openKeeper: (file) => openInlineKeeper(file), openExternal: async (url) => void opened.push(url),
    clock: systemClock, ids: randomIds, random: Math.random, log: silentLog, ...options,
  })
  return app
}

beforeEach(() => {
  data = temporaryFolder()
})
afterEach(() => app.stop())

async function messages({ commands }: Window): Promise<Message[]> {
  const { changes } = await commands.changes(0, 1_000)
  return changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []))
}
const said = async (window: Window) => (await messages(window)).map(({ content, outgoing }) => `${outgoing ? '→' : '←'} ${content.kind === 'text' ? content.text : content.kind}`)

describe('Try it on this computer', () => {
  it('makes somebody to talk to, who greets, reads, writes and answers', async () => {
    await newApp().start()
    const window = new Window(app)
    const { state, conversation } = await window.commands.tryHere()
    expect(conversation).toBe(echoAccount)
    expect(state).toMatchObject({ account: { isLocalTrial: true }, link: { at: 'online' } })
    expect(state.account).not.toHaveProperty('relay')
    await until('the greeting', async () => (await said(window)).some((line) => line.startsWith('← Hello, I am Goose')))

    await window.commands.send(conversation, randomIds.token(), '你好！')
    await until('the answer', async () => (await said(window)).includes('← 你好呀！今天过得怎么样？'))
    await until('the receipt', async () => (await messages(window)).some(({ outgoing, status }) => outgoing && status === 'displayed'))
    expect(window.typing).toBeGreaterThan(0)
    expect(window.n).toBeGreaterThan(0)
    expect(await window.commands.peer(conversation)).toMatchObject({ isChatbot: true, online: true })
    const { changes } = await window.commands.changes(0, 1_000)
    expect(changes.find((change) => change.kind === 'conversation')).toMatchObject({ conversation: { id: echoAccount, name: 'Goose', isChatbot: true } })
  })

  it('takes a text that is longer than a MESSAGE carries, and answers it', async () => {
    await newApp().start()
    const window = new Window(app)
    const { conversation } = await window.commands.tryHere()
    const id = randomIds.token()
    await window.commands.send(conversation, id, '长'.repeat(50_000))
    await until('the receipt', async () => (await messages(window)).some((message) => message.id === id && message.status === 'displayed'))
    await until('the answer', async () => (await said(window)).some((line) => line.startsWith('← 你说：“长长长')))
  })

  it('speaks the language of the window in front where the settings leave it open', async () => {
    await newApp().start()
    const window = new Window(app)
    await window.commands.looking({ focused: true, language: 'zh' })
    await window.commands.tryHere()
    await until('the greeting', async () => (await said(window)).some((line) => line.includes('小雁')))
  })

  it('is there again after a restart, greeting only once', async () => {
    await newApp().start()
    const first = new Window(app)
    const { conversation } = await first.commands.tryHere()
    await until('the greeting', async () => (await said(first)).length === 1)
    const { journal } = app.state().account!
    await app.stop()

    await newApp().start()
    const second = new Window(app)
    expect(app.state().account).toMatchObject({ isLocalTrial: true, journal })
    await second.commands.tryHere()
    await second.commands.send(conversation, randomIds.token(), 'hi')
    await until('the answer', async () => (await said(second)).includes('← Hello! How is your day?'))
    expect((await said(second)).filter((line) => line.includes('I am Goose'))).toHaveLength(1)
  })

  it('leaves nothing behind when that is asked for', async () => {
    await newApp().start()
    const window = new Window(app)
    await window.commands.tryHere()
    expect(await window.commands.signOut('nothing')).toMatchObject({ link: { at: 'signed-out' } })
    expect(app.state()).not.toHaveProperty('account')
    expect(existsSync(join(data, 'trial'))).toBe(false)
    expect(readdirSync(join(data, 'accounts'))).toEqual([])
    await expect(window.commands.changes(0, 10)).rejects.toMatchObject({ code: 'signed-out' })
  })
})

describe('signing in', () => {
  let office: Office
  beforeEach(async () => {
    office = new Office()
    await office.opens('mei', 'lan')
  })
  afterEach(() => office.dies())

  it('resolves when registered, keeps the password for the owner alone, and is signed in after a restart', async () => {
    await newApp().start()
    const state = await new Window(app).commands.signIn({ address: 'mei@Office.Example', password: 'the password of mei', relay: office.uri })
    expect(state).toMatchObject({ account: { address: 'sip:mei@office.example', relay: office.uri, isLocalTrial: false }, link: { at: 'online' } })
    const [secret] = readdirSync(join(data, 'vault'))
    expect(statSync(join(data, 'vault', secret!)).mode & 0o777).toBe(0o600)
    for (const file of ['account.json', 'settings.json'].map((name) => join(data, name)).filter(existsSync)) {
      expect(readFileSync(file, 'utf8')).not.toContain('the password')
    }
    await app.stop()
    await newApp().start()
    await until('the link', () => app.state().link.at === 'online')
    expect(app.state().account!.journal).toBe(state.account!.journal)
  })

  it('leaves nothing half-made after a wrong password, and who was signed in still is', async () => {
    await newApp().start()
    const { commands } = new Window(app)
    await expect(commands.signIn({ address: 'mei@office.example', password: 'wrong', relay: office.uri })).rejects.toMatchObject({ code: 'wrong-password' })
    expect(app.state()).toMatchObject({ link: { at: 'signed-out' } })
    expect(existsSync(join(data, 'account.json'))).toBe(false)
    expect(existsSync(join(data, 'vault'))).toBe(false)
    expect(existsSync(join(data, 'accounts', 'mei@office.example'))).toBe(false)

    await commands.signIn({ address: 'lan@office.example', password: 'the password of lan', relay: office.uri })
    await expect(commands.signIn({ address: 'mei@office.example', password: 'wrong', relay: office.uri })).rejects.toMatchObject({ code: 'wrong-password' })
    await until('lan to be back', () => app.state().link.at === 'online')
    expect(app.state().account?.address).toBe('sip:lan@office.example')
  })

  it('says that nobody listens there', async () => {
    await newApp().start()
    const { uri } = office
    await office.dies()
    await expect(new Window(app).commands.signIn({ address: 'mei@office.example', password: 'x', relay: uri })).rejects.toMatchObject({ code: 'cannot-connect' })
  })

  it('keeps the history of who signs out, and shows it again', async () => {
    await newApp().start()
    const window = new Window(app)
    const signIn = () => window.commands.signIn({ address: 'mei@office.example', password: 'the password of mei', relay: office.uri })
    const { account } = await signIn()
    const conversation = await window.commands.openConversation('lan')
    await window.commands.send(conversation, randomIds.token(), 'kept')
    await window.commands.signOut('history')
    expect(readdirSync(join(data, 'vault'))).toEqual([])
    expect((await signIn()).account!.journal).toBe(account!.journal)
    expect(await said(window)).toEqual(['→ kept'])
  })

  it('tells of a message only where nobody looks, and says as much as the person wants', async () => {
    await newApp().start()
    const [front, back] = [new Window(app), new Window(app)]
    await front.commands.signIn({ address: 'mei@office.example', password: 'the password of mei', relay: office.uri })
    const lan = new App({ ...app.options, data: temporaryFolder(), vault: fileVault(join(temporaryFolder(), 'vault')) })
    try {
      await lan.start()
      const lans = new Window(lan)
      await lans.commands.signIn({ address: 'lan@office.example', password: 'the password of lan', relay: office.uri })
      const say = async (text: string, id = randomIds.token()) => {
        await lans.commands.send('sip:mei@office.example', id, text)
        await until(`mei to hear ${text}`, async () => (await messages(back)).some((message) => message.id === id))
      }
      const mostRecent = () => [...front.notified, ...back.notified]
      await front.commands.looking({ focused: true, conversation: 'sip:other@office.example', language: 'en' })
      await say('one')
      await until('a notification', () => mostRecent().length === 1)
      expect(mostRecent()).toEqual([{ conversation: 'sip:lan@office.example', title: 'lan@office.example', body: 'one' }])
      expect(front.notified).toHaveLength(1)

      await front.commands.looking({ focused: true, conversation: 'sip:lan@office.example', language: 'en' })
      await say('two')
      await front.commands.looking({ focused: false, conversation: 'sip:lan@office.example', language: 'en' })
      await front.commands.saveSettings({ notifications: 'hidden' })
      await say('three')
      await until('a notification', () => mostRecent().length === 2)
      expect(mostRecent()[1]).toEqual({ conversation: 'sip:lan@office.example', title: 'Yanxin', body: 'New message' })

      await front.commands.saveSettings({ notifications: 'off' })
      await say('four')
      expect(mostRecent()).toHaveLength(2)
    } finally {
      await lan.stop()
    }
  })

  it('tells of a group under its name, of a muted one only what calls us, and windows that it has changed', async () => {
    await newApp().start()
    const window = new Window(app)
    await window.commands.signIn({ address: 'mei@office.example', password: 'the password of mei', relay: office.uri })
    const lan = new App({ ...app.options, data: temporaryFolder(), vault: fileVault(join(temporaryFolder(), 'vault')) })
    try {
      await lan.start()
      const { commands } = new Window(lan)
      await commands.signIn({ address: 'lan@office.example', password: 'the password of lan', relay: office.uri })
      const { conversation } = await commands.createGroup(randomIds.uuid(), { subject: 'Garden', members: ['sip:mei@office.example'] })
      await until('the invitation', () => window.notified.length === 1)
      expect(window.notified).toEqual([{ conversation, title: 'Garden', body: 'lan@office.example invites you to this group' }])
      expect(window.changed).toContain(conversation)
      await window.commands.answerInvitation(conversation, 'accept')
      await until('Lan to know', async () => (await commands.group(conversation)).group.members === 2)
      await commands.send(conversation, randomIds.token(), 'one')
      await until('a notification', () => window.notified.length === 2)
      expect(window.notified[1]).toEqual({ conversation, title: 'Garden', body: 'lan@office.example: one' })
      await window.commands.mute(conversation, Date.now() + 60_000)
      await commands.send(conversation, randomIds.token(), 'two')
      await commands.send(conversation, randomIds.token(), 'Mei!', ['sip:mei@office.example'])
      await until('the call', () => window.notified.length === 3)
      expect(window.notified[2]!.body).toBe('[Mentions you] lan@office.example: Mei!')
    } finally {
      await lan.stop()
    }
  })
})

describe('a start in bad times', () => {
  it('says what is wrong with a broken file, keeps it, and lets the person sign out', async () => {
    await newApp().start()
    await app.tryHere()
    await app.stop()
    const file = join(app.options.data, 'accounts', 'me@yanxin.localhost', 'relay.sqlite')
    writeFileSync(file, 'this is no database '.repeat(1_000))
    await newApp().start()
    expect(app.state()).toMatchObject({ startFault: { code: 'disk-broken' }, link: { at: 'signed-out' } })
    expect(readFileSync(file, 'utf8')).toContain('this is no database')
    const { commands } = new Window(app)
    expect(await commands.signOut('nothing')).not.toHaveProperty('startFault')
    const { conversation } = await commands.tryHere()
    expect(conversation).toBe(echoAccount)
  })
})

describe('settings', () => {
  it('are kept, told to every window, and survive a file that somebody broke', async () => {
    await newApp().start()
    const [one, two] = [new Window(app), new Window(app)]
    expect(await one.commands.saveSettings({ theme: 'dark', sendTyping: false })).toEqual({ ...defaultSettings, theme: 'dark', sendTyping: false })
    expect(two.states.at(-1)?.settings.theme).toBe('dark')
    await app.stop()
    await newApp().start()
    expect(app.state().settings.theme).toBe('dark')
    await app.stop()
    writeFileSync(join(data, 'settings.json'), '{"theme":"pink","language":"zh"')
    await newApp().start()
    expect(app.state().settings).toEqual(defaultSettings)
    await app.stop()
    writeFileSync(join(data, 'settings.json'), '{"theme":"pink","language":"zh","__proto__":{"x":1}}')
    await newApp().start()
    expect(app.state().settings).toEqual({ ...defaultSettings, language: 'zh' })
  })
})

describe('commands', () => {
  it.each<[string, (commands: Record<string, (...args: unknown[]) => Promise<unknown>>) => Promise<unknown>, string]>([
    ['a text that is too long', (c) => c['send']!(echoAccount, randomIds.token(), '长'.repeat(400_000)), 'too-large'],
    ['a text that is none', (c) => c['send']!(echoAccount, randomIds.token(), 7), 'bad-argument'],
    ['an id that breaks a header', (c) => c['send']!(echoAccount, 'abcdefgh\r\nX: y', 'hi'), 'bad-argument'],
    ['a conversation that is no address', (c) => c['send']!('mei', randomIds.token(), 'hi'), 'bad-argument'],
    ['too many arguments', (c) => c['state']!('x'), 'bad-argument'],
    ['a setting that is not known', (c) => c['saveSettings']!({ theme: 'pink' }), 'bad-argument'],
    ['a setting beside the known', (c) => c['saveSettings']!({ isAdmin: true }), 'bad-argument'],
    ['a place below nothing', (c) => c['markRead']!(echoAccount, -1), 'bad-argument'],
    ['a page without end', (c) => c['changes']!(0, 1e9), 'bad-argument'],
    ['a group without a name', (c) => c['createGroup']!(randomIds.uuid(), { subject: '', members: [echoAccount] }), 'bad-argument'],
    ['a group that could be made twice', (c) => c['createGroup']!('once', { subject: 'x', members: [echoAccount] }), 'bad-argument'],
    ['a group that is none', (c) => c['group']!(echoAccount), 'bad-argument'],
    ['a mention of nobody', (c) => c['send']!(echoAccount, randomIds.token(), 'hi', ['everyone']), 'bad-argument'],
    ['a silence before the beginning', (c) => c['mute']!(echoAccount, -2), 'bad-argument'],
    ['somebody who cannot be', (c) => c['openConversation']!('two words'), 'bad-argument'],
    ['a relay that is none', (c) => c['signIn']!({ address: 'mei@office.example', password: 'x', relay: 'http://office.example' }), 'bad-argument'],
    ['an address without a domain', (c) => c['signIn']!({ address: 'mei', password: 'x', relay: 'office.example' }), 'bad-argument'],
    ['a link that must not leave', (c) => c['openExternal']!('file:///etc/passwd'), 'not-allowed'],
  ])('refuse %s', async (_, call, code) => {
    await newApp().start()
    const window = new Window(app)
    await window.commands.tryHere()
    await expect(call(window.commands as never)).rejects.toMatchObject({ code })
  })

  it('open what the allow-list lets out', async () => {
    await newApp().start()
    await new Window(app).commands.openExternal('https://example.com')
    expect(opened).toEqual(['https://example.com/'])
  })

  it('find, draft, and tell the journey', async () => {
    await newApp().start()
    const window = new Window(app)
    const { conversation } = await window.commands.tryHere()
    const id = randomIds.token()
    await window.commands.saveDraft(conversation, '写了一半')
    expect((await app.client.conversation(conversation))?.draft).toBe('写了一半')
    await window.commands.send(conversation, id, '鸿雁传书')
    expect((await app.client.conversation(conversation))?.draft).toBeUndefined()
    await until('a hit', async () => (await window.commands.search({ text: '雁传', limit: 10 })).hits.some(({ message }) => message.id === id))
    await until('the whole journey', async () => (await window.commands.journey(conversation, id)).some(({ event }) => event === 'displayed'))
    expect((await window.commands.journey(conversation, id)).map(({ event }) => event)).toEqual(expect.arrayContaining(['kept', 'sent', 'delivered', 'displayed']))
  })
})
