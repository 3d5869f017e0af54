import { DAY } from '../../src-main/base/clock'
import { flag, type Envelope } from '../../src-main/relay/envelope'
import type { Put } from '../../src-main/relay/queue/row'

export const mei = 'sip:mei@example.org'
export const lan = 'sip:lan@example.org'
export const noon = Date.UTC(2026, 4, 3, 12)

const bytes = (text: string) => new TextEncoder().encode(text)

export const envelope = (id: string, more: Partial<Envelope> = {}): Envelope => ({
  id, from: mei, to: lan, conversation: mei, contentType: 'text/plain', body: bytes(`body of ${id}`), headers: [['Call-ID', id]],
  sentAt: noon, expiresAt: noon + 30 * DAY, flags: flag.wantsFailure, ...more,
})

export const put = (id: string, lanes: string | readonly string[] = 'device:lan', more: Partial<Envelope> = {}): Put =>
  ({ envelope: envelope(id, more), lanes: typeof lanes === 'string' ? [lanes] : lanes })
