import { Fault } from '../../base/faults'
import { isFields, readJson } from '../../rcs/json'

/** The largest body of a request, bytes (Google's limit). */
export const LARGEST = 250 * 1024

const limits = { size: LARGEST, depth: 24, values: 20_000 } as const

/** COMPAT(rcs-maap-bot): what is not said comes as null. @throws Fault `malformed` for what is no object, `too-large` */
export function readObject(body: Uint8Array): Record<string, unknown> {
  const value = withoutNulls(readJson(body, 'body', limits))
  if (!isFields(value)) throw new Fault('malformed', { text: 'the body must be a JSON object' })
  return value
}

/** JSON that stands in a body as a text, where no limit of the body has looked into it; undefined for what is none. */
export function jsonIn(text: string): unknown {
  try {
    return readJson(text, 'body', limits)
  } catch {
    return undefined
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null).map(([name, each]) => [name, withoutNulls(each)]))
}
