import { isUtf8 } from 'node:buffer'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { WebSocket, WebSocketServer } from 'ws'
import { MINUTE, SECOND } from '../base/clock'
import type { Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow, Listener } from './flow'
import { defaultLimits } from './limits'
import { connectFault, listen } from './tcp'
import type { ConnectOptions, ListenOptions } from './tcp'
import { WireFlow } from './wire-flow'
import type { FlowOptions, Wire } from './wire-flow'

export interface WebSocketListenOptions extends ListenOptions {
  /** PEM; with `key` it is wss. */
  cert?: string
  key?: string
  /**
   * Web pages that may connect, e.g. `https://phone.example`. @default all: what a page may do here needs the password,
   * which no browser adds by itself (RFC 7118 10.1)
   */
  origins?: readonly string[]
}

/** RFC 7118 4: the subprotocol that both sides must name. */
const subprotocol = 'sip'
/** RFC 7118 6: how often a client is pinged, in ms. A page cannot ping by itself, and its library need not. */
const pingEvery = MINUTE

/** Listens for SIP over WebSocket, RFC 7118. @throws Fault `port-taken`, `cannot-connect`, `bad-certificate` */
export async function listenWebSocket(options: WebSocketListenOptions, onFlow: (flow: Flow) => void): Promise<Listener> {
  const transport = options.cert === undefined ? 'ws' : 'wss'
  const server = options.cert === undefined ? createHttpServer() : secure(options)
  const sockets = new WebSocketServer({
    server,
    maxPayload: maxPayload(options),
    perMessageDeflate: false,
    handleProtocols: (names) => (names.has(subprotocol) ? subprotocol : false),
    verifyClient({ req: { headers } }, answer) {
      const { origin } = headers
      if (!named(headers['sec-websocket-protocol'])) return answer(false, 400, 'Bad Request')
      // RFC 6455 10.2. Only browsers say where they come from; everybody else could say anything.
      if (origin !== undefined && options.origins?.includes(origin.toLowerCase()) === false) return answer(false, 403, 'Forbidden')
      answer(true)
    },
  })
  sockets.on('connection', (socket, request) => {
    const { localAddress, localPort, remoteAddress, remotePort } = request.socket
    const flow = webSocketFlow(socket, {
      transport,
      local: { host: localAddress ?? '', port: localPort ?? 0 },
      remote: { host: remoteAddress ?? '', port: remotePort ?? 0 },
    }, options)
    keepAlive(socket, flow, options.clock)
    onFlow(flow)
  })
  sockets.on('error', (error) => options.log.error({ err: error }, 'a WebSocket listener failed'))
  server.on('clientError', (_error, socket) => socket.destroy())
  return listen(server, options, transport)
}

const named = (protocols = ''): boolean => protocols.split(',').some((name) => name.trim() === subprotocol)

/** A pong is a sign of life like the CRLF of others; a client from which none comes is gone. */
function keepAlive(socket: WebSocket, flow: Flow, clock: Clock): void {
  let answered = true
  const timer = clock.every(pingEvery, () => {
    if (!answered) return flow.close(new Fault('connection-lost', { text: 'no pong came' }))
    answered = false
    socket.ping()
  })
  socket.on('pong', () => {
    answered = true
    flow.events.emit('pong')
  })
  flow.events.on('closed', () => timer.cancel())
}

function secure({ cert, key }: WebSocketListenOptions): ReturnType<typeof createHttpsServer> {
  try {
    return createHttpsServer({ cert: cert!, key: key ?? '', minVersion: 'TLSv1.2' })
  } catch (thrown) {
    throw new Fault('bad-certificate', { text: 'the certificate or its key cannot be used', cause: thrown })
  }
}

/** Connects to a SIP server over WebSocket. @throws Fault `cannot-connect`, `bad-certificate` */
export function connectWebSocket(options: ConnectOptions & { secure?: boolean; path?: string; ca?: string }): Promise<Flow> {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  const url = `${options.secure ? 'wss' : 'ws'}://${host}:${options.port}${options.path ?? '/'}`
  const socket = new WebSocket(url, subprotocol, {
    maxPayload: maxPayload(options),
    perMessageDeflate: false,
    handshakeTimeout: options.timeout ?? 10 * SECOND,
    ...(options.ca !== undefined && { ca: options.ca }),
  })
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(connectFault(error))
    socket.once('error', fail)
    socket.once('open', () => {
      socket.removeListener('error', fail)
      // RFC 7118 8.1: the client has no address of its own to name, so it makes one up.
      const local = { host: `${crypto.randomUUID().slice(0, 12)}.invalid`, port: 0 }
      resolve(webSocketFlow(socket, {
        transport: options.secure ? 'wss' : 'ws', local, remote: { host: options.host, port: options.port },
      }, options))
    })
  })
}

const maxPayload = ({ limits }: FlowOptions): number => {
  const { maxHead, maxBody } = { ...defaultLimits, ...limits }
  // A little more is read, so that a message just too large gets its answer instead of a closed socket.
  return 2 * (maxHead + maxBody)
}

function webSocketFlow(socket: WebSocket, ends: Pick<Wire, 'transport' | 'local' | 'remote'>, options: FlowOptions): Flow {
  const flow = new WireFlow(
    {
      ...ends,
      isDatagram: true,
      get waiting() {
        return socket.bufferedAmount
      },
      // RFC 7118 5: text or binary; text is what browsers' SIP libraries read best.
      write: (bytes) => socket.send(bytes, { binary: !isUtf8(bytes) }, () => {}),
      end() {
        socket.close(1000)
        const giveUp = options.clock.after(2 * SECOND, () => socket.terminate())
        socket.once('close', () => giveUp.cancel())
      },
    },
    options,
  )
  let error: Error | undefined
  socket.on('message', (data) => flow.receive(data as Buffer))
  socket.on('error', (thrown) => (error = thrown))
  socket.on('close', () => flow.ended(error && new Fault('connection-lost', { text: error.message, cause: error })))
  return flow
}
