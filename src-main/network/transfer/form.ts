/** A part of a form before its bytes (RFC 7578 4). */
export interface FormPart {
  name: string
  contentType: string
  fileName?: string
  length: number
  pieces(): AsyncIterable<Uint8Array>
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const once = (bytes: Uint8Array): (() => AsyncIterable<Uint8Array>) => async function* () { yield await Promise.resolve(bytes) }

export const textPart = (name: string, text: string): FormPart => {
  const bytes = bytesOf(text)
  return { name, contentType: 'text/plain', length: bytes.length, pieces: once(bytes) }
}

/** multipart/form-data (RFC 7578) whose length is known before its bytes are read. */
export function form(parts: readonly FormPart[], boundary: string): { contentType: string; length: number; pieces(): AsyncIterable<Uint8Array> } {
  const heads = parts.map(({ name, contentType, fileName }) => bytesOf(
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${escaped(fileName)}"`}\r\n`
    + `Content-Type: ${contentType}\r\n\r\n`))
  const between = bytesOf('\r\n')
  const last = bytesOf(`--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: parts.reduce((sum, { length }, i) => sum + heads[i]!.length + length + between.length, last.length),
    async *pieces() {
      for (const [i, part] of parts.entries()) {
        yield heads[i]!
        yield* part.pieces()
        yield between
      }
      yield last
    },
  }
}

/** As browsers write it (RFC 7578 4.2 and HTML 4.10.21.8). */
const escaped = (name: string): string => name.replace(/["\r\n]/g, (one) => encodeURIComponent(one))
