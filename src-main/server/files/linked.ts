import type { FileTransfer } from '../../rcs/file-transfer'
import type { Links } from './links'
import type { FileRow } from './verbs'

/** A kept file as it is told of, with links that hold as long as it is kept. */
export function linked({ id, name, type, size, hash, thumbnail, expiresAt: until }: FileRow, links: Links): FileTransfer & { hash: string } {
  return {
    size, name, contentType: type, hash, until, url: links.make('d', id, until, name),
    ...(thumbnail && { thumbnail: { size: thumbnail.size, contentType: thumbnail.type, url: links.make('t', id, until), until } }),
  }
}
