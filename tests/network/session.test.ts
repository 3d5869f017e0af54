import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { ownFeatures } from '../../src-main/network/capabilities'
import { Session, type SessionOptions } from '../../src-main/network/session'
import { readContacts } from '../../src-main/sip/name-address'
import { HandClock } from '../fakes/clock'
import { lan, mei, Operator } from './operator'

const until = <T>(look: () => T) => vi.waitFor(() => {
  const seen = look()
  if (!seen) throw new Error('not yet')
  return seen
}, { timeout: 2_000, interval: 2 })

/** Time passes while the pair's bytes get their turns. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 4 * SECOND) {
    await clock.advance(Math.min(left, 4 * SECOND))
    for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

let clock: HandClock
let operator: Operator
let session: Session
let addresses: string[]

function newSession(options: Partial<SessionOptions> = {}): Session {
  session = new Session({
    account: mei, password: 'plum blossom', instance: 'urn:uuid:6f474eac-f1a1-4085-b654-c9ed5c9cf1c3', connect: operator.connect,
    features: ownFeatures(), userAgent: 'Yanxin/test', addresses: () => addresses, clock, ids: randomIds, random: () => 0.5, log: silentLog, ...options,
  })
  return session
}

beforeEach(() => {
  clock = new HandClock()
  operator = new Operator({ clock, ids: randomIds })
  addresses = ['192.0.2.1']
})
afterEach(() => session.stop())

async function online(options: Partial<SessionOptions> = {}): Promise<Session> {
  newSession(options).start()
  await until(() => session.link.at === 'online')
  return session
}

describe('registering', () => {
  it('answers the challenge with SHA-256, naming instance, reg-id and features', async () => {
    await online()
    const [first, second] = operator.of('REGISTER')
    expect(first!.uri).toBe('sip:office.example')
    expect(first!.headers.has('Authorization')).toBe(false)
    expect(second!.headers.get('Authorization')).toContain('algorithm=SHA-256')
    expect(second!.headers.get('Call-ID')).toBe(first!.headers.get('Call-ID'))
    expect(second!.headers.get('CSeq')).toBe('2 REGISTER')
    const [contact] = readContacts(second!.headers.all('Contact')) as Exclude<ReturnType<typeof readContacts>, '*'>
    expect(contact!.params.get('reg-id')).toBe('1')
    expect(contact!.params.get('+sip.instance')).toBe('<urn:uuid:6f474eac-f1a1-4085-b654-c9ed5c9cf1c3>')
    expect(contact!.params.has('+g.yanxin.copies')).toBe(true)
    expect(contact!.params.get('+g.3gpp.icsi-ref')).toContain('oma.cpm.msg')
  })

  it('falls back to MD5 where nothing else is offered', async () => {
    operator.algorithms = ['MD5']
    await online()
    expect(operator.of('REGISTER')[1]!.headers.get('Authorization')).toContain('algorithm=MD5')
  })

  it('stops with a clear fault when the password is wrong, and does not ask again', async () => {
    newSession({ password: 'wrong' }).start()
    await until(() => session.link.at === 'stopped')
    expect(session.link).toMatchObject({ at: 'stopped', fault: { code: 'wrong-password' } })
    await clock.advance(HOUR)
    expect(operator.of('REGISTER')).toHaveLength(2)
  })

  it('tries once more when only the nonce was stale', async () => {
    operator.expires = 600
    await online()
    // The nonce of the first REGISTER is good for a minute: at the refresh it is stale.
    await pass(300 * SECOND)
    await until(() => operator.of('REGISTER').length === 4)
    expect(session.link.at).toBe('online')
  })

  it('stops when it is refused', async () => {
    operator.onRegister = (incoming) => incoming.reply(403)
    newSession().start()
    await until(() => session.link.at === 'stopped')
    expect(session.link).toMatchObject({ fault: { code: 'refused', detail: { status: 403 } } })
  })

  it('asks for longer after 423, and refreshes at half of what was given', async () => {
    operator.onRegister = (incoming) => {
      const asked = Number(incoming.request.headers.get('Expires'))
      if (asked < 7_200 && asked > 0) incoming.reply(423, undefined, { headers: [['Min-Expires', '7200']] })
      else incoming.reply(200, 'OK', { headers: [['Expires', '7200'], ['Require', 'outbound, path']] })
    }
    await online()
    const before = operator.of('REGISTER').length
    expect(operator.of('REGISTER').at(-1)!.headers.get('Expires')).toBe('7200')
    await pass(3_590 * SECOND)
    expect(operator.of('REGISTER')).toHaveLength(before)
    await pass(20 * SECOND)
    await until(() => operator.of('REGISTER').length > before)
  })

  it('registers once more soon after it came, where the registrar does not know flows: its store hands over only then', async () => {
    operator.onRegister = (incoming) => incoming.reply(200, 'OK', { headers: [['Expires', '3600']] })
    await online()
    const before = operator.of('REGISTER').length
    await pass(36 * SECOND)
    expect(operator.of('REGISTER')).toHaveLength(before)
    await pass(8 * SECOND)
    await until(() => operator.of('REGISTER').length > before)
    const early = operator.of('REGISTER').length
    await pass(1_740 * SECOND)
    expect(operator.of('REGISTER')).toHaveLength(early)
  })

  it('waits as long as a busy server asks', async () => {
    const answer = operator.onRegister
    operator.onRegister = (incoming) => incoming.reply(503, undefined, { headers: [['Retry-After', '90']] })
    newSession().start()
    await until(() => session.link.at === 'waiting')
    expect(session.link).toMatchObject({ attempt: 1, until: clock.now() + 90 * SECOND, fault: { code: 'busy' } })
    operator.onRegister = answer
    await clock.advance(90 * SECOND)
    await until(() => session.link.at === 'online')
  })

  it('takes its binding back when it stops', async () => {
    await online()
    const stopping = session.stop()
    await until(() => operator.of('REGISTER').at(-1)!.headers.get('Expires') === '0')
    await stopping
    expect(session.link).toEqual({ at: 'signed-out' })
    await until(() => operator.flows[0]!.closed)
  })
})

describe('keeping the link', () => {
  it('connects anew with growing, scattered waits when nobody answers', async () => {
    operator.refusesConnections = true
    newSession().start()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 9; attempt++) {
      const link = await until(() => (session.link.at === 'waiting' && session.link.attempt === attempt ? session.link : undefined))
      expect(link.fault.code).toBe('cannot-connect')
      waits.push(link.until - clock.now())
      await clock.advance(link.until - clock.now())
    }
    expect(waits).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 90_000, 90_000])
    operator.refusesConnections = false
    await clock.advance(2 * MINUTE)
    await until(() => session.link.at === 'online')
  })

  it('comes back by itself when the flow breaks', async () => {
    const heard: string[] = []
    newSession().events.on('online', () => heard.push('online'))
    session.events.on('offline', () => heard.push('offline'))
    session.start()
    await until(() => session.link.at === 'online')
    await clock.advance(MINUTE)
    operator.flows[0]!.close()
    await until(() => session.link.at === 'waiting')
    await clock.advance(SECOND)
    await until(() => session.link.at === 'online')
    expect(heard).toEqual(['online', 'offline', 'online'])
    expect(operator.flows).toHaveLength(2)
  })

  it('pings within the flow timer and gives the flow up when a pong fails to come', async () => {
    await online()
    let pings = 0
    operator.flows[0]!.events.on('ping', () => pings++)
    await clock.advance(31 * SECOND)
    await until(() => pings === 1)
    // From now on the server's side is deaf.
    Object.assign(operator.flows[0]!, { receive: () => undefined })
    await pass(31 * SECOND)
    expect(operator.flows).toHaveLength(1)
    await pass(11 * SECOND)
    await until(() => operator.flows.length === 2 && session.link.at === 'online')
  })

  it('connects anew at once after the machine slept', async () => {
    await online()
    await clock.advance(30 * SECOND)
    clock.jump(2 * HOUR)
    await clock.advance(5 * SECOND)
    await until(() => operator.flows.length === 2 && session.link.at === 'online')
  })

  it('does not wait any longer when another network appears', async () => {
    operator.refusesConnections = true
    newSession().start()
    for (let attempt = 1; attempt <= 7; attempt++) {
      const link = await until(() => (session.link.at === 'waiting' && session.link.attempt === attempt ? session.link : undefined))
      if (attempt < 7) await clock.advance(link.until - clock.now())
    }
    operator.refusesConnections = false
    addresses = ['192.0.2.1', '198.51.100.7']
    await clock.advance(5 * SECOND)
    await until(() => session.link.at === 'online')
  })
})

describe('requests', () => {
  it('answer a 407 and show the password by themselves the next time', async () => {
    await online()
    operator.challengesMessages = true
    const send = () => session.request({ method: 'MESSAGE', to: lan, headers: [['Content-Type', 'text/plain']], body: new TextEncoder().encode('hi') })
    expect((await send()).status).toBe(200)
    expect(operator.of('MESSAGE')).toHaveLength(2)
    expect((await send()).status).toBe(200)
    expect(operator.of('MESSAGE')).toHaveLength(3)
    expect(operator.of('MESSAGE')[2]!.headers.get('Proxy-Authorization')).toContain('nc=00000002')
  })

  it('are refused while there is no link', async () => {
    newSession()
    await expect(session.request({ method: 'MESSAGE', to: lan })).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
