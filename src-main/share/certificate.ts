import { X509Certificate, createPrivateKey } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DAY } from '../base/clock'
import { Fault } from '../base/faults'
import { fingerprintOf } from '../sip/pin'
import { makeSelfSigned } from '../sip/self-signed'

/** What a relay shows of itself, and proves. */
export interface Certificate {
  /** PEM. */
  cert: string
  key: string
  /** SHA-256 of its DER, lower-case hex. */
  fingerprint: string
}

/** Whoever compared it goes by the fingerprint alone, so it need not run out. */
const VALID = 20 * 365 * DAY

/**
 * The certificate that `file` keeps together with its key; made with the first call, signed by itself. For its owner alone.
 * @throws Fault `storage-damaged` when the file is there and cannot be used: another certificate would be a stranger to everybody
 */
export async function openCertificate(file: string, { domain, now }: { domain: string; now: number }): Promise<Certificate> {
  const kept = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw new Fault('folder-unwritable', { cause: thrown, text: `cannot read ${file}` })
  })
  if (kept !== undefined) return read(kept, file)
  const { key, cert } = await makeSelfSigned({ name: domain, now, valid: VALID })
  const made = `${key}${cert}`
  await write(file, made)
  return read(made, file)
}

function read(text: string, file: string): Certificate {
  const part = (name: string): string | undefined => new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----`).exec(text)?.[0]
  try {
    const [key, cert] = [part('PRIVATE KEY')!, part('CERTIFICATE')!]
    const certificate = new X509Certificate(cert)
    if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another certificate')
    return { cert: `${cert}\n`, key: `${key}\n`, fingerprint: fingerprintOf(certificate) }
  } catch (cause) {
    throw new Fault('storage-damaged', { cause, text: `the certificate in ${file} cannot be used`, detail: { file } })
  }
}

/** The whole file or none, from the first moment for its owner alone. */
async function write(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await chmod(dirname(file), 0o700)
    await rm(fresh, { force: true })
    const handle = await open(fresh, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (thrown) {
    const isFull = (thrown as NodeJS.ErrnoException).code === 'ENOSPC'
    throw new Fault(isFull ? 'disk-full' : 'folder-unwritable', { cause: thrown, text: `cannot write ${file}` })
  }
}
