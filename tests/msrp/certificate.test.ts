import { X509Certificate, createPrivateKey } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { makeIdentity } from '../../src-main/msrp/certificate'
import { fingerprintOf, fingerprintOfPem, fitsFingerprints, readFingerprint } from '../../src-main/msrp/fingerprint'
import { speaker } from './wire'

const now = Date.UTC(2026, 4, 3)
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe('a certificate of our own', () => {
  test('is one, signed by itself, for its name and its time', async () => {
    const { cert, key } = await makeIdentity({ name: 'mei.test', now, days: 10 })
    const read = new X509Certificate(cert)
    expect(read.subject).toBe('CN=mei.test')
    expect(read.verify(read.publicKey)).toBe(true)
    expect(read.checkPrivateKey(createPrivateKey(Buffer.from(key)))).toBe(true)
    expect(read.checkHost('mei.test')).toBe('mei.test')
    expect([read.validFrom, read.validTo].map((at) => Date.parse(at))).toEqual([now - 86_400_000, now + 864_000_000])
    expect(fingerprintOfPem(cert).value).toBe(read.fingerprint256)
  })

  test('is another one each time, and outlives 2049', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => makeIdentity({ name: 'mei.test', now, days: 20_000 })))
    const [a, b] = [one!, two!].map(({ cert }) => new X509Certificate(cert))
    expect(a!.serialNumber).not.toBe(b!.serialNumber)
    expect(new Date(a!.validTo).getFullYear()).toBeGreaterThan(2079)
  })

  test('has no name that would break it', async () => {
    for (const name of ['', 'a b', '雁', 'x'.repeat(65)]) await expect(makeIdentity({ name, now })).rejects.toMatchObject({ code: 'bad-argument' })
  })

  test('carries a session over TLS, its peer proved by its fingerprint', async () => {
    const [mei, lan] = await Promise.all(['mei.test', 'lan.test'].map(async (name) => speaker({ identity: await makeIdentity({ name, now: Date.now() }) })))
    ends.push(() => mei!.endpoint.close(), () => lan!.endpoint.close())
    await mei!.endpoint.listen({ host: '127.0.0.1', port: 0, secure: true })
    const [a, b] = [mei!.session({ secure: true }), lan!.session({ secure: true })]
    await Promise.all([a.open(b.media('active'), 'passive'), b.open(a.media(), 'active')])
    expect(await b.send({ contentType: 'text/plain', body: Buffer.from('hi'), successReport: true }).reported).toEqual({ ok: true })
  })
})

describe('a fingerprint', () => {
  const bytes = Buffer.from('a certificate')
  const good = fingerprintOf(bytes)

  test('is read in any case, and written in upper', () => {
    expect(readFingerprint('SHA-256 ab:cd')).toEqual({ hash: 'sha-256', value: 'AB:CD' })
    for (const bad of ['', 'sha-256', 'sha-256 abcd', 'sha-256 ab:c', 'sha-256 ab:cd:', 'sha 256 ab:cd']) expect(readFingerprint(bad)).toBeUndefined()
  })

  test('fits when it is one of those of the strongest hash that is known', () => {
    const other = fingerprintOf(Buffer.from('another'))
    expect(fitsFingerprints(bytes, [other, good])).toBe(true)
    expect(fitsFingerprints(bytes, [other])).toBe(false)
    expect(fitsFingerprints(bytes, [good, fingerprintOf(bytes, 'sha-512')])).toBe(true)
    // Who can make a weaker one fit does not get through with it.
    expect(fitsFingerprints(bytes, [good, fingerprintOf(Buffer.from('another'), 'sha-512')])).toBe(false)
    for (const hash of ['md5', 'constructor']) expect(fitsFingerprints(bytes, [{ hash, value: good.value }])).toBe(false)
    expect(fitsFingerprints(bytes, [])).toBe(false)
    expect(fitsFingerprints(undefined, [good])).toBe(false)
  })
})
