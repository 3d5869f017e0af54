import { systemClock } from '../base/clock'
import { silentLog } from '../base/log'
import type { Address, Flow } from './flow'
import { WireFlow } from './wire-flow'
import type { FlowOptions } from './wire-flow'

let made = 0

/** Two ends of one connection in memory. Messages go through bytes as on a socket, a turn of the event loop later. */
export function pairFlows(options: Partial<FlowOptions> = {}): [Flow, Flow] {
  const whole: FlowOptions = { clock: systemClock, log: silentLog, ...options }
  made++
  const here: Address = { host: `a${made}.pair.invalid`, port: 5060 }
  const there: Address = { host: `b${made}.pair.invalid`, port: 5060 }
  const ends: WireFlow[] = []
  const end = (mine: 0 | 1): WireFlow => {
    let waiting = 0
    const other = (): WireFlow => ends[1 - mine]!
    return new WireFlow(
      {
        transport: 'pair',
        local: mine === 0 ? here : there,
        remote: mine === 0 ? there : here,
        isDatagram: false,
        get waiting() {
          return waiting
        },
        write(bytes) {
          waiting += bytes.length
          setImmediate(() => {
            waiting -= bytes.length
            other().receive(bytes)
          })
        },
        end: () => void setImmediate(() => other().ended()),
      },
      whole,
    )
  }
  ends.push(end(0), end(1))
  return [ends[0]!, ends[1]!]
}
