import { faults } from '../contract/faults'
import type { FaultCode } from '../contract/faults'
import { decodeUtf8, encodeUtf8, malformed } from './mime'

export const tombstoneType = 'application/vnd.yanxin.tombstone+json'

/** Says to both sides that a message will not come (guarantee 4). Goes only to devices with `+g.yanxin.copies`. */
export interface Tombstone {
  /** imdn.Message-ID, or without CPIM the Call-ID, of the message that is gone. */
  messageId: string
  /** Address of record of its sender. */
  from: string
  /** When its sender says it was sent, ms. */
  sentAt: number
  reason: FaultCode
}

/** A reason that this version does not know reads as `expired`. @throws Fault `malformed` */
export function readTombstone(bytes: Uint8Array): Tombstone {
  let said: unknown
  try {
    said = JSON.parse(decodeUtf8(bytes, 'tombstone'))
  } catch (cause) {
    throw malformed('tombstone', 'not JSON', cause)
  }
  const { messageId, from, sentAt, reason } = (said ?? {}) as Partial<Record<keyof Tombstone, unknown>>
  if (typeof messageId !== 'string' || !messageId || messageId.length > 255 || typeof from !== 'string' || !from
    || typeof sentAt !== 'number' || !Number.isFinite(sentAt)) throw malformed('tombstone', 'a member is missing')
  return { messageId, from, sentAt, reason: isCode(reason) ? reason : 'expired' }
}

const isCode = (reason: unknown): reason is FaultCode => typeof reason === 'string' && Object.hasOwn(faults, reason)

export const writeTombstoneBody = ({ messageId, from, sentAt, reason }: Tombstone): Uint8Array =>
  encodeUtf8(JSON.stringify({ messageId, from, sentAt, reason }))
