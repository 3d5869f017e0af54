import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { Fault } from '../../base/faults'
import { atFirstPort } from '../../base/first-port'
import type { Log } from '../../base/log'
import type { ContentDoor, DoorAnswer } from '../content-door'
import { securityHeaders } from '../content-policy'
import { pageFile } from '../page-files'
import { PROTOCOL_ERROR, type BridgeChannel } from '../serve-bridge'
import { isSameToken } from './token'

/** The page asks for a new link, or gives up; see src-renderer/bridge/channel.ts. */
export const TOKEN_REFUSED = 4401
export const ORIGIN_REFUSED = 4403
/** RFC 6455 7.4.1: going away. */
const GOING_AWAY = 1001
/** A window's frame is text it was typed; answers, which may be larger, go the other way. Bytes. */
const LARGEST_FRAME = 1024 * 1024
/** What may wait for a window that does not read, before it is given up. Bytes. */
const LARGEST_BACKLOG = 32 * 1024 * 1024

export interface LoopbackOptions {
  /** Where the built window lies (`out/renderer`). */
  folder: string
  /** Ports to try, in order. */
  ports: readonly number[]
  token: string
  /** Answers for the files of messages. */
  content: ContentDoor
  /** A page was let in. */
  onWindow(channel: BridgeChannel): void
  log: Log
}

export interface Loopback {
  readonly port: number
  /** An address that opens the window once, without the token in it: a command line can be read by everybody on the computer. */
  ticketUrl(): string
  stop(): Promise<void>
}

/** A ticket is for the window that is just being opened, and for no other. */
const tickets = () => {
  const open = new Set<string>()
  return {
    issue(): string {
      const ticket = crypto.randomUUID()
      open.add(ticket)
      return ticket
    },
    use: (ticket: string): boolean => open.delete(ticket),
  }
}

function channelOf(socket: WebSocket): BridgeChannel {
  return {
    post(messages) {
      if (socket.bufferedAmount > LARGEST_BACKLOG) socket.terminate()
      else socket.send(JSON.stringify(messages))
    },
    close: (code) => socket.close(code),
    onFrame(listener) {
      socket.on('message', (data, isBinary) => {
        let frame: unknown
        try {
          frame = isBinary ? undefined : JSON.parse((data as Buffer).toString())
        } catch {
          frame = undefined
        }
        listener(frame)
      })
    },
    onClose: (listener) => void socket.on('close', listener),
  }
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Hands on what the content door answered; a page that goes away in the middle, as a film that is wound on does, is no error. */
async function hand({ status, headers, body }: DoorAnswer, response: ServerResponse): Promise<void> {
  response.writeHead(status, headers)
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return void response.end(body)
  await pipeline(body, response).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw thrown
  })
}

/**
 * Serves the window on 127.0.0.1 alone. Every request must name that address as its Host (a name that a stranger's DNS points
 * here does not), the bridge also its Origin and the token.
 * @throws Fault `port-taken` when none of `ports` is free
 */
export async function startLoopback({ folder, ports, token, content, onWindow, log }: LoopbackOptions): Promise<Loopback> {
  const issued = tickets()
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: LARGEST_FRAME, perMessageDeflate: false, handleProtocols: (names) => names.has('yanxin') && 'yanxin',
  })
  let host = ''

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, headers: Record<string, string>, body?: Uint8Array | string) => {
      response.writeHead(status, { ...securityHeaders(`ws://${host}`), ...headers })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    const text = (status: number, body: string) => send(status, { 'Content-Type': 'text/plain; charset=utf-8' }, `${body}\n`)
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead && request.headers.host === host.replace('127.0.0.1', 'localhost')) return send(308, { Location: `http://${host}${path}` })
    // RFC 9110 15.5.20: not a server for that name.
    if (request.headers.host !== host) return text(421, 'This is not the address of Yanxin.')
    const found = await content({ method: request.method ?? '', path, query, header: (name) => headerOf(request, name), body: request }, `http://${host}`)
    if (found) return hand(found, response)
    if (!isRead) return text(405, 'Only GET.')
    if (path === '/open') {
      if (request.method !== 'GET' || !issued.use(query)) return text(403, 'This link was for one use only. Take the one that the terminal shows.')
      return send(303, { Location: `/#${token}`, 'Cache-Control': 'no-store' })
    }
    const file = await pageFile(folder, path)
    if (!file) return text(404, 'Nothing is here.')
    return send(200, { 'Content-Type': file.type, 'Cache-Control': file.isForever ? 'max-age=31536000, immutable' : 'no-cache' }, file.bytes)
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (request.headers.host !== host || request.url !== '/bridge') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (window) => {
      window.on('error', (error) => log.warn({ err: error }, 'a window broke off'))
      // Refused after the handshake: only so does the page learn why (a refused handshake looks like no server at all).
      if (request.headers.origin !== `http://${host}`) return window.close(ORIGIN_REFUSED)
      const given = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
      if (given.length !== 2 || given[0] !== 'yanxin') return window.close(PROTOCOL_ERROR)
      if (!isSameToken(given[1]!, token)) {
        log.warn({}, 'a window came with a wrong token')
        return window.close(TOKEN_REFUSED)
      }
      onWindow(channelOf(window))
    })
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => {
      log.error({ err: thrown }, 'a page could not be served')
      response.destroy()
    })
  })
  server.on('upgrade', upgrade)
  await listen(server, ports)
  const { port } = server.address() as AddressInfo
  host = `127.0.0.1:${port}`
  return {
    port,
    ticketUrl: () => `http://${host}/open?${issued.issue()}`,
    async stop() {
      for (const window of sockets.clients) window.close(GOING_AWAY)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // A page that does not answer the closing handshake is not waited for.
      setImmediate(() => {
        server.closeAllConnections()
        for (const window of sockets.clients) window.terminate()
      })
      await closed
    },
  }
}

/** Listens on the first of `ports` that is free. */
async function listen(server: ReturnType<typeof createServer>, ports: readonly number[]): Promise<void> {
  try {
    await atFirstPort(ports, (port) => new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    }))
  } catch (cause) {
    const port = ports[0] ?? 0
    throw new Fault('port-taken', { cause, detail: { port }, text: `Port ${port} of 127.0.0.1 cannot be used: ${(cause as Error).message}.` })
  }
}
