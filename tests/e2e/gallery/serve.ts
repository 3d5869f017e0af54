import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, resolve } from 'node:path'
import { build } from 'vite'
import { contentOf } from './content'

const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const artifacts = resolve(import.meta.dirname, '../../.artifacts')

/** The window's own policy, read from its page, so that the gallery breaks where the real window would. */
export async function policy(): Promise<string> {
  const page = await readFile(resolve(import.meta.dirname, '../../../src-renderer/index.html'), 'utf8')
  return /content="(default-src[^"]+)"/.exec(page)![1]!
}

const card = [
  'BEGIN:VCARD', 'VERSION:3.0', 'FN:林美 Mei Lin', 'ORG:杭州云栖科技有限公司;国际合作部', 'TITLE:产品经理', 'TEL;TYPE=CELL:+86 138 0013 8000', 'TEL;TYPE=WORK:0571-8888 6666',
  'IMPP:sip:mei@yan.example', 'EMAIL;TYPE=WORK:mei.lin@cloud.example', 'END:VCARD', '',
].join('\r\n')

/** A tile of a town that is nowhere: a river, streets and houses that go on in the next. */
function drawTile(x: number, y: number): string {
  const houses = Array.from({ length: 16 }, (_, n) => `<rect x="${(n % 4) * 64 + 12}" y="${Math.floor(n / 4) * 64 + 12}" width="${20 + ((x * 7 + y * 3 + n * 5) % 20)}" height="${18 + ((x + y * 11 + n * 7) % 22)}"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#eef0e8"/>`
    + `${y % 3 === 0 ? '<path d="M0 170c60-50 190 50 256 0v60c-66 50-196-50-256 0z" fill="#a9cfe4"/>' : ''}<g fill="#d9d5c9">${houses.join('')}</g>`
    + '<path d="M0 128h256M128 0v256" stroke="#fff" stroke-width="10"/><path d="M0 64h256M0 192h256M64 0v256M192 0v256" stroke="#fff" stroke-width="4"/></svg>'
}

/** Builds the gallery in a folder of its own, so that two runs do not meet, and serves it on loopback under that policy. */
export async function serveGallery(): Promise<{ url: string; stop(): Promise<void> }> {
  const csp = await policy()
  await mkdir(artifacts, { recursive: true })
  const built = await mkdtemp(join(artifacts, 'gallery-'))
  await build({ configFile: resolve(import.meta.dirname, 'vite.config.ts'), logLevel: 'silent', build: { outDir: built } })
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname)
    const tile = /^\/content\/x\/tile\/(\d+)\/(\d+)\/(\d+)$/.exec(path)
    if (tile) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(drawTile(Number(tile[2]), Number(tile[3])))
    if (path === `/content/x/${'c'.repeat(64)}`) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(card)
    const content = contentOf(path, request.headers.range)
    if (content) return void response.writeHead(content.status, content.headers).end(content.body)
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
