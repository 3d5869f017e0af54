import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { RelayLook } from '../contract/share'
import { connectRelay, readRelayUri } from '../network/resolve'
import { spokenCode } from '../share/codes'
import type { Flow } from '../sip/flow'
import { lookAtCertificate } from '../sip/tls'
import type { SavedAccount } from './data-folder'
import type { Nearby } from './nearby'

/** How long a computer of the same network may take to answer, ms. */
const NEAR = 5 * SECOND
/** How long one that has moved is listened for, ms. */
const LISTEN = 3 * SECOND

/** The certificate of a relay that a colleague shares, to be compared before anything is sent to it. @throws Fault `cannot-connect`, `bad-argument` */
export async function lookAtRelay(at: string, clock: Clock): Promise<RelayLook> {
  const typed = at.normalize('NFKC').trim()
  const { host, port, uri } = readRelayUri(/^sips?:/i.test(typed) ? typed : `sips:${typed}`)
  const { fingerprint, names } = await lookAtCertificate({ host, port, timeout: NEAR, clock })
  return { relay: uri, domain: names[0]?.toLowerCase() ?? '', fingerprint, code: await spokenCode(fingerprint) }
}

export interface PinnedParts {
  nearby: Nearby
  /** It was found at another address, which is to be kept. */
  moved(relay: string): Promise<void>
  clock: Clock
  log: Log
}

/**
 * Connects to who shows the compared certificate. A colleague's computer gets another address now and then: it is looked for in
 * the network then. @throws Fault `cannot-connect`, `changed-certificate`
 */
export async function connectPinned({ relay = '' }: SavedAccount, pin: string, { nearby, moved, clock, log }: PinnedParts): Promise<Flow> {
  try {
    return await connectRelay(readRelayUri(relay), { clock, log, pin, timeout: NEAR })
  } catch (thrown) {
    const found = await nearby.find(pin, LISTEN)
    const at = found && readRelayUri(`sips:${found.host}:${found.port}`)
    if (!at || at.uri === relay) throw Fault.from(thrown)
    const flow = await connectRelay(at, { clock, log, pin, timeout: NEAR })
    log.info({ from: relay, to: at.uri }, 'the relay has moved')
    await moved(at.uri)
    return flow
  }
}
