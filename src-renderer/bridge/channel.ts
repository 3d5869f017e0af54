/** Why a channel ended, as the WebSocket close code says it; a port has none. */
export type CloseCode = number | undefined

/** The host refused the token: a link with the new one is needed. */
export const TOKEN_REFUSED = 4401
/** The host refused the page's origin. */
export const ORIGIN_REFUSED = 4403
/** The app ends (RFC 6455 7.4.1: going away). */
export const GOING_AWAY = 1001

/** What a channel tells while it lives: `opened` at most once, `closed` exactly once. */
export interface ChannelListener {
  opened(): void
  /** The birpc messages that came together. */
  frame(messages: unknown[]): void
  closed(code: CloseCode): void
}

/** One connection to main that carries frames: arrays of the birpc messages of one tick. */
export interface Channel {
  post(messages: unknown[]): void
  close(): void
}

/** Opens a channel; called again for every reconnection. */
export type Dial = (listener: ChannelListener) => Channel
