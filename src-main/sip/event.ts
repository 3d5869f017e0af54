import { isToken, malformed, readParams, writeParams } from './text'

/** RFC 6665 8.2.1: what a subscription is about, and which of several in one dialog. */
export interface EventName {
  /** `conference`, `refer`, … */
  type: string
  id?: string
}

/** Reads an Event. @throws Fault `malformed` */
export function readEvent(text: string): EventName {
  const semicolon = text.indexOf(';')
  const type = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
  if (!isToken(type)) throw malformed('an Event without a name')
  const id = readParams(text, semicolon < 0 ? text.length : semicolon).get('id')
  return { type, ...(id !== undefined && { id }) }
}

export const writeEvent = ({ type, id }: EventName): string => `${type}${id === undefined ? '' : writeParams([['id', id]])}`

/** RFC 6665 4.5.2: names are compared as they are written; an `id` is equal to the same one only. */
export const isSameEvent = (one: EventName, other: EventName): boolean => one.type === other.type && one.id === other.id
