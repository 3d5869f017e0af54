import { DAY } from '../base/clock'

export interface SelfSignedOptions {
  /** Its common name and its DNS name, ASCII. */
  name: string
  /** ms since 1970; it is good from a day before, for clocks that are a little behind. */
  now: number
  /** How long it is good, ms. */
  valid: number
  /** Whether who connects may show it too. @default false */
  forClients?: boolean
}

/** A certificate that signs itself, with its key (P-256), both PEM: for peers who go by its fingerprint alone. It is no authority. */
export async function makeSelfSigned({ name, now, valid, forClients = false }: SelfSignedOptions): Promise<{ cert: string; key: string }> {
  // Read when it is needed: most programs never make one.
  const { generate } = await import('selfsigned')
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate: new Date(now - DAY), notAfterDate: new Date(now + valid),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, ...(forClients && { clientAuth: true }) },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  })
  return { cert: `${cert.trim()}\n`, key: `${key.trim()}\n` }
}
