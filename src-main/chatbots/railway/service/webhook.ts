import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Heard } from '../talk/conversation'

/** What the gateway may send at once, bytes. */
const LARGEST = 512 * 1024

/** What a webhook's body says to the railway; nothing for events that need no answer. */
export function readEvent(body: unknown): Heard | undefined {
  const { RCSMessage: message, messageContact, event } = (body ?? {}) as {
    RCSMessage?: { msgId?: unknown; textMessage?: unknown; suggestedResponse?: { response?: Record<string, { displayText?: unknown; postback?: { data?: unknown } }> } }
    messageContact?: { userContact?: unknown; chatId?: unknown }
    event?: unknown
  }
  const person = messageContact?.userContact ?? messageContact?.chatId
  const id = message?.msgId
  if (typeof person !== 'string' || typeof id !== 'string') return undefined
  switch (event) {
    case 'newUser': return { id, person, data: 'new_bot_user_initiation' }
    case 'response': {
      const response = message!.suggestedResponse?.response
      const tapped = response?.['reply'] ?? response?.['action']
      const data = tapped?.postback?.data
      if (typeof data === 'string' && data !== '') return { id, person, data }
      return typeof tapped?.displayText === 'string' ? { id, person, text: tapped.displayText } : undefined
    }
    // A picture, a voice or a place has no text: it is answered that typing is understood.
    case 'message': return { id, person, ...(typeof message!.textMessage === 'string' && message!.textMessage !== '' && { text: message!.textMessage }) }
    default: return undefined
  }
}

/** Whether the gateway signed it (`X-Hub-Signature-256`, an HMAC of the body). */
export function isSigned(body: Uint8Array, header: string | undefined, secret: string): boolean {
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const said = Buffer.from(header ?? '')
  return said.length === wanted.length && timingSafeEqual(said, wanted)
}

export interface WebhookParts {
  host: string
  /** 0 takes any that is free. */
  port: number
  secret: string
  /** Keeps what was heard; only then the gateway has its answer. */
  hear(heard: Heard): void
}

/** Listens for the gateway. Resolves with the port that was taken. */
export async function listen({ host, port, secret, hear }: WebhookParts): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer({ requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    const end = (status: number) => response.writeHead(status, { 'Content-Length': 0 }).end()
    if (request.method !== 'POST') return void end(405)
    readBody(request).then((body) => {
      if (body === undefined) return end(413)
      if (!isSigned(body, request.headers['x-hub-signature-256'] as string | undefined, secret)) return end(401)
      let event: unknown
      try {
        event = JSON.parse(body.toString())
      } catch {
        return end(400)
      }
      const heard = readEvent(event)
      if (heard) hear(heard)
      return end(200)
    }).catch(() => (response.headersSent ? response.destroy() : end(500)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += (part as Buffer).length
    if (size > LARGEST) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}
