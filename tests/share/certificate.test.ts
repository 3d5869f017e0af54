import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../src-main/base/clock'
import { openCertificate } from '../../src-main/share/certificate'
import { temporaryFolder } from '../fakes/database'

const now = Date.UTC(2026, 4, 3)

describe('the certificate of a shared relay', () => {
  it('names the domain, signs itself, is no authority, and outlives the computer', async () => {
    const { cert, fingerprint } = await openCertificate(join(temporaryFolder(), 'share/certificate.pem'), { domain: 'office.internal', now })
    const read = new X509Certificate(cert)
    expect(read.checkHost('office.internal')).toBe('office.internal')
    expect(read.verify(read.publicKey)).toBe(true)
    expect(read.ca).toBe(false)
    expect(fingerprint).toBe(read.fingerprint256.replaceAll(':', '').toLowerCase())
    // A clock that is a little behind does not refuse it.
    expect(read.validFromDate.getTime()).toBe(now - DAY)
    expect(read.validToDate.getTime() - now).toBeGreaterThan(19 * 365 * DAY)
  })

  it('is the same each time, and nobody else on the computer can read its key', async () => {
    const file = join(temporaryFolder(), 'share/certificate.pem')
    const made = await openCertificate(file, { domain: 'office.internal', now })
    expect(await openCertificate(file, { domain: 'office.internal', now: now + DAY })).toEqual(made)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is never replaced by another one when the file is damaged', async () => {
    const file = join(temporaryFolder(), 'certificate.pem')
    const [mine, other] = [await openCertificate(file, { domain: 'a.internal', now }), await openCertificate(join(temporaryFolder(), 'c.pem'), { domain: 'a.internal', now })]
    for (const text of ['', readFileSync(file, 'utf8').slice(0, 300), other.key + mine.cert]) {
      writeFileSync(file, text)
      await expect(openCertificate(file, { domain: 'a.internal', now })).rejects.toMatchObject({ code: 'storage-damaged', detail: { file } })
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
  })
})
