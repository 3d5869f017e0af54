import pino from 'pino'
import type { Log } from './base/log'

/** Fields that never reach the log, whoever puts them there: a message's body is nobody's business. */
const secrets = ['body', 'text', 'content', 'password', 'token', 'secret'].flatMap((name) => [name, `*.${name}`])

/**
 * Structured log of one program, JSON lines on standard error; standard output belongs to ready lines and lists.
 * `YANXIN_LOG` sets the level. @default warn
 */
export const openLog = (program: string, level = process.env['YANXIN_LOG'] ?? 'warn'): Log =>
  pino({ level, base: { program }, redact: { paths: secrets, remove: true } }, pino.destination({ dest: 2, sync: true }))
