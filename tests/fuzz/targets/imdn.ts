import { readImdn, writeImdn, type Imdn } from '../../../src-main/rcs/imdn'
import { readIsComposing, writeIsComposing } from '../../../src-main/rcs/is-composing'
import { mustEqual, refusing, type Target } from '../target'
import { xmlWords } from './words'

/** The schema wants a datetime: one that is not known is written as 0. */
function orderly({ messageId, datetime = 0, ...rest }: Imdn): Imdn {
  return { messageId, datetime, ...rest }
}

/** RFC 5438 and RFC 3994. */
export const imdn: Target = {
  seeds: () => [
    writeImdn({ messageId: 'a<&b', datetime: 1.7e12, kind: 'delivery', status: 'delivered' }),
    writeImdn({ messageId: '34jk', datetime: 1.7e12, kind: 'display', status: 'displayed' }),
    writeIsComposing({ state: 'active', contentType: 'text/plain', refresh: 60 }),
    '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>a</message-id><datetime>2026-05-03T08:00:00Z</datetime><delivery-notification><status><failed/>' +
      '<reason code="415">no</reason></status></delivery-notification></imdn>',
  ].map((text) => Buffer.from(text)),
  dictionary: xmlWords,
  run(input) {
    const read = refusing(() => readImdn(input))
    if (read) mustEqual('a receipt', readImdn(writeImdn(read)), orderly(read))
    const composing = refusing(() => readIsComposing(input))
    if (composing) mustEqual('typing', readIsComposing(writeIsComposing(composing)).state, composing.state)
  },
}
