import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, resolve } from 'node:path'
import { build } from 'vite'

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const artifacts = resolve(import.meta.dirname, '../../.artifacts')

/** The window's own policy, read from its page, so that the gallery breaks where the real window would. */
export async function policy(): Promise<string> {
  const page = await readFile(resolve(import.meta.dirname, '../../../src-renderer/index.html'), 'utf8')
  return /content="(default-src[^"]+)"/.exec(page)![1]!
}

/** Builds the gallery in a folder of its own, so that two runs do not meet, and serves it on loopback under that policy. */
export async function serveGallery(): Promise<{ url: string; stop(): Promise<void> }> {
  const csp = await policy()
  await mkdir(artifacts, { recursive: true })
  const built = await mkdtemp(join(artifacts, 'gallery-'))
  await build({ configFile: resolve(import.meta.dirname, 'vite.config.ts'), logLevel: 'silent', build: { outDir: built } })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname)
    readFile(join(built, path === '/' ? 'index.html' : path)).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(path)] ?? types['.html']!, 'content-security-policy': csp }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
      await rm(built, { recursive: true, force: true })
    },
  }
}
