import { createBirpc } from 'birpc'
import { Fault } from '../base/faults'
import type { Log } from '../base/log'
import type { Commands, Notices } from '../contract/calls'

/** Close code for a frame that is not of our contract (RFC 6455 7.4.1: protocol error). */
export const PROTOCOL_ERROR = 1002

/** One window's line, already let in by its host (token and Origin, or Electron's sender check). */
export interface BridgeChannel {
  /** Sends the birpc messages of one tick together. */
  post(messages: unknown[]): void
  close(code?: number): void
  onFrame(listener: (frame: unknown) => void): void
  onClose(listener: () => void): void
}

/** Joins a window to the app: what it may ask, and how it leaves. */
export type JoinWindow = (notices: Notices) => { commands: Commands; leave(): void }

interface Call {
  t: 'q'
  m: string
  a: unknown[]
  i?: string
}

const isCall = (message: unknown): message is Call => {
  if (typeof message !== 'object' || message === null) return false
  const { t, m, a, i } = message as Partial<Call>
  return t === 'q' && typeof m === 'string' && Array.isArray(a) && (i === undefined || typeof i === 'string')
}

/** Every one of them, or it does not compile: a window that is not told would notice nothing. */
const noticeNames = Object.keys({
  stateChanged: true, journalGrew: true, typing: true, shareChanged: true, groupChanged: true, job: true, notify: true, show: true,
} satisfies Record<keyof Notices, true>) as (keyof Notices)[]

/** A command whose failure crosses as data (`FaultView`), since an Error does not survive the way. */
const guard = (name: string, command: (...args: unknown[]) => Promise<unknown>, log: Log) => async (...args: unknown[]) => {
  try {
    return await command(...args)
  } catch (thrown) {
    const fault = Fault.from(thrown)
    if (fault.code === 'internal') log.error({ command: name, err: thrown }, 'a command failed')
    else log.debug({ command: name, code: fault.code }, 'a command was refused')
    throw fault.view()
  }
}

/**
 * Main's end of the bridge: calls that come over `channel` run, notices go back over it. A frame that is no array of calls
 * of the contract ends the channel.
 */
export function serveBridge({ channel, join, log }: { channel: BridgeChannel; join: JoinWindow; log: Log }): void {
  let outgoing: unknown[] = []
  let isOpen = true
  const flush = () => {
    const frame = outgoing
    outgoing = []
    if (isOpen) channel.post(frame)
  }
  const post = (message: unknown) => {
    if (outgoing.push(message) === 1) setImmediate(flush)
  }

  // No prototype, so that no inherited name can be called.
  const functions = Object.create(null) as Record<string, (...args: unknown[]) => Promise<unknown>>
  let receive: (message: unknown) => void = () => {}
  const rpc = createBirpc<Notices, Commands>(functions as unknown as Commands, {
    eventNames: [...noticeNames],
    on: (listener) => void (receive = listener),
    post,
    onGeneralError: (thrown) => {
      log.error({ err: thrown }, 'an answer could not be sent')
      return true
    },
  })
  const notices = Object.fromEntries(
    noticeNames.map((name) => [name, (...args: unknown[]) => void (isOpen && rpc.$callEvent(name, ...(args as never)))]),
  ) as unknown as Notices
  const { commands, leave } = join(notices)
  for (const [name, command] of Object.entries(commands)) functions[name] = guard(name, command as never, log)

  let isRefused = false
  const refuse = (what: string) => {
    isRefused = true
    log.warn({ what }, 'a window sent what is not of the contract')
    channel.close(PROTOCOL_ERROR)
  }
  channel.onFrame((frame) => {
    if (!isOpen || isRefused) return
    if (!Array.isArray(frame) || !frame.every(isCall)) return refuse('frame')
    const stranger = frame.find((call) => !functions[call.m])
    if (stranger) return refuse(`command ${stranger.m.slice(0, 40)}`)
    for (const call of frame) receive(call)
  })
  channel.onClose(() => {
    if (!isOpen) return
    isOpen = false
    leave()
  })
}
