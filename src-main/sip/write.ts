import type { SipMessage } from './message'

const startLine = (message: SipMessage): string =>
  message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0\r\n` : `SIP/2.0 ${message.status} ${message.reason}\r\n`

/** The message as bytes; Content-Length is what the body has, whatever the headers say. */
export function writeMessage(message: SipMessage): Buffer {
  const body = message.body
  const head = startLine(message) + message.headers.write(body.length) + '\r\n'
  const length = Buffer.byteLength(head, 'utf8')
  const bytes = Buffer.allocUnsafe(length + body.length)
  bytes.write(head, 0, length, 'utf8')
  if (body.length > 0) bytes.set(body, length)
  return bytes
}
