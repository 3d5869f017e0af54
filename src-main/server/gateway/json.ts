import { Fault } from '../../base/faults'

/** The largest body of a request, bytes (Google's limit), the deepest nesting, and the most values in it. */
export const LARGEST = 250 * 1024
const DEEPEST = 24
const MOST = 20_000

/** JSON of a stranger: what would be too much is refused before it is parsed. @throws Fault `malformed`, `too-large` */
export function readJson(body: Uint8Array): unknown {
  if (body.length > LARGEST) throw new Fault('too-large', { text: `a body may have ${LARGEST} bytes`, detail: { limit: LARGEST } })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw new Fault('malformed', { text: 'the body is not UTF-8', cause })
  }
  measure(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('malformed', { text: 'the body is not JSON', cause })
  }
}

function measure(text: string): void {
  let [depth, values, inString] = [0, 0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (char === ',') values++
    if (depth > DEEPEST) throw new Fault('too-large', { text: `JSON may be ${DEEPEST} deep`, detail: { limit: DEEPEST } })
    if (values > MOST) throw new Fault('too-large', { text: `JSON may have ${MOST} values`, detail: { limit: MOST } })
  }
}

/** COMPAT(rcs-maap-bot): what is not said comes as null. @throws Fault `malformed` for what is no object */
export function readObject(body: Uint8Array): Record<string, unknown> {
  const value = withoutNulls(readJson(body))
  if (!isObject(value)) throw new Fault('malformed', { text: 'the body must be a JSON object' })
  return value
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null).map(([name, each]) => [name, withoutNulls(each)]))
}
