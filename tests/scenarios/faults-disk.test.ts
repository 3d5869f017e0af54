import { afterEach, describe, expect, it, type TestContext } from 'vitest'
import { Phone, until, type Heard } from './play/phone'
import { command, RelayProcess, withFolder } from './play/process'
import { Program } from './play/program'
import { SmallDisk } from './play/small-disk'

// The disk becomes full in the middle of a load, and has room again, several times over: what is new is refused by a fault that
// says so, what was kept stays, and everything goes on by itself.

const domain = 'office.test'
const [meiAddress, lanAddress] = [`sip:mei@${domain}`, `sip:lan@${domain}`]
const running: (RelayProcess | Program)[] = []
const phones: Phone[] = []
const end = async (): Promise<void> => {
  for (const phone of phones.splice(0)) if (phone.isOpen) await phone.leaves()
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
}
afterEach(end)

const onSmallDisk = async (context: TestContext, kilobytes: number, act: (disk: SmallDisk) => Promise<void>): Promise<void> => {
  const disk = SmallDisk.mount(kilobytes)
  if (typeof disk === 'string') return context.skip(`skipped, because ${disk}`)
  try {
    await act(disk)
  } finally {
    await end()
    disk.remove()
  }
}
function add(data: string, ...users: string[]): void {
  for (const user of users) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
    if (code !== 0) throw new Error(stderr)
  }
}
async function serve(data: string): Promise<RelayProcess> {
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0'])
  running.push(relay)
  return relay
}
function phone(user: string, port: number): Phone {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}` })
  phones.push(made)
  return made
}
const idOf = ({ body }: Heard): string => /imdn\.Message-ID: (\S+)/.exec(body)?.[1] ?? ''
/** Each message once, in the order in which it came first. */
const heardOnce = (listener: Phone): string[] => {
  const seen = new Map<string, string>()
  listener.inbox.forEach((heard, i) => { if (idOf(heard).startsWith('m-') && !seen.has(idOf(heard))) seen.set(idOf(heard), listener.texts[i]!) })
  return [...seen.values()]
}
/** 45 KB: a few hundred fill the disk. */
const long = '雁'.repeat(15_000)
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('the disk becomes full under load, again and again', () => {
  it('of a relay: the sender is told to come again, every message that was taken arrives, once and in order', (context) => onSmallDisk(context, 14_000, async (disk) => {
    add(disk.folder, 'mei', 'lan')
    const relay = await serve(disk.folder)
    const mei = await phone('mei', relay.port).comes()
    const lan = await phone('lan', relay.port).comes()
    const taken: string[] = []
    let n = 0
    const says = async (): Promise<boolean> => {
      const text = `${++n} ${long}`
      const answer = await mei.says(text, lanAddress, { id: `m-${n}` })
      if (answer.status >= 300) {
        expect(answer.head).toMatch(/^SIP\/2\.0 503 [^]*\r\nRetry-After: \d+/)
        return false
      }
      taken.push(text)
      return true
    }
    for (let time = 0; time < 3; time++) {
      // Enough for a log that is worth a checkpoint; it becomes due while there is no room for it.
      for (let i = 0; i < 60; i++) expect(await says()).toBe(true)
      // To somebody who is there a full disk would let more through than it can hold: what was delivered makes room.
      await lan.leaves()
      disk.fill()
      let isRefused = false
      for (let i = 0; i < 2_500 && !isRefused; i++) isRefused = !(await says())
      expect(isRefused).toBe(true)
      // What could be brought from the log into the file meanwhile has made room for some more.
      await rest(200)
      disk.empty()
      await until('it to go on by itself', says, 10_000)
      await lan.comes()
    }
    await until('everything that was taken', () => heardOnce(lan).length >= taken.length, 150_000)
    expect(heardOnce(lan)).toEqual(taken)
    expect(relay.stderr).not.toContain('the database thread died')
    expect(await relay.stops()).toBe(0)
  }), 300_000)

  it('of a person: sending says so, receiving waits at the relay, nothing of either is lost', (context) => onSmallDisk(context, 90_000, (disk) => withFolder(async (folder) => {
    add(folder, 'mei', 'lan')
    const relay = await serve(folder)
    const program = new Program(['--data', disk.folder, '--account', `mei@${domain}`, '--relay', relay.uris[0]!], { YANXIN_PASSWORD: 'mei secret' })
    running.push(program)
    const mei = await (await program.ready()).open()
    const lan = await phone('lan', relay.port).comes()
    const kept: string[] = []
    const came: string[] = []
    let n = 0
    const sends = async (): Promise<boolean> => {
      const text = `${++n} ${long}`
      try {
        await mei.call('send', lanAddress, `m-message-${n}`, text)
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'disk-full' })
        return false
      }
      kept.push(text)
      return true
    }
    for (let time = 0; time < 2; time++) {
      for (let i = 0; i < 60; i++) expect(await sends()).toBe(true)
      disk.fill()
      for (let i = 0; i < 400; i++) if (!(await sends())) break
      expect(n).toBeGreaterThan(kept.length)
      const text = `to mei ${time}`
      came.push(text)
      expect((await lan.says(text, meiAddress)).status).toBeLessThan(300)
      await rest(200)
      disk.empty()
      await until('it to go on by itself', sends, 10_000)
    }
    await until('everything that was kept', () => heardOnce(lan).length >= kept.length, 60_000)
    expect(heardOnce(lan)).toEqual(kept)
    await until('what came meanwhile', async () => (await mei.texts(false)).length >= came.length, 90_000)
    expect(await mei.texts(false)).toEqual(came)
    expect(await mei.texts(true)).toEqual(kept)
    expect(program.said).not.toContain('the database thread died')
    expect(await program.stops()).toBe(0)
  })), 240_000)
})
