/**
 * Where senders are kept whom nobody can answer: names of services, groups of an old telephone. RFC 6761 6.4: a domain under
 * `.invalid` never exists, so nothing written there could reach somebody else.
 */
export const domainOfKept = 'kept.invalid'

/** Whether messages of this conversation can only be read. */
export const isReadOnly = (conversation: string): boolean => conversation.endsWith(`@${domainOfKept}`)
