/**
 * The one table of faults. `then` says what helps: `wait` and the program tries again by itself, `edit` what was sent,
 * `sign-in` again, `free-space`, or `stop`: it will not work. The window finds the words for a code in its locales
 * (`faults.<code>`), where `detail` fills the gaps.
 */
export const faults = {
  // the wire
  malformed: { then: 'stop' },
  'too-large': { then: 'edit' },
  'bad-type': { then: 'edit' },
  'bad-encoding': { then: 'stop' },
  'not-acceptable': { then: 'edit' },
  // the way
  'no-answer': { then: 'wait' },
  'connection-lost': { then: 'wait' },
  'cannot-connect': { then: 'wait' },
  'bad-certificate': { then: 'stop' },
  'changed-certificate': { then: 'stop' },
  'not-sharing': { then: 'wait' },
  'address-gone': { then: 'wait' },
  busy: { then: 'wait' },
  'mailbox-full': { then: 'wait' },
  // who speaks to whom
  'wrong-password': { then: 'sign-in' },
  'not-registered': { then: 'sign-in' },
  'not-yourself': { then: 'stop' },
  'unknown-recipient': { then: 'edit' },
  refused: { then: 'stop' },
  expired: { then: 'stop' },
  // groups
  'not-member': { then: 'stop' },
  'admins-only': { then: 'stop' },
  'group-full': { then: 'edit' },
  'group-gone': { then: 'stop' },
  'last-admin': { then: 'edit' },
  'wrong-code': { then: 'edit' },
  // files
  'file-gone': { then: 'stop' },
  'file-damaged': { then: 'wait' },
  'file-empty': { then: 'edit' },
  'file-too-large': { then: 'edit' },
  unreadable: { then: 'edit' },
  'no-content-server': { then: 'stop' },
  'quota-reached': { then: 'wait' },
  cancelled: { then: 'stop' },
  // this machine
  'disk-full': { then: 'free-space' },
  'disk-broken': { then: 'stop' },
  'storage-damaged': { then: 'stop' },
  'folder-locked': { then: 'stop' },
  'folder-unwritable': { then: 'stop' },
  'port-taken': { then: 'stop' },
  'wrong-node': { then: 'stop' },
  'newer-version': { then: 'stop' },
  // this program
  'bad-argument': { then: 'edit' },
  'not-allowed': { then: 'stop' },
  'signed-out': { then: 'sign-in' },
  closed: { then: 'wait' },
  internal: { then: 'stop' },
} as const satisfies Record<string, { then: 'wait' | 'edit' | 'sign-in' | 'free-space' | 'stop' }>

export type FaultCode = keyof typeof faults
export type FaultDetail = Readonly<Record<string, string | number | boolean>>

/** A fault as data: what crosses a process or is kept in the journal. `text` is English, for logs and command lines. */
export interface FaultView {
  code: FaultCode
  text?: string
  detail?: FaultDetail
}
