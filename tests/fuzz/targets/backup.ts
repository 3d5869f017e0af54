import { readSms, readMms } from '../../../src-main/import/records'
import { BackupReader, type Piece } from '../../../src-main/import/reader'
import { mustEqual, refusing, type Target } from '../target'
import { xmlWords } from './words'

const home = { account: 'sip:alice@lab.test', code: '86' }

function piecesOf(input: Uint8Array, cut: number): Piece[] | undefined {
  return refusing(() => {
    const reader = new BackupReader()
    const pieces: Piece[] = []
    for (let at = 0; at < input.length; at += cut) pieces.push(...reader.read(Buffer.from(input.subarray(at, at + cut))))
    pieces.push(...reader.end())
    return pieces
  })
}

const messagesOf = (pieces: readonly Piece[]): unknown[] => pieces.flatMap((piece): unknown[] => {
  if (piece.kind === 'sms') return [readSms(piece, home)]
  // How often damage is told of may hang on where a piece was cut; what is read must not.
  return piece.kind === 'mms' ? [readMms(piece, new Map(), home)] : []
})

/** A file that somebody takes for a backup of a phone: whichever way it is cut, the same messages come out. */
export const backup: Target = {
  seeds: (samples) => samples.filter(({ name }) => name.endsWith('.xml')).map(({ bytes }) => bytes),
  dictionary: [
    ...xmlWords, '<smses count="1">', '</smses>', '<sms ', '<mms ', '<parts>', '<part ', '</parts>', '<addrs>', '<addr ', '</mms>', 'address="10086"', 'date="', 'type="2"',
    'body="', 'data="', 'ct="image/png"', 'ct="application/smil"', 'text="null"', 'msg_box="2"', 'iVBORw0KGgo=', '==', '~', '&#55357;&#56832;', 'insert-address-token',
  ],
  run(input) {
    const whole = piecesOf(input, input.length + 1)
    const cut = 1 + ((input[0] ?? 0) + input.length) % 61
    const pieces = piecesOf(input, cut)
    if (!whole || !pieces) return mustEqual('whether it is refused', Boolean(whole), Boolean(pieces))
    mustEqual(`cut every ${cut} bytes`, messagesOf(pieces), messagesOf(whole))
  },
  flood(input) {
    const reader = new BackupReader()
    for (let sent = 0; sent < 16 * 1024 * 1024; sent += input.length) if (!refusing(() => reader.read(Buffer.from(input)))) break
    return reader
  },
}
