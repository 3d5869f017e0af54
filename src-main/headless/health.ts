import { createServer } from 'node:http'
import { Fault } from '../base/faults'

export interface HealthListener {
  uri: string
  close(): void
}

/** Answers `GET /healthz` with what `health` says, as JSON. @throws Fault `port-taken` */
export function listenHealth({ host, port }: { host: string; port: number }, health: () => object): Promise<HealthListener> {
  const server = createServer((request, response) => {
    const isHealth = request.url === '/healthz' && (request.method === 'GET' || request.method === 'HEAD')
    response.writeHead(isHealth ? 200 : 404, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(isHealth ? { status: 'ok', ...health() } : { status: 'not found' }))
  })
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
