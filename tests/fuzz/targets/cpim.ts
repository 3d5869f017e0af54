import { peekCpim, readCpim, writeCpim } from '../../../src-main/rcs/cpim'
import { mustEqual, refusing, type Target } from '../target'
import { cpimWords } from './words'

/** RFC 3862; what can be read is written as what reads the same. */
export const cpim: Target = {
  seeds: (samples) => samples.filter(({ name }) => name.endsWith('.sip')).flatMap(({ bytes }) => {
    const at = Buffer.from(bytes).indexOf('\r\n\r\n')
    return at < 0 ? [] : [bytes.subarray(at + 4)]
  }).filter((body) => body.length > 0),
  dictionary: cpimWords,
  run(input) {
    const read = refusing(() => readCpim(input))
    const peeked = refusing(() => peekCpim(input))
    if (!read) return
    if (!peeked) throw new Error('it can be read whole and not be looked into')
    mustEqual('what a look tells', [peeked.messageId, peeked.from, [...peeked.dispositions]], [read.messageId, read.from, [...read.dispositions]])
    const again = readCpim(writeCpim(read))
    mustEqual('a CPIM message', { ...again }, { ...read })
  },
}
