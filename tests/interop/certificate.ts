import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate that signs itself, for `127.0.0.1`, `localhost` and the domain; both files are PEM. */
export interface Certificate {
  cert: string
  key: string
  remove(): void
}

/** Made for one run: a committed one would run out. Throws what openssl says. */
export function makeCertificate(domain: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-certificate-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const { status, stderr, error } = spawnSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${domain}`,
    '-addext', `subjectAltName=DNS:${domain},DNS:localhost,IP:127.0.0.1`, '-keyout', key, '-out', cert,
  ], { encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(stderr)
  return { cert, key, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Why no certificate can be made, if so. */
export const noOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? undefined : 'skipped, because there is no openssl'
