import { readFileTransfer, readResumeInfo, writeFileTransfer, writeResumeInfo } from '../../../src-main/rcs/file-transfer'
import { mustEqual, refusing, type Target } from '../target'
import { xmlWords } from './words'

const file = { size: 48_000, contentType: 'image/png', url: 'https://ft.example.com/d/1?a=b&c', until: 1.7e12 }

/** What others say lies at a content server, and how far an upload came (RCC.07 3.2.5). */
export const fileTransfer: Target = {
  seeds: (samples) => [
    ...samples.filter(({ name }) => name.includes('filetransfer')).flatMap(({ bytes }) => {
      const at = Buffer.from(bytes).indexOf('<?xml')
      return at < 0 ? [] : [bytes.subarray(at)]
    }),
    Buffer.from(writeFileTransfer({ ...file, name: 'a<&b.png', thumbnail: { ...file, size: 7 } })),
    Buffer.from(writeFileTransfer({ ...file, duration: 12_000, isVoice: true, hash: '0a'.repeat(32) })),
    Buffer.from('<file><file-info type="file"><file-size>1</file-size><data localurl="x"/><data url="http://a.example/"/><file-key>k</file-key></file-info></file>'),
    Buffer.from(writeResumeInfo({ range: { start: 0, end: 99 }, url: 'https://ft.example.com/up/1' })),
  ],
  dictionary: [
    ...xmlWords, '<file-info type="file">', '<file-info type="thumbnail">', '<file-size>', '<content-type>', 'audio/wav;voice-recording=yes', '<am:playing-length>', '601',
    'file-disposition="render"', '<data url="', ' until="', 'localurl=', '<x:file-hash>', '<file-key>', '<file-resume-info>', '<file-range start="0" end="', 'javascript:', 'https://',
  ],
  run(input) {
    const read = refusing(() => readFileTransfer(input))
    if (read) {
      if (!/^https?:\/\//.test(read.url) || !Number.isSafeInteger(read.size)) throw new Error(`it would be fetched from ${read.url}`)
      // What is written says whole seconds, and speaks of no key.
      const { isEncrypted: _, duration, ...whole } = read
      const { duration: again, ...rest } = readFileTransfer(writeFileTransfer(read))
      mustEqual('a file', sorted(rest), sorted(whole))
      mustEqual('whether it plays', again === undefined, duration === undefined)
    }
    const resume = refusing(() => readResumeInfo(input))
    if (resume) mustEqual('how far it came', sorted(readResumeInfo(writeResumeInfo(resume))), sorted(resume))
  },
}

const sorted = (value: object): unknown => Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
