import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, type TestContext } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src-main/base/clock'
import { HandClock } from '../fakes/clock'
import { Person, play } from './clients/cast'
import { BrokenLine } from './play/broken-line'
import { Phone, until, type Heard } from './play/phone'
import { command, headless, RelayProcess, withFolder } from './play/process'
import { Program } from './play/program'
import { scene, Stage } from './play/stage'
import { SmallDisk } from './play/small-disk'

// README, *What it guarantees*: each sentence and the plays that show it. Details of each are in the other scenarios.

const domain = 'office.test'
const running: (RelayProcess | Program)[] = []
const phones: Phone[] = []
afterEach(async () => {
  for (const each of phones.splice(0)) if (each.isOpen) await each.leaves()
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
})

function add(data: string, ...users: string[]): void {
  for (const user of users) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
    if (code !== 0) throw new Error(stderr)
  }
}
async function serve(data: string, port = 0): Promise<RelayProcess> {
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${port}`])
  running.push(relay)
  return relay
}
function phone(user: string, port: number): Phone {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}` })
  phones.push(made)
  return made
}
/** Mei's app on this computer; signed in already when no relay is named. */
async function app(data: string, relay?: RelayProcess): Promise<Program> {
  const flags = relay ? ['--account', `mei@${domain}`, '--relay', relay.uris[0]!] : []
  const program = new Program(['--data', data, ...flags], { YANXIN_PASSWORD: 'mei secret' })
  running.push(program)
  return program.ready()
}
const [meiAddress, lanAddress] = [`sip:mei@${domain}`, `sip:lan@${domain}`]
const idOf = ({ body }: Heard): string => /imdn\.Message-ID: (\S+)/.exec(body)?.[1] ?? ''
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `message ${n + 1}`)

