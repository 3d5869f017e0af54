import { SECOND } from '../base/clock'
import type { Clock, Timer } from '../base/clock'
import { Fault } from '../base/faults'
import type { Flow } from './flow'

/** RFC 5626 4.4.1: a pong that has not come by then will not come. */
export const pongWait = 10 * SECOND

/**
 * Keeps a flow open from the client's side, RFC 5626 4.4.1: CRLFCRLF every `interval` ms, less up to a fifth of it at
 * random. Without an answer within 10 s the flow is dead: it is closed and `onDead` is told.
 */
export function keepAlive(of: {
  flow: Flow
  clock: Clock
  interval: number
  onDead: (fault: Fault) => void
  /** From 0 up to 1. */
  random?: () => number
}): { stop(): void } {
  const { flow, clock, interval, onDead, random = Math.random } = of
  let timer: Timer
  let awaiting = false
  const wait = (): void => {
    timer = clock.after(Math.round(interval * (0.8 + 0.2 * random())), ping)
  }
  const ping = (): void => {
    awaiting = true
    flow.ping()
    timer = clock.after(pongWait, () => {
      stop()
      const fault = new Fault('connection-lost', { text: 'no answer to a keep-alive' })
      flow.close(fault)
      onDead(fault)
    })
  }
  const offPong = flow.events.on('pong', () => {
    if (!awaiting) return
    awaiting = false
    timer.cancel()
    wait()
  })
  const offClosed = flow.events.on('closed', () => stop())
  const stop = (): void => {
    timer.cancel()
    offPong()
    offClosed()
  }
  wait()
  return { stop }
}
