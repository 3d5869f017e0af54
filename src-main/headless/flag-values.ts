import { DAY } from '../base/clock'
import { Fault } from '../base/faults'
import { readUri } from '../sip/uri'

type Flags = Readonly<Record<string, unknown>>

/** A command line that says something wrong, in one sentence. */
export const bad = (text: string, cause?: unknown): Fault => new Fault('bad-argument', { text, cause })

/** Days as ms; parts of a day are allowed. A timer of Node's cannot be longer than 24 days, but nothing here is one. */
export function days(values: Flags, name: string, least = 0.00001): number | undefined {
  const text = values[name] as string | undefined
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || number < least || number > 36_500) throw bad(`--${name} ${text} must be a number of days.`)
  return number * DAY
}

export function whole(values: Flags, name: string): number | undefined {
  const text = values[name] as string | undefined
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,11}$/.test(text)) throw bad(`--${name} ${text} must be a whole number from 1 on.`)
  return Number(text)
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

export function bytes(values: Flags, name: string): number | undefined {
  const text = values[name] as string | undefined
  if (text === undefined) return undefined
  const found = /^([1-9]\d{0,9})([kmg]?)b?$/i.exec(text)
  if (!found) throw bad(`--${name} ${text} must be a number of bytes, for example 256M.`)
  return Number(found[1]) * units[found[2]!.toLowerCase()]!
}

/** As browsers write it: scheme and host in small letters, no path, no usual port. */
export function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw bad(`--ws-origin ${text} must be the origin of a web page, for example https://phone.example.`)
  }
  return url.origin
}

/** Where a proxy has put the content server: a page's address without a query. */
export function readBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.pathname === '/') {
    throw bad(`--files-url ${text} must be an address with a path, for example https://files.example/ft.`)
  }
  return url.href.replace(/\/+$/, '')
}

export function readHostPort(text: string, flag: string): { host: string; port: number } {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(found?.[3])
  if (!found || port > 65_535) throw bad(`${flag}${flag.endsWith(':') ? '' : ' '}${text} must be HOST:PORT, with a port from 0 to 65535.`)
  return { host: found[1] ?? found[2]!, port }
}

/** `alice@example.com` or `sip:alice@example.com`, in the one spelling. */
export function address(text: string | undefined, command: string): string {
  if (!text) throw bad(`${command} needs an address, for example alice@example.com.`)
  try {
    const { scheme, user, password, host, params, port } = readUri(/^sips?:/i.test(text) ? text : `sip:${text}`)
    if (scheme === 'sip' && user && host && !params.size && port === undefined && password === undefined) return `sip:${user}@${host}`
  } catch {
    // Said below.
  }
  throw bad(`“${text}” is no address; it looks like alice@example.com.`)
}
