import { createBirpc, type BirpcReturn } from 'birpc'
import { backoff, type BackoffRange } from '../../src-main/base/backoff'
import { SECOND, type Clock, type Timer } from '../../src-main/base/clock'
import { Events } from '../../src-main/base/events'
import { Fault } from '../../src-main/base/faults'
import type { Commands, Notices } from '../../src-main/contract/calls'
import { faults, type FaultView } from '../../src-main/contract/faults'
import { GOING_AWAY, ORIGIN_REFUSED, TOKEN_REFUSED, type Channel, type CloseCode, type Dial } from './channel'

/** `Notices` as events: the name, and its arguments. */
export type NoticeTable = { [Name in keyof Notices]: Parameters<Notices[Name]> }

// connecting --open--> open --lost--> lost --timer--> (dials) --open--> open
//     '--------------------- token refused --> refused  (until a new link brings another token)
/** The window's line to main. */
export type BridgeConnection =
  | { at: 'connecting' }
  | { at: 'open' }
  /** Dialled again at `until` (ms); `attempt` counts from 1. `appEnded`: main said that it stops. */
  | { at: 'lost'; until: number; attempt: number; appEnded: boolean }
  /** The token was renewed or is not ours: only the new link helps. */
  | { at: 'refused' }

/** One typed contract, this end of it. Every command rejects with a `Fault`. */
export interface Bridge {
  readonly commands: Commands
  readonly notices: Events<NoticeTable>
  readonly connection: BridgeConnection
  readonly events: Events<{ connection: [BridgeConnection] }>
  /** Dials at once: a new token came, or the machine is back on the network. */
  reconnect(): void
  close(): void
}

export interface BridgeOptions {
  dial: Dial
  clock: Clock
  /** From 0 up to 1. */
  random: () => number
  range?: BackoffRange
  /** How long a call waits for the line, in ms. @default 10_000 */
  patience?: number
  /** How long an answer may take, in ms: above the 32 s of a SIP transaction. @default 60_000 */
  answerWithin?: number
}

/** Every one of them, or it does not compile. */
const noticeNames = Object.keys({
  stateChanged: true, journalGrew: true, typing: true, shareChanged: true, groupChanged: true, job: true, notify: true, show: true,
} satisfies Record<keyof Notices, true>) as (keyof Notices)[]

const isFaultView = (thrown: unknown): thrown is FaultView =>
  typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'code' in thrown &&
  typeof thrown.code === 'string' && Object.hasOwn(faults, thrown.code)

/** What a command rejected with, as a fault: main sends `FaultView` data, anything else went wrong on the way. */
const faultFrom = (thrown: unknown): Fault => (isFaultView(thrown) ? Fault.of(thrown) : Fault.from(thrown))

/** Opens the line and keeps it: dials again with back-off when it is lost, and lets calls wait for it a while. */
export function openBridge(options: BridgeOptions): Bridge {
  const { dial, clock, random, range = { first: 500, longest: 15 * SECOND }, patience = 10 * SECOND } = options
  const answerWithin = options.answerWithin ?? 60 * SECOND
  const notices = new Events<NoticeTable>()
  const events = new Events<{ connection: [BridgeConnection] }>()
  const listeners = Object.fromEntries(
    noticeNames.map((name) => [name, (...args: never[]) => notices.emit(name, ...(args as never))]),
  ) as unknown as Notices

  let connection: BridgeConnection = { at: 'connecting' }
  let line: { channel: Channel; rpc: BirpcReturn<Commands, Notices> } | undefined
  let dialling: Channel | undefined
  let redial: Timer | undefined
  let failures = 0
  const waiting: (() => void)[] = []

  const become = (next: BridgeConnection) => {
    connection = next
    events.emit('connection', next)
    if (next.at === 'connecting' || next.at === 'lost') return
    for (const go of waiting.splice(0)) go()
  }

  const lost = (code: CloseCode) => {
    line?.rpc.$close(new Fault('closed'))
    line = undefined
    dialling = undefined
    if (code === TOKEN_REFUSED || code === ORIGIN_REFUSED) return become({ at: 'refused' })
    failures++
    const wait = backoff(failures, random(), range)
    become({ at: 'lost', until: clock.now() + wait, attempt: failures, appEnded: code === GOING_AWAY })
    redial = clock.after(wait, open)
  }

  const open = () => {
    redial?.cancel()
    let outgoing: unknown[] = []
    let receive: (message: unknown) => void = () => {}
    const channel: Channel = dial({
      opened() {
        const rpc = createBirpc<Commands, Notices>(listeners, {
          timeout: answerWithin,
          on: (listener) => void (receive = listener),
          post: (message: unknown) => {
            if (outgoing.push(message) > 1) return
            queueMicrotask(() => {
              const frame = outgoing
              outgoing = []
              if (line?.channel === channel) channel.post(frame)
            })
          },
          onTimeoutError: (name) => {
            throw new Fault('no-answer', { detail: { command: name } })
          },
        })
        redial?.cancel()
        line = { channel, rpc }
        dialling = undefined
        become({ at: 'open' })
      },
      frame(messages) {
        if (line?.channel !== channel) return
        // Only now: a host that refuses opens the line first, to say why.
        failures = 0
        for (const message of messages) receive(message)
      },
      closed(code) {
        if (dialling === channel || line?.channel === channel) lost(code)
      },
    })
    if (line?.channel === channel) return
    dialling = channel
    // A port that nobody hands on never says that it failed.
    redial = clock.after(patience, () => {
      if (dialling !== channel) return
      lost(undefined)
      channel.close()
    })
  }

  /** The line as soon as it is there. @throws Fault `closed` when it does not come in time, `not-allowed` when refused */
  const reach = async (): Promise<BirpcReturn<Commands, Notices>> => {
    if (!line && connection.at !== 'refused') {
      await new Promise<void>((resolve) => {
        const timer = clock.after(patience, resolve)
        waiting.push(() => {
          timer.cancel()
          resolve()
        })
      })
    }
    if (line) return line.rpc
    throw new Fault(connection.at === 'refused' ? 'not-allowed' : 'closed')
  }

  const call = async (name: keyof Commands, args: unknown[]): Promise<unknown> => {
    const rpc = line?.rpc ?? (await reach())
    try {
      return await rpc.$call(name, ...(args as never))
    } catch (thrown) {
      throw faultFrom(thrown)
    }
  }
  // `then` is left out, or awaiting the bridge would call it.
  const commands = new Proxy({} as Commands, {
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(name as keyof Commands, args)),
  })

  open()
  return {
    commands,
    notices,
    events,
    get connection() {
      return connection
    },
    reconnect() {
      if (line || dialling) return
      become({ at: 'connecting' })
      open()
    },
    close() {
      redial?.cancel()
      const channel = line?.channel ?? dialling
      line?.rpc.$close(new Fault('closed'))
      line = dialling = undefined
      channel?.close()
    },
  }
}
