import { Fault } from '../../src-main/base/faults'
import type { FaultView } from '../../src-main/contract/faults'

/** What goes to main at once, bytes; larger files go in pieces: a page cannot stream one, and whole it would fill main. */
const PIECE = 8 * 1024 * 1024

/**
 * Keeps a file with main, under the hash of its bytes.
 * @param content `AppState.content`
 * @param upload names the pieces of a large one; another each time
 * @throws Fault what main says of it; `connection-lost` when it was not reached, `unreadable` when the file cannot be read any more
 */
export async function keep(content: string, blob: Blob, upload: string): Promise<{ hash: string; size: number }> {
  if (blob.size <= PIECE) return put(content, blob)
  for (let from = 0; ; from += PIECE) {
    const to = Math.min(blob.size, from + PIECE)
    const range = { 'Content-Range': `bytes ${from}-${to - 1}/${blob.size}` }
    const answer = await put(`${content}?upload=${upload}`, blob.slice(from, to), range)
    if (to === blob.size) return answer
  }
}

async function put(url: string, blob: Blob, headers: Record<string, string> = {}): Promise<{ hash: string; size: number }> {
  const response = await fetch(url, { method: 'PUT', body: blob, headers }).catch(async (thrown) => {
    // The browser says the same of a line that is cut and of a file that was moved.
    if (!(await canRead(blob))) throw new Fault('unreadable', { cause: thrown })
    throw new Fault('connection-lost', { cause: thrown })
  })
  if (response.ok) return await response.json() as { hash: string; size: number }
  const fault = await response.json().catch(() => undefined) as FaultView | undefined
  // Another main is there, with another path; its state is on its way.
  if (!fault || response.status === 404) throw new Fault('connection-lost', { text: `main answered ${response.status}` })
  throw Fault.of(fault)
}

const canRead = (blob: Blob): Promise<boolean> => blob.slice(0, 1).arrayBuffer().then(() => true, () => false)