describe('1. What you saw as queued survives kill -9 of any process and a power cut', () => {
  it('the app is killed with messages queued: they go out when it is started again, once and in order', () => withFolder(async (folder) => {
    add(join(folder, 'relay'), 'mei', 'lan')
    const relay = await serve(join(folder, 'relay'))
    const first = await app(join(folder, 'mei'), relay)
    const line = await first.open()
    await relay.dies()
    const texts = numbered(50)
    for (const text of texts) await line.call('send', lanAddress, text.replace(' ', '-'), text)
    await line.call('saveDraft', lanAddress, 'half a thought')
    await first.dies()

    const again = await serve(join(folder, 'relay'), relay.port)
    const second = await (await app(join(folder, 'mei'))).open()
    expect(await second.texts(true)).toEqual(texts)
    const lan = await phone('lan', again.port).comes()
    await until('all of them', () => lan.inbox.length >= texts.length)
    await until('all to be sent', async () => (await second.messages()).every(({ status }) => status === 'sent'))
    expect(lan.texts).toEqual(texts)
    const { changes } = await second.call('changes', 0, 1_000)
    expect(changes.find((change) => change.kind === 'conversation')).toMatchObject({ conversation: { draft: 'half a thought' } })
  }))

  it('the relay is killed with messages that it acknowledged: they are there when it is started again', () => withFolder(async (data) => {
    add(data, 'mei', 'lan')
    const relay = await serve(data)
    const mei = await phone('mei', relay.port).comes()
    const texts = numbered(50)
    const answers = await Promise.all(texts.map((text) => mei.says(text, lanAddress)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    await relay.dies()
    const lan = await phone('lan', (await serve(data)).port).comes()
    await until('all of them', () => lan.inbox.length === texts.length)
    expect(lan.texts).toEqual(texts)
  }))

  it('what a power cut leaves: the log is synced to the disk before each answer goes out', (context) => withFolder(async (data) => {
    const calls = join(data, 'calls')
    const strace = ['-f', '-qq', '-y', '-s', '16', '-e', 'trace=fsync,fdatasync,write,writev,sendto', '-e', 'signal=none', '-o', calls]
    if (spawnSync('strace', [...strace, 'true']).status !== 0) return context.skip('skipped, because strace is not there or may not look')
    add(data, 'mei', 'lan')
    const traced = spawn('strace', [...strace, process.execPath, headless, 'serve', '--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
    const ended = new Promise((resolve) => traced.once('close', resolve))
    try {
      let text = ''
      traced.stdout!.on('data', (bytes: Buffer) => (text += bytes.toString()))
      const port = Number(await until('the relay', () => /^Relay ready: sip:127\.0\.0\.1:(\d+)/m.exec(text)?.[1]))
      const mei = await phone('mei', port).comes()
      for (const said of numbered(5)) expect((await mei.says(said, lanAddress)).status).toBe(202)
      await mei.leaves()
    } finally {
      // The relay itself, which strace would leave behind.
      process.kill((JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8')) as { pid: number }).pid, 'SIGTERM')
      await ended
    }
    const events = readFileSync(calls, 'utf8').split('\n')
      .flatMap((call) => (/f(data)?sync\(\d+<[^>]*relay\.sqlite-wal>|<\.\.\. f(data)?sync resumed>.*= 0/.test(call) ? 'sync' : /"SIP\/2\.0 202/.test(call) ? 'answer' : []))
    expect(events.filter((event) => event === 'answer')).toHaveLength(5)
    // One commit, and so one sync, for each: nobody said two at once.
    for (const [i, event] of events.entries()) if (event === 'answer') expect(events.slice(0, i).at(-1)).toBe('sync')
  }))
})

describe('2. Between hops a message may travel twice; on a screen it is there once', () => {
  it('and 3. messages of one sender keep their order: over lines that lose one answer after another', () => play(['mei', 'lan'], async (_, office) => {
    const lines = [await BrokenLine.open(office.port, { down: 2 }), await BrokenLine.open(office.port, { up: 2 })] as const
    const mei = new Person(lines[0], 'mei')
    const lan = new Person(lines[1], 'lan')
    try {
      await mei.comes()
      await lan.comes()
      const texts: string[] = []
      let last = ''
      while (!lines.every(({ isMended }) => isMended)) {
        // Two together, so that one waits behind the other when the line breaks.
        for (const text of [`${texts.length}`, `${texts.length + 1}`]) {
          texts.push(text)
          last = await mei.says(text, lan)
        }
        await until('the line to break or the message to arrive', async () =>
          mei.client.link.at !== 'online' || (await mei.messages(lan)).at(-1)?.status === 'delivered', 30_000)
        await until('mei to be online', () => mei.client.link.at === 'online')
      }
      await mei.sees('delivered', last, lan)
      expect(await lan.texts(mei)).toEqual(texts)
      expect(await mei.texts(lan)).toEqual(texts)
      expect(lan.arrived).toHaveLength(texts.length)
      expect((await lan.client.conversation(mei.address))?.unread).toBe(texts.length)
    } finally {
      await Promise.allSettled([mei.client?.stop(), lan.client?.stop()])
      for (const line of lines) await line.close()
    }
  }), 90_000)
})

describe('3. Messages of one sender in a conversation keep their order', () => {
  scene('two speak at once, the listener is busy, leaves and comes back: each keeps their own', async ({ stage, mei, lan }) => {
    await stage.adds('zoe')
    const zoe = await stage.phone('zoe').comes()
    let asked = 0
    lan.answer = () => (++asked % 7 === 3 ? '480 Temporarily Unavailable\r\nRetry-After: 1' : '200 OK')
    const texts = numbered(10)
    await Promise.all([mei, zoe].flatMap((who) => texts.map((text) => who.says(`${who.person.user} ${text}`, lan.address))))
    await until('some of them', () => lan.inbox.length >= 5)
    await lan.leaves()
    await lan.comes()
    await until('all of them', () => new Set(lan.inbox.map(idOf)).size === 20, 40_000)
    const seen = [...new Map(lan.inbox.map((heard) => [idOf(heard), heard])).values()].map((heard) => lan.texts[lan.inbox.indexOf(heard)]!)
    for (const who of ['mei', 'zoe']) expect(seen.filter((text) => text.startsWith(who))).toEqual(texts.map((text) => `${who} ${text}`))
  })
})

describe('4. Nothing expires or is refused silently: the sender sees failed and why, and the journey shows where', () => {
  it('a message that nobody fetched for a month', async () => {
    const clock = new HandClock(Date.now())
    await play(['mei', 'lan'], async ({ mei, lan }) => {
      await lan.comes()
      await lan.leaves()
      await mei.comes()
      const id = await mei.says('Happy birthday!', lan)
      await mei.sees('sent', id, lan)
      await mei.leaves()
      clock.jump(31 * DAY)
      await clock.advance(HOUR + 2 * MINUTE)
      await mei.comes()
      expect(await mei.sees('failed', id, lan)).toMatchObject({ fault: { code: 'expired' } })
      const journey = await mei.client.journey(lan.address, id)
      expect(journey.map(({ event, by }) => [event, by])).toEqual([['kept', 'this computer'], ['sent', 'network'], ['failed', lan.address]])
      expect(journey[2]).toMatchObject({ fault: { code: 'expired' } })
      await lan.comes()
      await until('the place where it would have been', async () => (await lan.texts(mei)).length > 0)
      expect(await lan.texts(mei)).toEqual(['(expired)'])
    }, clock)
  })

  it('a message that the other side refuses, and one to nobody', () => play(['mei', 'lan'], async ({ mei, lan }, office) => {
    await mei.comes()
    const refusing = await new Phone({ user: 'lan', domain: 'office.example', password: 'the password of lan', port: office.port, instance: 'urn:uuid:lan' }).connect()
    phones.push(refusing)
    refusing.answer = () => '603 Decline'
    expect((await refusing.register()).status).toBe(200)
    const refused = await mei.says('Please?', lan)
    expect((await mei.sees('failed', refused, lan)).fault).toMatchObject({ code: 'refused' })
    expect((await mei.client.journey(lan.address, refused)).at(-1)).toMatchObject({ event: 'failed', by: lan.address })
    const ghost = new Person(office, 'ghost')
    const lost = await mei.says('Anybody?', ghost)
    expect((await mei.sees('failed', lost, ghost)).fault).toMatchObject({ code: 'unknown-recipient' })
    expect((await mei.client.journey(ghost.address, lost)).at(-1)).toMatchObject({ event: 'failed', by: 'network' })
  }))
})

describe('5. A full disk, a broken file, a clock that jumps: new work is refused with a clear sentence, nothing kept is lost', () => {
  const smallDisk = async (context: TestContext, act: (disk: SmallDisk) => Promise<void>): Promise<void> => {
    const disk = SmallDisk.mount(3_000)
    if (typeof disk === 'string') return context.skip(`skipped, because ${disk}`)
    try {
      await act(disk)
    } finally {
      for (const each of running.splice(0)) {
        each.signal('SIGKILL')
        await each.ended
      }
      disk.remove()
    }
  }

  it('the disk of a relay becomes full: it refuses what is new, delivers what it has, and goes on when there is room', (context) => smallDisk(context, async (disk) => {
    add(disk.folder, 'mei', 'lan')
    const relay = await serve(disk.folder)
    const mei = await phone('mei', relay.port).comes()
    const lan = await phone('lan', relay.port).comes()
    await lan.leaves()
    const kept: string[] = []
    let refused: Heard | undefined
    for (let n = 1; !refused && n < 1_000; n++) {
      const text = `${n} ${'雁'.repeat(3_000)}`
      const answer = await mei.says(text, lanAddress)
      if (answer.status === 202 || answer.status === 200) kept.push(text)
      else refused = answer
    }
    expect(refused?.head).toMatch(/^SIP\/2\.0 503 [^]*\r\nRetry-After: \d+/)
    expect(kept.length).toBeGreaterThan(20)
    await lan.comes()
    await until('all that was kept', () => lan.inbox.length >= kept.length)
    expect(lan.texts).toEqual(kept)
    disk.grow(60_000)
    await mei.says('there is room again', lanAddress)
    await lan.hears('there is room again')
  }))

  it('an account on a full disk: a sentence that names the file, and the account can be made when there is room', (context) => smallDisk(context, async (disk) => {
    disk.fill()
    const zoe = ['user', 'add', `zoe@${domain}`, '--data', disk.folder]
    expect(command(zoe, 'secret\n')).toMatchObject({
      code: 1, stderr: expect.stringMatching(/^The relay's file .*relay\.sqlite cannot be used: .*full\.\n$/) as string,
    })
    disk.grow(60_000)
    expect(command(zoe, 'secret\n')).toMatchObject({ code: 0, stderr: '' })
  }))

  it('the disk of a person becomes full: sending says so, what was queued goes out, what came meanwhile comes later', (context) => smallDisk(context, (disk) => withFolder(async (folder) => {
    add(folder, 'mei', 'lan')
    const relay = await serve(folder)
    const mei = await (await app(disk.folder, relay)).open()
    const lan = await phone('lan', relay.port).comes()
    const kept: string[] = []
    let fault: unknown
    while (!fault && kept.length < 1_000) {
      const text = `${kept.length} ${'雁'.repeat(3_000)}`
      await mei.call('send', lanAddress, `message-${kept.length}`, text).then(() => kept.push(text), (thrown: unknown) => (fault = thrown))
    }
    expect(fault).toMatchObject({ code: 'disk-full' })
    expect(kept.length).toBeGreaterThan(5)
    await expect(mei.call('saveSettings', { theme: 'dark' })).rejects.toMatchObject({ code: 'disk-full' })
    expect((await mei.call('state')).link.at).toBe('online')
    expect((await lan.says('while it was full', meiAddress)).status).toBe(200)
    await until('what was queued', () => new Set(lan.inbox.map(idOf).filter((id) => id.startsWith('message-'))).size === kept.length)
    disk.grow(60_000)
    await until('what came meanwhile', async () => (await mei.texts(false)).includes('while it was full'), 60_000)
    expect(await mei.texts(true)).toEqual(kept)
    await until('all to be sent', async () => (await mei.messages()).every(({ outgoing, status }) => !outgoing || status === 'sent'))
  })), 90_000)

  it('the file of a relay is broken: a sentence that names it, and the file stays as it is', () => withFolder(async (data) => {
    add(data, 'mei', 'lan')
    const relay = await serve(data)
    const mei = await phone('mei', relay.port).comes()
    for (const text of numbered(50)) await mei.says(text, lanAddress)
    expect(await relay.stops()).toBe(0)
    const file = join(data, 'relay.sqlite')
    const whole = readFileSync(file)
    const broken = { 'no header': Buffer.from(whole).fill(0x5a, 0, 4_096), 'cut short': whole.subarray(0, 5_000), 'noise inside': Buffer.from(whole).fill(0xa5, 8_192) }
    for (const [name, bytes] of Object.entries(broken)) {
      writeFileSync(file, bytes)
      const started = command(['serve', '--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
      expect([name, started.code, started.stderr.trim().split('\n').at(-1)]).toEqual([name, 1, expect.stringMatching(
        /^The relay's file .*relay\.sqlite cannot be used: .*\. Put a copy of it back, or move it away to begin with an empty one\.$/) as string])
      expect([name, readFileSync(file).equals(bytes)]).toEqual([name, true])
    }
    writeFileSync(file, whole)
    const lan = await phone('lan', (await serve(data)).port).comes()
    await until('all of them', () => lan.inbox.length === 50)
  }))

  it('the file of a person is broken: the app starts, says so, and the file stays as it is', () => withFolder(async (folder) => {
    add(folder, 'mei')
    const relay = await serve(folder)
    const data = join(folder, 'mei')
    expect(await (await app(data, relay)).stops()).toBe(0)
    const file = join(data, 'accounts', `mei@${domain}`, 'relay.sqlite')
    const broken = readFileSync(file).fill(0x5a, 0, 4_096)
    writeFileSync(file, broken)
    const state = await (await (await app(data)).open()).call('state')
    expect(state).toMatchObject({ link: { at: 'signed-out' }, startFault: { code: 'disk-broken', text: expect.stringContaining(file) as string } })
    expect(readFileSync(file).equals(broken)).toBe(true)
  }))

  it('the clock of a relay jumps a year ahead and back again: nothing expires, nothing is forgotten', async () => {
    const clock = new HandClock()
    const stage = await new Stage(clock).opens()
    try {
      for (const user of ['mei', 'lan']) await stage.adds(user)
      const mei = await stage.phone('mei', { instance: 'urn:uuid:mei' }).comes()
      const lan = await stage.phone('lan', { instance: 'urn:uuid:lan' }).comes()
      await lan.leaves()
      await until('the relay to see it', () => stage.relay.health().devicesOnline === 1)
      await mei.says('before', lan.address)
      clock.jump(365 * DAY)
      await clock.advance(30 * MINUTE)
      if (mei.isOpen) await mei.leaves()
      await mei.comes()
      expect((await mei.says('in a year', lan.address)).status).toBe(202)
      clock.jump(-365 * DAY)
      await clock.advance(10 * MINUTE)
      if (mei.isOpen) await mei.leaves()
      await mei.comes()
      expect((await mei.says('after', lan.address)).status).toBe(202)
      await lan.comes()
      await until('all three', () => lan.inbox.length >= 3)
      expect(lan.texts).toEqual(['before', 'in a year', 'after'])
      expect(mei.inbox).toEqual([])
      expect(stage.relay.accounts.find(lan.address)!.devices.size).toBe(1)
    } finally {
      await stage.ends()
    }
  })
})
