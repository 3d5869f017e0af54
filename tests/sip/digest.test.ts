import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src-main/base/clock'
import { answerChallenge, checkCredentials, ha1, makeChallenge, makeChallenges, readChallenge, readCredentials } from '../../src-main/sip/digest'
import type { Ha1s } from '../../src-main/sip/digest'
import { Nonces } from '../../src-main/sip/nonces'
import { HandClock } from '../fakes/clock'

const realm = 'lab.test'
const hashes: Ha1s = { 'SHA-256': ha1('SHA-256', 'mei', realm, 'secret'), MD5: ha1('MD5', 'mei', realm, 'secret') }

function desk() {
  const clock = new HandClock()
  const nonces = new Nonces({ clock })
  const answer = (challenges: string[], nc = 1, password = 'secret') =>
    answerChallenge({ challenges, username: 'mei', password, method: 'REGISTER', uri: 'sip:lab.test', cnonce: 'c', nc })!.value
  const check = (header: string | undefined, ha1s = hashes, requestUri = 'sip:lab.test') =>
    checkCredentials({ header, realm, ha1: ha1s, method: 'REGISTER', requestUri, nonces })
  return { clock, nonces, answer, check }
}

describe('the digest', () => {
  // reference/rcs.md 1.1: the same request with both algorithms.
  test.each([
    ['SHA-256', '2b1f0a2766b93139d1704f595558f7173dd679c31932b4242cca065779f243be'],
    ['MD5', 'a50ff5bf3654b5c8134710266f85725f'],
  ] as const)('of %s is what others compute', (algorithm, response) => {
    const { value } = answerChallenge({
      challenges: [makeChallenge({ realm: 'example.com', nonce: 'n0nce1', algorithm })],
      username: '+8613800000001', password: 's3cret', method: 'REGISTER', uri: 'sip:example.com', cnonce: 'c0ffee', nc: 1,
    })!
    expect(readCredentials(value)).toMatchObject({ response, algorithm, nc: '00000001', qop: 'auth' })
  })

  test('answers the topmost challenge that it can', () => {
    const both = makeChallenges({ realm, nonce: 'n' })
    const of = (challenges: string[]) =>
      answerChallenge({ challenges, username: 'mei', password: 'x', method: 'REGISTER', uri: 'sip:lab.test', cnonce: 'c', nc: 1 })?.challenge.algorithm
    expect(of(both)).toBe('SHA-256')
    expect(of(both.toReversed())).toBe('MD5')
    expect(of(['Digest realm="r", nonce="n", algorithm=SHA-512-256, qop="auth"', both[1]!])).toBe('MD5')
    expect(of(['Basic realm="r"', 'Digest realm="r", nonce="n", algorithm=SHA-512-256'])).toBeUndefined()
  })

  test('without qop is that of RFC 2069', () => {
    const { value } = answerChallenge({ challenges: ['Digest realm="r", nonce="n"'], username: 'u', password: 'p', method: 'REGISTER', uri: 'sip:r', cnonce: 'c', nc: 1 })!
    expect(value).not.toContain('qop')
    expect(readCredentials(value)).toMatchObject({ algorithm: 'MD5', nonce: 'n' })
  })

  test('is read however it is spelled', () => {
    expect(readChallenge('DIGEST  realm = "a\\"b" ,nonce="n", STALE=TRUE, qop="auth, auth-int", opaque="o"')).toEqual({
      realm: 'a"b', nonce: 'n', algorithm: 'MD5', qop: ['auth', 'auth-int'], stale: true, opaque: 'o',
    })
    expect(() => readChallenge('Digest realm="a"')).toThrow(expect.objectContaining({ code: 'malformed' }))
    expect(() => readChallenge('Digest realm="a')).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})

describe('a server', () => {
  test('lets the right password in, with either algorithm', () => {
    const { nonces, answer, check } = desk()
    for (const challenge of makeChallenges({ realm, nonce: nonces.make() })) expect(check(answer([challenge], challenge.includes('MD5') ? 2 : 1))).toEqual({ ok: true, username: 'mei' })
  })

  test('keeps everything else out', () => {
    const { nonces, answer, check } = desk()
    const right = () => makeChallenges({ realm, nonce: nonces.make() })
    expect(check(answer(right(), 1, 'wrong'))).toMatchObject({ ok: false, reason: 'wrong' })
    expect(check(answer(right()), {})).toMatchObject({ ok: false, reason: 'wrong' })
    expect(check(answer(right()), { MD5: hashes.MD5! })).toMatchObject({ ok: false, reason: 'wrong' })
    expect(check(answer(right()), hashes, 'sip:other.test')).toMatchObject({ ok: false, reason: 'wrong' })
    expect(check(answer(makeChallenges({ realm: 'other', nonce: nonces.make() })))).toMatchObject({ ok: false, reason: 'wrong' })
    expect(check(undefined)).toEqual({ ok: false, reason: 'absent' })
    expect(check('Basic x')).toEqual({ ok: false, reason: 'absent' })
    // The empty digest with which IMS begins.
    expect(check('Digest username="mei", realm="lab.test", nonce="", uri="sip:lab.test", response=""')).toEqual({ ok: false, reason: 'absent' })
    expect(check('Digest username="mei')).toEqual({ ok: false, reason: 'malformed' })
    expect(check(answer([`Digest realm="${realm}", nonce="${nonces.make()}"`]))).toMatchObject({ ok: false, reason: 'malformed' })
  })

  test('takes the same credentials only once', () => {
    const { nonces, answer, check } = desk()
    const challenges = makeChallenges({ realm, nonce: nonces.make() })
    expect(check(answer(challenges, 1)).ok).toBe(true)
    expect(check(answer(challenges, 1))).toMatchObject({ ok: false, reason: 'replayed' })
    expect(check(answer(challenges, 2)).ok).toBe(true)
  })

  test('takes counts that overtook each other, each once', () => {
    const { nonces } = desk()
    const nonce = nonces.make()
    const uses = [5, 3, 4, 5, 3, 40, 8, 9, 41, 9].map((nc) => nonces.use(nonce, nc))
    expect(uses).toEqual(['good', 'good', 'good', 'replayed', 'replayed', 'good', 'replayed', 'good', 'good', 'replayed'])
  })

  test('calls an old nonce stale, and one that it never made', async () => {
    const { clock, nonces, answer, check } = desk()
    const old = makeChallenges({ realm, nonce: nonces.make() })
    await clock.advance(11 * MINUTE)
    expect(check(answer(old))).toMatchObject({ ok: false, reason: 'stale' })
    expect(check(answer(makeChallenges({ realm, nonce: new Nonces({ clock }).make() })))).toMatchObject({ ok: false, reason: 'stale' })
    expect(check(answer(makeChallenges({ realm, nonce: 'short' })))).toMatchObject({ ok: false, reason: 'stale' })
    expect(readChallenge(makeChallenges({ realm, nonce: 'n', stale: true })[0]!)!.stale).toBe(true)
  })

  test.each([-HOUR, 11 * MINUTE])('takes no notice of a wall clock that is set by %d ms', async (ms) => {
    const clock = new HandClock()
    const nonces = new Nonces({ clock, capacity: 2 })
    // More than are remembered: what was issued until now may have been forgotten, what comes is new all the same.
    for (let i = 0; i < 3; i++) {
      await clock.advance(1)
      expect(nonces.use(nonces.make(), 1)).toBe('good')
    }
    await clock.advance(1)
    const before = nonces.make()
    clock.jump(ms)
    await clock.advance(1)
    expect([nonces.use(before, 1), nonces.use(nonces.make(), 1)]).toEqual(['good', 'good'])
  })

  test('knows a nonce only by its own spelling', () => {
    const { nonces } = desk()
    const nonce = nonces.make()
    expect(nonces.use(nonce, 1)).toBe('good')
    expect(nonces.use(`${nonce}=`, 1)).toBe('stale')
    expect(nonces.use(nonce.toLowerCase() === nonce ? nonce.toUpperCase() : nonce.toLowerCase(), 1)).toBe('stale')
  })

  test('lets no forgotten nonce be used again', async () => {
    const clock = new HandClock()
    const nonces = new Nonces({ clock, capacity: 2 })
    const all: string[] = []
    for (let i = 0; i < 3; i++) {
      await clock.advance(1)
      all.push(nonces.make())
    }
    expect(all.map((nonce) => nonces.use(nonce, 1))).toEqual(['good', 'good', 'good'])
    // The first was forgotten to make room for the third.
    expect(nonces.use(all[0]!, 1)).toBe('stale')
    expect(nonces.use(all[2]!, 1)).toBe('replayed')
  })
})
