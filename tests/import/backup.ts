import { createHash } from 'node:crypto'
import fc from 'fast-check'

/** A message as a telephone has it. */
export interface OldMessage {
  kind: 'sms' | 'mms'
  address: string
  name?: string
  outgoing: boolean
  date: number
  text: string
  files: { name: string; type: string; bytes: Buffer }[]
}

/** As Android writes it: controls and everything beyond the basic plane as references, an emoji as its two halves. */
const escape = (text: string): string => text.replace(/[&<>"']|[\u0000-\u001f]|[\ud800-\udfff]/g, (one) => `&#${one.charCodeAt(0)};`)

const attributes = (all: Record<string, string | number>): string =>
  Object.entries(all).map(([name, value]) => ` ${name}="${escape(String(value))}"`).join('')

function write(message: OldMessage): string {
  const { kind, address, name = '(Unknown)', outgoing, date, text, files } = message
  if (kind === 'sms') {
    return `  <sms${attributes({
      protocol: 0, address, date, type: outgoing ? 2 : 1, subject: 'null', body: text, toa: 'null', sc_toa: 'null', service_center: 'null', read: 1,
      status: -1, locked: 0, date_sent: 0, sub_id: 1, readable_date: new Date(date).toISOString(), contact_name: name,
    })} />\n`
  }
  const parts = files.map(({ name: cl, type, bytes }, seq) => `      <part${attributes({ seq, ct: type, name: 'null', chset: 'null', cd: 'null', fn: 'null', cid: 'null', cl, ctt_s: 'null', ctt_t: 'null', text: 'null', data: bytes.toString('base64') })} />\n`)
  if (text) parts.push(`      <part${attributes({ seq: 9, ct: 'text/plain', name: 'null', cl: 'null', text })} />\n`)
  const [self, other] = outgoing ? [137, 151] : [151, 137]
  return `  <mms${attributes({ date, msg_box: outgoing ? 2 : 1, address, m_type: outgoing ? 128 : 132, sub: 'null', read: 1, contact_name: name })}>\n    <parts>\n${parts.join('')}    </parts>\n` +
    `    <addrs>\n      <addr address="insert-address-token" type="${self}" charset="106" />\n      <addr${attributes({ address, type: other, charset: 106 })} />\n    </addrs>\n  </mms>\n`
}

export const backup = (messages: readonly OldMessage[]): Buffer => Buffer.from(
  `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<?xml-stylesheet type="text/xsl" href="sms.xsl"?>\n<smses count="${messages.length}" backup_set="x" backup_date="1">\n${messages.map(write).join('')}</smses>`)

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Spellings of a few people, and others that are no numbers. */
const people = [['13800138000', '+86 138 0013 8000', '+8613800138000'], ['13900139000', '008613900139000'], ['10086'], ['ICBC'], ['mei@example.org']] as const

/** Whom an address stands for. */
export const personOf = (address: string): number => people.findIndex((spellings) => (spellings as readonly string[]).includes(address))

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom('', 'null?', '好的', '<b>&amp;"\'', 'a\nb', '😀👨‍👩‍👧', 'OK'), fc.string({ unit: 'binary-ascii', maxLength: 20 }),
)
/** XML's controls become U+FFFD, and line ends are one kind. */
export const readable = (written: string): string => {
  const read = written.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').toWellFormed()
  return read === 'null' ? '' : read
}

export const oldMessage = fc.record({
  kind: fc.constantFrom('sms' as const, 'mms' as const),
  address: fc.constantFrom(...people.flat()),
  outgoing: fc.boolean(),
  date: fc.integer({ min: 1_500_000_000_000, max: 1_500_000_000_050 }),
  text,
  files: fc.array(fc.record({
    name: fc.constantFrom('a.png', 'b.jpg', '照片.gif'), type: fc.constantFrom('image/png', 'application/pdf'), bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  }), { maxLength: 2 }),
}).map((message): OldMessage => (message.kind === 'sms' ? { ...message, files: [] } : message))

/** Many messages of many people, with times that rise; some with pictures. */
export function manyMessages(count: number, { conversations = 40, picturesEvery = 0, from = 0 }: { conversations?: number; picturesEvery?: number; from?: number } = {}): OldMessage[] {
  return Array.from({ length: count }, (_, i): OldMessage => {
    const n = from + i
    const person = (n * 7_919) % conversations
    const hasPicture = picturesEvery > 0 && n % picturesEvery === 0
    return {
      kind: hasPicture ? 'mms' : 'sms', address: `138${String(person).padStart(8, '0')}`, name: `Person ${person}`, outgoing: n % 3 === 0, date: 1_500_000_000_000 + n * 60_000,
      text: `old message ${n} 第${n}条`, files: hasPicture ? [{ name: `p${n}.png`, type: 'image/png', bytes: picture(n) }] : [],
    }
  })
}

/** 1 by 1 pixels would do; bytes that differ with `n`, and begin like a PNG. */
function picture(n: number): Buffer {
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(`picture ${n % 50} `.repeat(100))])
}
