import { SECOND, type Clock } from '../base/clock'
import { Fault } from '../base/faults'
import type { KeptFiles } from '../content/kept-files'
import type { FilesToSend, OutgoingFile, PeerView } from '../contract/calls'
import type { FileView } from '../contract/message'
import type { Arriving } from '../relay/journal/append'

/** How long whether the other side takes albums is asked for; who has not answered gets one file a message, ms. */
const ASK = 2 * SECOND

/** How others are asked what they take. */
export interface Asking {
  clock: Clock
  /** What is known of the other side, without asking. */
  known(address: string): PeerView | undefined
  ask(address: string): Promise<PeerView>
}

export interface SendFilesParts extends Asking {
  account: string
  kept: KeptFiles
}

/**
 * The messages that some files and words become for this peer: one for who takes albums, else one a file and the words last.
 * @param limit the largest file that can go, bytes
 * @throws Fault `bad-argument`, `file-empty`, `file-too-large`
 */
export async function filesMessages(
  { account, kept, ...asking }: SendFilesParts,
  { conversation, id, text, mentions, files, isGroup = false }: { conversation: string; id: string; isGroup?: boolean } & FilesToSend,
  limit?: number,
): Promise<{ messages: Arriving[]; words?: Arriving }> {
  await allKept(kept, files, limit)
  const views = files.map((file): FileView => ({ ...file, transfer: { way: 'up', at: 'waiting' } }))
  const isOne = files.length === 1 && text === undefined
  // A group gets the full form: its focus hands it to whom it is for.
  const isTogether = isOne || isGroup || (await takesAlbums(asking, conversation))
  const now = asking.clock.now()
  const message = (number: number, content: Arriving['content']): Arriving =>
    ({ conversation, id: number === 1 ? id : `${id}.${number}`, from: account, content, sentAt: now, now })
  if (isTogether) {
    const words = text !== undefined && { text, ...(isGroup && mentions?.length && { mentions }) }
    return { messages: [message(1, { kind: 'files', ...words, files: views })] }
  }
  return {
    messages: views.map((file, i) => message(i + 1, { kind: 'files', files: [file] })),
    ...(text !== undefined && { words: message(views.length + 1, { kind: 'text', text }) }),
  }
}

/** @param limit the largest file that can go, bytes @throws Fault `bad-argument`, `file-empty`, `file-too-large` */
export async function allKept(kept: KeptFiles, files: readonly OutgoingFile[], limit = Infinity): Promise<void> {
  for (const { name, hash, size, thumbnail } of files) {
    if (size > limit) throw new Fault('file-too-large', { text: `${name} has ${size} bytes`, detail: { limit, bytes: size } })
    if (size === 0) throw new Fault('file-empty', { text: `${name} is empty` })
    for (const one of [{ hash, size }, ...(thumbnail ? [thumbnail] : [])]) {
      if ((await kept.size(one.hash)) !== one.size) throw new Fault('bad-argument', { text: `${name} is not kept here`, detail: { field: 'files' } })
    }
  }
  await kept.settle()
}

/** Whether somebody takes files and words as one message; who does not answer in time does not. */
export const takesAlbums = async ({ clock, known, ask }: Asking, address: string): Promise<boolean> =>
  (known(address) ?? (await within(clock, ask(address))))?.features.includes('album') ?? false

/** @throws Fault `no-content-server` when it is known that files can go nowhere */
export function mustHaveServer({ server }: { server: { uri: string | undefined } | undefined }): void {
  if (server && server.uri === undefined) throw new Fault('no-content-server')
}

/** What is known of somebody before it is too late to wait for it; nothing when nobody answers. */
const within = (clock: Clock, asked: Promise<PeerView>): Promise<PeerView | undefined> => new Promise((resolve) => {
  const timer = clock.after(ASK, () => resolve(undefined))
  void asked.catch(() => undefined).then((view) => {
    timer.cancel()
    resolve(view)
  })
})
