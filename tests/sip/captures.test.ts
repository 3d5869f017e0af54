import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkMessage } from '../../src-main/sip/check'
import { answerChallenge, ha1, isRightResponse, readChallenge, readCredentials } from '../../src-main/sip/digest'
import { Framer } from '../../src-main/sip/framer'
import type { SipMessage } from '../../src-main/sip/message'
import { readContacts, readNameAddress } from '../../src-main/sip/name-address'
import { parseMessage } from '../../src-main/sip/parser'
import { addressOfRecord, readUri } from '../../src-main/sip/uri'
import { readVia } from '../../src-main/sip/via'
import { writeMessage } from '../../src-main/sip/write'
import { root } from '../fakes/build'
import { messagesIn } from './wire'

const folder = join(root, 'tests/fixtures/wire')
const files = readdirSync(folder).filter((name) => name.endsWith('.sip'))
const bytesOf = (file: string): Buffer => readFileSync(join(folder, file))
const only = (file: string): SipMessage => {
  const messages = messagesIn(bytesOf(file))
  expect(messages).toHaveLength(1)
  return messages[0]!
}
const plain = (message: SipMessage) => ({ ...message, headers: [...message.headers.entries()] })
/** The bytes as text, but for the case of header names and the white space behind their colons. */
const spelled = (bytes: Buffer): string => {
  const [head = '', ...body] = bytes.toString('latin1').split('\r\n\r\n')
  return [head.replace(/^([\w-]+): +/gm, (_, name: string) => `${name.toLowerCase()}: `), ...body].join('\r\n\r\n')
}
const messages = files.filter((file) => !file.includes('keepalive'))

describe('real messages of Linphone, Kamailio and SIPp', () => {
  test.each(messages)('%s is read, and read again after it was written', (file) => {
    const message = only(file)
    checkMessage(message)
    // Over UDP there need not be one; over a stream there is.
    const hadLength = message.headers.has('Content-Length')
    if (!hadLength) message.headers.set('Content-Length', '0')
    const written = writeMessage(message)
    const [again] = messagesIn(written)
    expect(plain(again!)).toEqual(plain(message))
    if (hadLength) expect(spelled(written)).toBe(spelled(bytesOf(file)))
  })

  test('keep-alives are a ping and a pong', () => {
    expect(new Framer().push(bytesOf('68-keepalive-ping.sip')).map(({ kind }) => kind)).toEqual(['pong', 'ping'])
    expect(new Framer().push(bytesOf('69-keepalive-pong.sip')).map(({ kind }) => kind)).toEqual(['pong'])
  })

  test('all of them in one buffer are as many messages', () => {
    expect(messagesIn(Buffer.concat(messages.map(bytesOf)))).toHaveLength(messages.length)
  })
})

describe('the digests that Linphone computed', () => {
  const digests = files.filter((file) => file.includes('digest'))

  test.each(digests)('%s is right', (file) => {
    const message = parseMessage(...headAndBody(bytesOf(file)))
    if (message.kind !== 'request') throw new Error('a response')
    const credentials = readCredentials(message.headers.get('Authorization') ?? message.headers.get('Proxy-Authorization')!)!
    const { username, realm } = credentials
    expect(realm).toBe('lab.test')
    expect(isRightResponse(credentials, { MD5: ha1('MD5', username, realm, `${username}pw`) }, message.method)).toBe(true)
    expect(isRightResponse(credentials, { MD5: ha1('MD5', username, realm, `${username}pX`) }, message.method)).toBe(false)
    expect(isRightResponse(credentials, { MD5: ha1('MD5', username, realm, `${username}pw`) }, 'NOTIFY')).toBe(false)
  })

  test('Kamailio\'s challenge is answered as Linphone answers it', () => {
    const challenge = readChallenge(only('02-register-401.sip').headers.get('WWW-Authenticate')!)!
    expect(challenge).toMatchObject({ realm: 'lab.test', algorithm: 'MD5', qop: ['auth'], stale: false })
    const theirs = readCredentials(only('03-register-digest.sip').headers.get('Authorization')!)!
    const ours = answerChallenge({
      challenges: [challenge], username: 'alice', password: 'alicepw', method: 'REGISTER', uri: 'sip:lab.test', cnonce: theirs.cnonce!, nc: 1,
    })!
    expect(readCredentials(ours.value)!.response).toBe(theirs.response)
  })
})

describe('what stands in them', () => {
  test('a Contact with instance and GRUU', () => {
    const contacts = readContacts(only('04-register-200-gruu.sip').headers.all('Contact'))
    if (contacts === '*') throw new Error('a star')
    expect(contacts[0]!.params.get('+sip.instance')).toBe('<urn:uuid:842a65bd-2572-0028-96e4-3d8101465b0e>')
    expect(contacts[0]!.params.get('expires')).toBe('600')
    expect(readUri(contacts[0]!.uri)).toMatchObject({ user: 'alice', host: '127.0.0.1', port: 56_522 })
  })

  test('addresses, whichever way they are written', () => {
    const { headers } = only('20-message-cpim-digest.sip')
    expect(addressOfRecord(readNameAddress(headers.get('From')!).uri)).toBe('sip:alice@lab.test')
    expect(addressOfRecord(readNameAddress(headers.get('To')!).uri)).toBe('sip:bob@lab.test')
  })

  test('Via with rport and received', () => {
    const via = readVia(only('02-register-401.sip').headers.get('Via')!)
    expect(via).toMatchObject({ transport: 'TCP', host: '127.0.0.1', port: 46_395 })
    expect(Object.fromEntries(via.params)).toEqual({ alias: '', branch: 'z9hG4bK.~jD3h6twu', rport: '56522', received: '127.0.0.1' })
  })
})

function headAndBody(bytes: Buffer): [Buffer, Buffer] {
  const end = bytes.indexOf('\r\n\r\n')
  return [bytes.subarray(0, end + 2), bytes.subarray(end + 4)]
}
