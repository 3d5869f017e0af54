import { inflateBounded } from '../rcs/deflate'
import type { Envelope } from '../relay/envelope'
import type { Flow } from '../sip/flow'

/**
 * A message as a web page can read it. COMPAT(jssip): a page's library takes every body for UTF-8 text (RFC 7118 5), so a
 * deflated one, as Linphone's receipts are, goes out as what it says.
 */
export const forPage = (envelope: Envelope, { transport }: Pick<Flow, 'transport'>): Envelope =>
  (transport === 'ws' || transport === 'wss' ? inflated(envelope) : envelope)

/** The same message with its body as it reads. */
export function inflated(envelope: Envelope): Envelope {
  const isEncoding = ([name, value]: readonly [string, string]): boolean =>
    name.toLowerCase() === 'content-encoding' && value.trim().toLowerCase() === 'deflate'
  if (!envelope.headers.some(isEncoding)) return envelope
  try {
    return { ...envelope, body: inflateBounded(envelope.body), headers: envelope.headers.filter((header) => !isEncoding(header)) }
  } catch {
    // What is not deflate although it says so is the recipient's to refuse.
    return envelope
  }
}
