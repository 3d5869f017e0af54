import { checkCredentials, readChallenge } from '../../../src-main/sip/digest'
import { readEvent, writeEvent } from '../../../src-main/sip/event'
import { Headers } from '../../../src-main/sip/headers'
import { readMediaType } from '../../../src-main/sip/media-type'
import { readContacts, readNameAddress, writeNameAddress } from '../../../src-main/sip/name-address'
import { Nonces } from '../../../src-main/sip/nonces'
import { readReasons, writeReason } from '../../../src-main/sip/reason'
import { readReferTo } from '../../../src-main/sip/refer'
import { readSubscriptionState, writeSubscriptionState } from '../../../src-main/sip/subscription-state'
import { addressOfRecord, readUri, writeUri } from '../../../src-main/sip/uri'
import { readVia } from '../../../src-main/sip/via'
import { readCSeq } from '../../../src-main/sip/cseq'
import { HandClock } from '../../fakes/clock'
import { mustEqual, refusing, type Target } from '../target'
import { sipWords } from './words'

const nonces = new Nonces({ clock: new HandClock() })
const readers: readonly ((text: string) => unknown)[] = [
  addressOfRecord, (text) => readContacts([text]), readVia, readMediaType, readChallenge, readCSeq, readReferTo,
  (header) => checkCredentials({ header, realm: 'r', ha1: {}, method: 'MESSAGE', requestUri: 'sip:r', nonces }),
]

/** The values of headers, each reader for itself. */
export const sipHeaders: Target = {
  seeds: () => [
    'sip:alice:secret@[2001:db8::1]:5060;transport=tcp;lr?subject=a&to=b', 'tel:+86-138-0013-8000;phone-context=+86', '"A \\" B" <sip:a@b;x=y>;tag=1;q=0.5',
    'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKx;rport;received=192.0.2.2', 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth,auth-int", stale=true',
    'Digest username="a", realm="r", nonce="n", uri="sip:r", response="0123", cnonce="c", nc=00000001, qop=auth', 'text/plain;charset="utf-8"', '1 MESSAGE', '*',
    'SIP;cause=200;text="Call completed", Q.850;cause=16', 'active;expires=600', 'terminated;reason=deactivated;retry-after=5', 'refer;id=1', '<sip:a@b;method=BYE>;text;admin=1', '<cid:a@b>',
    'sip:%61lice@EXAMPLE.com', '<sip:a@b>;expires=3600;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000000>";reg-id=1',
  ].map((text) => Buffer.from(text)),
  dictionary: sipWords,
  run(input) {
    const text = Buffer.from(input).toString('utf8')
    for (const read of readers) refusing(() => read(text))
    const uri = refusing(() => readUri(text))
    if (uri) {
      const written = writeUri(uri)
      mustEqual('a URI', writeUri(readUri(written)), written)
    }
    const event = refusing(() => readEvent(text))
    if (event) mustEqual('an Event', readEvent(writeEvent(event)), event)
    const state = refusing(() => readSubscriptionState(text))
    if (state) mustEqual('a Subscription-State', readSubscriptionState(writeSubscriptionState(state)), state)
    const reasons = refusing(() => readReasons(headerOf('Reason', text)))
    if (reasons) mustEqual('reasons', readReasons(headerOf('Reason', reasons.map(writeReason).join(', '))), reasons)
    const name = refusing(() => readNameAddress(text))
    if (name) mustEqual('a name-addr', readNameAddress(writeNameAddress(name)), name)
  },
}

const headerOf = (name: string, value: string): Headers => {
  const headers = new Headers()
  headers.append(name, value)
  return headers
}
