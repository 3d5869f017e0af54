import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import { Framer } from '../../src-main/msrp/framer'
import type { Part } from '../../src-main/msrp/framer'
import { parseHead } from '../../src-main/msrp/parser'
import { systemClock } from '../../src-main/base/clock'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { MsrpEndpoint } from '../../src-main/msrp/endpoint'
import type { MsrpEndpointOptions } from '../../src-main/msrp/endpoint'
import type { Incoming } from '../../src-main/msrp/receiver'
import type { SessionOptions } from '../../src-main/msrp/session'

export interface SendOptions {
  to?: string
  from?: string
  body?: string | Uint8Array
  flag?: '$' | '+' | '#'
  /** Message-ID. */
  id?: string
  range?: string
  more?: string[]
  method?: string
  type?: string
}

/** A SEND as bytes; without a body it has no Content-Type either. */
export function send(tid: string, { to = 'msrp://a.test:1/b;tcp', from = 'msrp://c.test:1/d;tcp', body, flag = '$', id = 'm1', range, more = [], method = 'SEND', type = 'text/plain' }: SendOptions = {}): Buffer {
  const head = [
    `MSRP ${tid} ${method}`, `To-Path: ${to}`, `From-Path: ${from}`, `Message-ID: ${id}`, ...(range ? [`Byte-Range: ${range}`] : []), ...more,
    ...(body === undefined ? [] : [`Content-Type: ${type}`, '']),
  ].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n`), ...(body === undefined ? [] : [Buffer.from(body as string), Buffer.from('\r\n')]), Buffer.from(`-------${tid}${flag}\r\n`)])
}

/** Whole messages of parts, to be compared: what a body is cut into does not count. */
export function framesOf(parts: readonly Part[]): unknown[] {
  const frames: unknown[] = []
  let open: { tid: string; head: string; body: string | undefined; flag: string | undefined } | undefined
  for (const part of parts) {
    if (part.kind === 'head') frames.push((open = { tid: part.tid, head: Buffer.from(part.head).toString('latin1'), body: undefined, flag: undefined }))
    else if (part.kind === 'data') open!.body = (open!.body ?? '') + Buffer.from(part.bytes).toString('latin1')
    else if (part.kind === 'end') open!.flag = part.flag
    else frames.push(['fault', part.fault.code])
  }
  return frames
}

/** One of two who speak MSRP, with what it was told. */
export function speaker(options: Partial<MsrpEndpointOptions> = {}) {
  const endpoint = new MsrpEndpoint({ clock: systemClock, ids: randomIds, log: silentLog, ...options })
  const heard: Incoming[] = []
  return {
    endpoint, heard,
    session: (more: Partial<SessionOptions> = {}) => endpoint.session({ receive: (message) => void heard.push(message), ...more }),
    texts: () => heard.map(({ body }) => Buffer.from(body).toString()),
  }
}

/** Somebody who writes whatever he likes to a port, and reads what is said to him. */
export async function stranger(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  const framer = new Framer()
  const frames: { head: string; body: string }[] = []
  let told: (() => void)[] = []
  let closed = false
  const tell = (): void => {
    const all = told
    told = []
    for (const each of all) each()
  }
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
    tell()
  })
  socket.on('data', (bytes) => {
    for (const part of framer.push(bytes)) {
      if (part.kind === 'head') frames.push({ head: Buffer.from(part.head).toString(), body: '' })
      else if (part.kind === 'data') frames.at(-1)!.body += Buffer.from(part.bytes).toString('latin1')
    }
    tell()
  })
  await once(socket, 'connect')
  const until = async (fits: () => boolean): Promise<void> => {
    while (!fits()) {
      if (closed) throw new Error(`closed before it came; heard: ${JSON.stringify(frames)}`)
      await new Promise<void>((resolve) => told.push(resolve))
    }
  }
  return {
    socket, frames, until,
    messages: () => frames.map(({ head }) => parseHead(Buffer.from(head))),
    say: (...bytes: Uint8Array[]) => void socket.write(Buffer.concat(bytes)),
    /** The status that a request got. */
    async answerTo(tid: string): Promise<number> {
      const found = (): number | undefined => {
        const of = frames.map(({ head }) => /^MSRP (\S+) (\d{3})/.exec(head)).find((match) => match?.[1] === tid)
        return of ? Number(of[2]) : undefined
      }
      await until(() => found() !== undefined)
      return found()!
    },
    gone: () => (closed ? Promise.resolve() : once(socket, 'close')),
  }
}
