import { checkCredentials, readChallenge } from '../../../src-main/sip/digest'
import { readMediaType } from '../../../src-main/sip/media-type'
import { readContacts, readNameAddress, writeNameAddress } from '../../../src-main/sip/name-address'
import { Nonces } from '../../../src-main/sip/nonces'
import { addressOfRecord, readUri, writeUri } from '../../../src-main/sip/uri'
import { readVia } from '../../../src-main/sip/via'
import { readCSeq } from '../../../src-main/sip/cseq'
import { HandClock } from '../../fakes/clock'
import { mustEqual, refusing, type Target } from '../target'
import { sipWords } from './words'

const nonces = new Nonces({ clock: new HandClock() })
const readers: readonly ((text: string) => unknown)[] = [
  addressOfRecord, (text) => readContacts([text]), readVia, readMediaType, readChallenge, readCSeq,
  (header) => checkCredentials({ header, realm: 'r', ha1: {}, method: 'MESSAGE', requestUri: 'sip:r', nonces }),
]

/** The values of headers, each reader for itself. */
export const sipHeaders: Target = {
  seeds: () => [
    'sip:alice:secret@[2001:db8::1]:5060;transport=tcp;lr?subject=a&to=b', 'tel:+86-138-0013-8000;phone-context=+86', '"A \\" B" <sip:a@b;x=y>;tag=1;q=0.5',
    'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKx;rport;received=192.0.2.2', 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth,auth-int", stale=true',
    'Digest username="a", realm="r", nonce="n", uri="sip:r", response="0123", cnonce="c", nc=00000001, qop=auth', 'text/plain;charset="utf-8"', '1 MESSAGE', '*',
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
    const name = refusing(() => readNameAddress(text))
    if (name) mustEqual('a name-addr', readNameAddress(writeNameAddress(name)), name)
  },
}
