import type { Events } from '../base/events'
import type { Fault } from '../base/faults'
import type { Checked } from './check'
import type { SipMessage } from './message'

export type TransportName = 'tcp' | 'tls' | 'ws' | 'wss' | 'pair'

export interface Address {
  host: string
  port: number
}

/** What a flow tells. RFC 5626 3.1: a flow is a connection that both ends may send requests over. */
export interface FlowEvents {
  /** `read` is what the flow's check of the message came by. */
  message: [message: SipMessage, read?: Checked]
  /**
   * Bytes that are no message. `answer` is the response that the flow has sent, where the RFC wants one (the start line
   * and the Via could be read); `fatal` when the framing is lost, and the flow closes itself after the answer.
   */
  malformed: [fault: Fault, answer: SipMessage | undefined, fatal: boolean]
  /** RFC 5626 3.5.1: a CRLF came, the second in a row being a ping, which was answered. */
  ping: []
  pong: []
  closed: [fault: Fault | undefined]
}

/** One connection, whoever opened it. */
export interface Flow {
  readonly id: string
  readonly transport: TransportName
  readonly local: Address
  readonly remote: Address
  readonly events: Events<FlowEvents>
  readonly closed: boolean
  /** Writes of one tick leave together. Does nothing on a closed flow. */
  send(message: SipMessage): void
  /** RFC 5626 3.5.1: sends CRLFCRLF. */
  ping(): void
  /** Bytes handed to the system and not yet taken by it: the measure for holding back. */
  readonly waiting: number
  close(fault?: Fault): void
}

export interface Listener {
  /** With the port that was really taken, e.g. `sip:127.0.0.1:5060;transport=tcp`. */
  readonly uri: string
  close(): Promise<void>
}
