import type { Clock } from '../../base/clock'
import { MINUTE } from '../../base/clock'
import type { Ids } from '../../base/ids'
import type { Log } from '../../base/log'
import type { Authentication } from '../authentication'
import { ContentServer } from './content-server'
import type { FileCounts } from './counts'
import { FileStore } from './file-store'
import { Links, openKey } from './links'
import { listenFiles, type FilesAt, type FilesListener } from './listen'
import type { FileLedger, KeptPart, PartialsPart } from './parts'
import { GIVE_UP, type FileRules } from './rules'
import { Shelf } from './shelf'

/** Where the content server is to be found on its host. */
const PATH = '/ft'

export interface FilesParts {
  at: FilesAt
  /** How clients reach it, where a proxy stands in front: `https://files.example/ft`; it hands on the path as it is. */
  url?: string
  /** Named in URLs where the listener has no address that others could use. */
  domain: string
  /** Owner-only; for the key of the links. */
  folder: string
  rules: FileRules
  kept: KeptPart
  partials: PartialsPart
  /** As `FileStore`. */
  passed?: ((bytes: number) => void) | undefined
  typeOf: (begin: Uint8Array) => string | undefined
  /** Room on the disk, bytes. */
  free: () => number
  /** The time by which things are overdue, ms: a clock that jumped ahead is not believed at once. `look` is called every minute. */
  overdue: { now(): number; look(): void }
  ledger: FileLedger
  authentication: Authentication
  clock: Clock
  ids: Ids
  log: Log
}

/** A content server that runs. */
export interface Files {
  /** What clients are told. */
  readonly url: string
  /** The largest file, bytes. */
  readonly limit: number
  readonly port: number
  /** For what this process keeps in an account's name. */
  readonly shelf: Shelf
  counts(): FileCounts
  /** Removes files whose time is over, and uploads that nobody goes on with. */
  tidy(): Promise<void>
  stop(): Promise<void>
}

/** Joins what is kept with the listener. @throws Fault */
export async function startFiles(parts: FilesParts): Promise<Files> {
  const { at, domain, folder, clock, log } = parts
  const key = openKey(folder)
  const store = new FileStore(parts)
  await store.start()
  // Its links name the port, which is known when it listens.
  const { promise: ready, resolve } = Promise.withResolvers<ContentServer>()
  const listener = await listenFiles(at, (request, response) => void ready.then((server) => server.handle(request, response)), clock)
  const url = parts.url?.replace(/\/+$/, '') ?? `${at.tls ? 'https' : 'http'}://${hostFor(at.host, domain)}:${listener.port}${PATH}`
  const links = new Links({ base: url, key })
  const server = new ContentServer({ ...parts, url, store, links })
  resolve(server)
  return filesOf({ url, listener, store, server, shelf: new Shelf({ store, links, clock }), ...parts, log })
}

function filesOf({ url, rules, listener, store, server, shelf, overdue, clock, log }: FilesParts & { url: string; listener: FilesListener; store: FileStore; server: ContentServer; shelf: Shelf }): Files {
  const looking = clock.every(MINUTE, () => overdue.look())
  return {
    url, limit: rules.fileBytes, port: listener.port, shelf,
    counts() {
      const { files, bytes, received } = store.usage
      return { ...server.counts(), files, bytes, received, connections: listener.connections }
    },
    async tidy() {
      const now = overdue.now()
      const expired = await store.expire(now, now - GIVE_UP)
      if (expired) log.info({ expired }, 'files removed whose time was over')
    },
    async stop() {
      looking.cancel()
      server.stop()
      await listener.close()
      await store.stop()
    },
  }
}

/** A listener on every address is reached by the domain's name. */
function hostFor(host: string, domain: string): string {
  if (host === '0.0.0.0' || host === '::') return domain
  return host.includes(':') ? `[${host}]` : host
}
