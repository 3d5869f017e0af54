import { malformed } from './mime'
import { readDateTime, writeDateTime } from './time'
import { child, escapeXml, readRoot } from './xml'

export const isComposingType = 'application/im-iscomposing+xml'

const namespace = 'urn:ietf:params:xml:ns:im-iscomposing'

/** RFC 3994: somebody is writing, or has stopped. Never stored, never answered with a receipt. */
export interface IsComposing {
  state: 'active' | 'idle'
  /** Of what is being written. */
  contentType?: string
  /** ms since 1970. */
  lastActive?: number
  /** How long `active` holds without being said again, in s. */
  refresh?: number
}

/** @throws Fault `malformed`, `too-large` */
export function readIsComposing(input: string | Uint8Array): IsComposing {
  const root = readRoot(input, 'composing', { name: 'isComposing', namespace, size: 16_384 })
  const state = child(root, 'state')?.text.trim()
  if (!state) throw malformed('composing', 'no state')
  const contentType = child(root, 'contenttype')?.text.trim()
  const lastActive = readDateTime(child(root, 'lastactive')?.text)
  const refresh = child(root, 'refresh')?.text.trim()
  return {
    // RFC 3994 3.3: a state that is not known counts as idle.
    state: state === 'active' ? 'active' : 'idle',
    ...(contentType && { contentType }),
    ...(lastActive !== undefined && { lastActive }),
    ...(refresh && /^\d{1,6}$/.test(refresh) && { refresh: Number(refresh) }),
  }
}

export function writeIsComposing({ state, contentType, lastActive, refresh }: IsComposing): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + `<isComposing xmlns="${namespace}"><state>${state}</state>`
    + (contentType === undefined ? '' : `<contenttype>${escapeXml(contentType)}</contenttype>`)
    + (lastActive === undefined ? '' : `<lastactive>${writeDateTime(lastActive)}</lastactive>`)
    + (refresh === undefined ? '' : `<refresh>${Math.round(refresh)}</refresh>`)
    + '</isComposing>'
}

/** Until when somebody is shown as writing, ms; 0: they have stopped. RFC 3994 3.3: 120 s unless said, at least 60. */
export const composingUntil = ({ state, refresh = 120 }: IsComposing, now: number): number =>
  state === 'active' ? now + Math.min(Math.max(refresh, 60), 600) * 1000 : 0
