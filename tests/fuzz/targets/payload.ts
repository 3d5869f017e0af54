import { deflateSync } from 'node:zlib'
import { readPayload } from '../../../src-main/rcs/content'
import { writeReceipt, writeText } from '../../../src-main/rcs/write'
import { refusing, type Target } from '../target'
import { cpimWords, xmlWords } from './words'

const written = (body: Uint8Array, type: string, encoding = ''): Buffer => Buffer.concat([Buffer.from(`${type}\n${encoding}\n`), body])
const frame = { from: 'sip:alice@lab.test', to: 'sip:bob@lab.test', sentAt: 1.7e12, id: 'fuzz-1' }

/** A body with its type and encoding (first and second line): deflate, CPIM and multipart inside each other, and what they hold. */
export const payload: Target = {
  seeds(samples) {
    const text = writeText({ ...frame, text: '你好 😀' })
    const receipt = writeReceipt({ ...frame, imdn: { messageId: 'x', datetime: 1.7e12, kind: 'delivery', status: 'delivered' } })
    const multipart = Buffer.from('--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>\r\n--b--\r\n')
    return [
      written(text.body, text.contentType), written(receipt.body, receipt.contentType), written(deflateSync(text.body), text.contentType, 'deflate'),
      written(multipart, 'multipart/mixed;boundary=b'), written(Buffer.from('plain'), 'text/plain;charset=gbk'),
      ...samples.filter(({ name }) => name.endsWith('.body')).map(({ bytes }) => written(bytes, 'message/cpim')),
    ]
  },
  dictionary: [...cpimWords, ...xmlWords, '--b', '--b--', 'boundary=', 'multipart/mixed;boundary=b', 'message/cpim', 'deflate', 'message/imdn+xml'],
  run(input) {
    const bytes = Buffer.from(input)
    const first = bytes.indexOf(10)
    const second = bytes.indexOf(10, first + 1)
    if (first < 0 || second < 0) return
    const encoding = bytes.toString('latin1', first + 1, second)
    const read = refusing(() => readPayload({
      contentType: bytes.toString('latin1', 0, first), body: bytes.subarray(second + 1), ...(encoding && { contentEncoding: encoding }),
    }))
    if (read && read.parts.length === 0) throw new Error('a payload without parts')
  },
}
