import { createHash, type X509Certificate } from 'node:crypto'
import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { Fault } from '../base/faults'

/** What a TLS server shows, as far as a person or a pin goes by it. */
export interface ShownCertificate {
  /** SHA-256 of its DER, lower-case hex. */
  fingerprint: string
  /** Its names: of the DNS in subjectAltName, or else the common name. */
  names: string[]
}

/** SHA-256 of a certificate's DER, lower-case hex: what others call its fingerprint. */
export const fingerprintOf = ({ raw }: Pick<X509Certificate, 'raw'>): string => createHash('sha256').update(raw).digest('hex')

/** @throws Fault `bad-certificate` when it shows none */
export function shownBy(socket: TLSSocket): ShownCertificate {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) throw new Fault('bad-certificate', { text: 'no certificate was shown' })
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([^\s,"]+)/g)].map((found) => found[1]!)
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1]
  return { fingerprint: fingerprintOf(certificate), names: names.length > 0 || common === undefined ? names : [common] }
}

/** What is wrong with who answered, if it did not show the certificate `pin`. */
export function pinFault(socket: TLSSocket, pin: string): Fault | undefined {
  const shown = socket.getPeerX509Certificate()
  const fingerprint = shown && fingerprintOf(shown)
  if (fingerprint === pin) return undefined
  return new Fault('changed-certificate', { text: 'another certificate than the pinned one', detail: { pinned: pin, ...(fingerprint !== undefined && { shown: fingerprint }) } })
}

/** HTTPS to who shows the certificate `pin` and to nobody else: until it has, nothing of a request leaves. */
export class PinnedAgent extends Agent {
  readonly #pin: string

  constructor(pin: string, options: ConstructorParameters<typeof Agent>[0] = {}) {
    // A session that is taken up again shows no certificate.
    super({ ...options, maxCachedSessions: 0 })
    this.#pin = pin
  }

  override createConnection(options: ConnectionOptions, connected?: (error: Error | null, socket: Duplex) => void): Duplex | undefined {
    const socket = connect({ ...options, rejectUnauthorized: false })
    const tell = (error: Error | null): void => {
      socket.removeListener('error', tell)
      connected?.(error, socket)
    }
    socket.once('error', tell)
    socket.once('secureConnect', () => {
      const fault = pinFault(socket, this.#pin)
      if (!fault) return tell(null)
      socket.destroy()
      tell(fault)
    })
    return undefined
  }
}
