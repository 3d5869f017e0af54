import { Fault } from '../base/faults'

/** A file's bytes as UTF-8, whatever they were. */
export interface Utf8 {
  /** Bytes at the beginning that are no text. */
  mark: number
  /** The bytes pass as they are, so that a place in the text is a place in the file. */
  isPlain: boolean
  /** @param bytes the next of the file, without the mark; none at the end */
  write(bytes?: Uint8Array): Buffer
}

const labelOf = (begin: Buffer): { label: string; mark: number } => {
  if (begin[0] === 0xef && begin[1] === 0xbb && begin[2] === 0xbf) return { label: 'utf-8', mark: 3 }
  if (begin[0] === 0xff && begin[1] === 0xfe) return { label: 'utf-16le', mark: 2 }
  if (begin[0] === 0xfe && begin[1] === 0xff) return { label: 'utf-16be', mark: 2 }
  // XML 1.0 appendix F: without a mark, `<?` itself says how wide a character is.
  if (begin[0] === 0x3c && begin[1] === 0) return { label: 'utf-16le', mark: 0 }
  if (begin[0] === 0 && begin[1] === 0x3c) return { label: 'utf-16be', mark: 0 }
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(begin.toString('latin1', 0, 256))?.[1]
  return { label: declared ?? 'utf-8', mark: 0 }
}

/**
 * How a file is written, by its mark or its declaration (XML 1.0 4.3.3).
 * @param begin its first bytes, 256 where there are so many
 * @throws Fault `bad-encoding`
 */
export function utf8Of(begin: Buffer): Utf8 {
  const { label, mark } = labelOf(begin)
  if (/^(utf-?8|us-ascii|ascii)$/i.test(label)) {
    return { mark, isPlain: true, write: (bytes) => (bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0)) }
  }
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(label)
  } catch (cause) {
    throw new Fault('bad-encoding', { cause, text: `an encoding that is not known: ${label}` })
  }
  return { mark, isPlain: false, write: (bytes) => Buffer.from(decoder.decode(bytes, { stream: bytes !== undefined })) }
}
