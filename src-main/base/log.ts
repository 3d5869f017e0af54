/**
 * What a part may say. Fields are facts (ids, addresses, codes, times, sizes); the body of a message is never one.
 * The entries hand in pino; a test hands in `silentLog` or one that remembers.
 */
export interface Log {
  debug(fields: LogFields, text: string): void
  info(fields: LogFields, text: string): void
  warn(fields: LogFields, text: string): void
  error(fields: LogFields, text: string): void
  child(fields: LogFields): Log
}
export type LogFields = Readonly<Record<string, unknown>>

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
