import type { SipMessage } from './message'

/** A message as it goes on the wire: start line and headers with their empty line, and the body. */
export interface Written {
  head: string
  body: Uint8Array
}

const startLine = (message: SipMessage): string =>
  message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0\r\n` : `SIP/2.0 ${message.status} ${message.reason}\r\n`

/** Content-Length is what the body has, whatever the headers say. */
export const written = (message: SipMessage): Written =>
  ({ head: `${startLine(message)}${message.headers.write(message.body.length)}\r\n`, body: message.body })

/** All of it in one buffer. */
export const encode = (messages: readonly Written[]): Buffer => encodeAscii(messages) ?? encodeAny(messages)

const LF = 10

/** As nearly all heads are ASCII, they are not measured first; nothing when one is not. */
function encodeAscii(messages: readonly Written[]): Buffer | undefined {
  // With a byte to spare what was written ends early only before a character of several bytes, and none follows a line end.
  let size = 1
  for (const { head, body } of messages) size += head.length + body.length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const { head, body } of messages) {
    if (bytes.write(head, at) !== head.length || bytes[at + head.length - 1] !== LF) return undefined
    at += head.length
    if (body.length > 0) bytes.set(body, at)
    at += body.length
  }
  return bytes.subarray(0, at)
}

function encodeAny(messages: readonly Written[]): Buffer {
  let size = 0
  for (const { head, body } of messages) size += Buffer.byteLength(head) + body.length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const { head, body } of messages) {
    at += bytes.write(head, at)
    if (body.length > 0) bytes.set(body, at)
    at += body.length
  }
  return bytes
}

/** The message as bytes. */
export const writeMessage = (message: SipMessage): Buffer => encode([written(message)])
