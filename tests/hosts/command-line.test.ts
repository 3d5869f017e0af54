import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import { defaultDataFolder, explain, readFlags, signInByFlags, type SignsIn } from '../../src-main/command-line'
import type { AppState, LinkView, SignIn } from '../../src-main/contract/calls'
import { HandClock } from '../fakes/clock'

const system = { platform: 'linux', env: {}, home: '/home/mei' }
const read = (...args: string[]) => readFlags(args, system)

describe('the flags', () => {
  it('are those of design.md', () => {
    const flags = read('--browser', '--no-open', '--port', '4711', '--data', 'here', '--demo')
    expect(flags).toMatchObject({ browser: true, noOpen: true, port: 4711, data: resolve('here'), demo: true })
    const account = read('--account', 'mei@example.com', '--relay', 'sip:127.0.0.1:5060;transport=tcp', '--new-token')
    expect(account).toMatchObject({ account: 'mei@example.com', relay: 'sip:127.0.0.1:5060;transport=tcp', newToken: true })
    expect(read('--port=0').port).toBe(0)
    expect(read().port).toBeUndefined()
  })

  it.each([
    [['--colour'], /--colour.*The flags are --browser/], [['--port', 'x'], /--port x is not a port/], [['--port', '65536'], /not a port/],
    [['--relay', 'sip:a'], /needs --account/], [['--account', 'mei@a'], /needs --relay/], [['--demo', '--account', 'm@a', '--relay', 'sip:a'], /exclude/],
    [['--ca', '/none.pem'], /cannot be read/], [['extra'], /extra/],
  ])('%j are refused in one sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence)
    try {
      read(...args)
    } catch (thrown) {
      expect((thrown as Fault).code).toBe('bad-argument')
      expect((thrown as Fault).message).not.toContain('\n')
    }
  })

  it('take a certificate only if the file holds one', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'yanxin-ca-')), 'ca.pem')
    writeFileSync(file, 'nothing')
    expect(() => read('--ca', file)).toThrow(/no certificate/)
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\n')
    expect(read('--ca', file).ca).toContain('BEGIN CERTIFICATE')
  })

  it('put the data where the system keeps such things', () => {
    expect(defaultDataFolder('linux', {}, '/home/mei')).toBe('/home/mei/.local/share/yanxin')
    expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/data' }, '/home/mei')).toBe('/data/yanxin')
    expect(defaultDataFolder('darwin', {}, '/Users/mei')).toBe('/Users/mei/Library/Application Support/Yanxin')
    expect(defaultDataFolder('win32', { LOCALAPPDATA: '/l' }, '/u')).toBe('/l/Yanxin')
  })
})

describe('signing in by flags', () => {
  const signs = { clock: new HandClock(), say() {} }
  const app = (address?: string, at: LinkView['at'] = 'waiting') => {
    const asked: (SignIn | 'here')[] = []
    const fake: SignsIn = {
      state: () => ({
        link: { at }, ...(address && { account: { address, relay: 'sip:127.0.0.1:5060;transport=tcp' } }),
      }) as AppState,
      signIn: async (details) => void asked.push(details),
      tryHere: async () => void asked.push('here'),
    }
    return { fake, asked }
  }
  const account = read('--account', 'mei@example.com', '--relay', 'sip:127.0.0.1')

  it('uses the password of the environment', async () => {
    const { fake, asked } = app()
    await signInByFlags(fake, account, 'secret', signs)
    expect(asked).toEqual([{ address: 'mei@example.com', relay: 'sip:127.0.0.1', password: 'secret' }])
  })

  it('says that the password is missing, unless that account is signed in already', async () => {
    const { fake, asked } = app()
    await expect(signInByFlags(fake, account, undefined, signs)).rejects.toThrow(/YANXIN_PASSWORD/)
    const open = app('sip:mei@example.com')
    await signInByFlags(open.fake, account, undefined, signs)
    expect([...asked, ...open.asked]).toEqual([])
  })

  it('signs in anew when the account that is open was refused, or is another', async () => {
    const refused = app('sip:mei@example.com', 'stopped')
    await signInByFlags(refused.fake, account, 'new', signs)
    const other = app('sip:lan@example.com')
    await signInByFlags(other.fake, account, 'secret', signs)
    expect([refused.asked.length, other.asked.length]).toEqual([1, 1])
  })

  describe('at a relay that is not there yet', () => {
    /** It has asked once by the time this resolves. */
    const refusing = async (times: number, code: Fault['code']) => {
      const { fake, asked } = app()
      const said: string[] = []
      const clock = new HandClock()
      const signIn: SignsIn['signIn'] = async (details) => {
        await fake.signIn(details)
        if (asked.length <= times) throw new Fault(code, { text: 'connect ECONNREFUSED' })
      }
      const done = signInByFlags({ ...fake, signIn }, account, 'secret', { clock, say: (text) => void said.push(text) })
      done.catch(() => {})
      await new Promise((resolve) => setImmediate(resolve))
      return { asked, said, clock, done }
    }

    it('waits for it, saying so once', async () => {
      const { asked, said, clock, done } = await refusing(3, 'cannot-connect')
      await clock.advance(10 * SECOND)
      await done
      expect(asked).toHaveLength(4)
      expect(said).toEqual(['mei@example.com cannot sign in at sip:127.0.0.1 yet: the relay cannot be reached (connect ECONNREFUSED); trying again for 30 seconds …'])
    })

    it('gives up after half a minute, with a sentence', async () => {
      const { clock, done } = await refusing(1_000, 'cannot-connect')
      await clock.advance(31 * SECOND)
      await expect(done).rejects.toMatchObject({
        code: 'cannot-connect', message: 'mei@example.com cannot sign in at sip:127.0.0.1: the relay cannot be reached (connect ECONNREFUSED).',
      })
    })

    it('does not try a wrong password again', async () => {
      const { asked, said, done } = await refusing(1_000, 'wrong-password')
      await expect(done).rejects.toMatchObject({ code: 'wrong-password' })
      expect([asked.length, said]).toEqual([1, []])
    })
  })

  it('--demo tries it on this computer', async () => {
    const { fake, asked } = app()
    await signInByFlags(fake, read('--demo'), undefined, signs)
    expect(asked).toEqual(['here'])
  })
})

describe('what stops the program', () => {
  it('has its exit code and its sentence', () => {
    expect(explain(new Fault('folder-locked', { text: 'In use by 12.' }))).toEqual({ sentence: 'In use by 12.', exitCode: 3 })
    expect(explain(new Fault('port-taken', { text: 'Taken.' })).exitCode).toBe(1)
    expect(explain(new Fault('bad-argument', { text: 'No.' })).exitCode).toBe(2)
    expect(explain(new Error('odd')).sentence).toBe('Yanxin stopped because of a mistake of its own: odd')
  })
})
