import { safeFileName } from '../base/file-name'
import type { Content, FileView, ThreadIds } from '../contract/message'
import type { Part } from '../rcs/content'
import type { FileTransfer } from '../rcs/file-transfer'
import type { SipRequest } from '../sip/message'

/** Files and nothing but words with them are one message, whose words may call somebody. A file that nobody here can read is none. */
export function albumOf(parts: readonly Part[], mentions?: readonly string[]): Content | undefined {
  const files: FileView[] = []
  const texts: string[] = []
  for (const part of parts) {
    if (part.kind === 'text') texts.push(part.text)
    else if (part.kind === 'file' && !part.file.isEncrypted) files.push(fileView(part.file))
    else return undefined
  }
  const text = texts.filter((each) => each !== '').join('\n')
  return files.length > 0 ? { kind: 'files', ...(text !== '' && { text, ...(mentions && { mentions: [...mentions] }) }), files } : undefined
}

/** Its bytes are still where they were sent to; whether they are fetched is for others to say. */
function fileView({ name, contentType, size, url, until, duration, isVoice, hash, thumbnail }: FileTransfer): FileView {
  return {
    name: safeFileName(name ?? ''), contentType, size, hash: '',
    ...(duration !== undefined && { duration }),
    ...(isVoice && { isVoice }),
    remote: {
      url,
      ...(until !== undefined && { until }),
      ...(hash !== undefined && { hash }),
      ...(thumbnail && { thumbnail: { url: thumbnail.url, ...(thumbnail.until !== undefined && { until: thumbnail.until }) } }),
    },
    transfer: { way: 'down', at: 'offered' },
  }
}

/** How the other side calls the thread and the message (rcs.md 1.4): goes back into headers, so only what may stand there. */
export function threadOf({ headers }: SipRequest): ThreadIds {
  const named = (name: string): string | undefined => /^\s*([\w.@~-]{1,128})\s*$/.exec(headers.get(name) ?? '')?.[1]
  const [conversation, contribution] = [named('Conversation-ID'), named('Contribution-ID')]
  return { ...(conversation !== undefined && { conversation }), ...(contribution !== undefined && { contribution }) }
}
