import { readFileSync } from 'node:fs'

const folder = new URL('../fixtures/wire/', import.meta.url)

export const captureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)))

/** The body of a captured SIP message and the two headers that say what it is. */
export function capture(name: string): { contentType: string; contentEncoding: string | undefined; body: Uint8Array } {
  const bytes = readFileSync(new URL(name, folder))
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.toString('latin1', 0, end)
  const header = (wanted: string) => new RegExp(`^${wanted}: *(.*)$`, 'mi').exec(head)?.[1]?.trim()
  return {
    contentType: header('Content-Type')!,
    contentEncoding: header('Content-Encoding'),
    body: new Uint8Array(bytes.subarray(end + 4)),
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (body: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(body)

/** What `run` throws, which must be a Fault; its code, or `undefined` when it throws nothing. */
export function faultOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'Fault') return (thrown as Error & { code: string }).code
    throw thrown
  }
}
