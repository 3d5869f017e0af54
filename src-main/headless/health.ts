import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'

export interface HealthListener {
  uri: string
  close(): void
}

/** What is answered on the --http listener. */
export interface Health {
  /** For `GET /healthz`: 200 when a message would be taken now, else 503 with the reason. */
  health(): Promise<{ ok: boolean; body: object }>
  /** For `GET /metrics`. */
  metrics(): Promise<{ contentType: string; text: string }>
}

/** Chatbots, who ask on the same listener. */
export interface Bots {
  owns(path: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** Answers `/healthz` and `/metrics`, and bots, to whoever can reach it. @throws Fault `port-taken` */
export function listenHealth({ host, port }: { host: string; port: number }, answers: Health, log: Log, bots?: Bots): Promise<HealthListener> {
  const server = createServer((request, response) => {
    if (bots?.owns(request.url?.split('?')[0] ?? '')) return bots.handle(request, response)
    answer(request, response, answers).catch((thrown: unknown) => {
      log.error({ err: thrown }, 'could not answer on http')
      response.writeHead(500).end()
    })
  })
  // Whoever asks has little to say, but for a bot that brings a file.
  server.headersTimeout = 10_000
  server.requestTimeout = bots ? 300_000 : 10_000
  server.maxConnections = bots ? 1_000 : 100
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Fault(error.code === 'EADDRINUSE' ? 'port-taken' : 'cannot-connect', { text: error.message, cause: error, detail: { host, port } }))
    })
    server.listen({ host, port }, () => {
      const bound = server.address()
      const taken = typeof bound === 'object' && bound ? bound.port : port
      resolve({
        uri: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
        close() {
          server.close()
          server.closeAllConnections()
        },
      })
    })
  })
}

async function answer({ url = '', method }: IncomingMessage, response: ServerResponse, { health, metrics }: Health): Promise<void> {
  const path = url.split('?')[0]
  const isRead = method === 'GET' || method === 'HEAD'
  const say = (status: number, contentType: string, text: string): void => {
    response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' })
    response.end(method === 'HEAD' ? undefined : text)
  }
  const json = (status: number, body: object): void => say(status, 'application/json', JSON.stringify(body))
  if (path === '/healthz' && isRead) {
    const { ok, body } = await health()
    return json(ok ? 200 : 503, body)
  }
  if (path === '/metrics' && isRead) {
    const { contentType, text } = await metrics()
    return say(200, contentType, text)
  }
  json(path === '/healthz' || path === '/metrics' ? 405 : 404, { status: 'not found' })
}
