const link = /(?:sip:)?(conf-[A-Za-z0-9._-]+@[A-Za-z0-9.-]+;code=[A-Za-z0-9_-]+)/i

/** The invitation in what was pasted, as it is joined by: alone, without its scheme, or in the middle of a sentence. */
export function invitationIn(text: string): string | undefined {
  const found = link.exec(text.normalize('NFKC'))?.[1]
  return found && `sip:${found}`
}

/** The invitation to a group as it is handed on. */
export const invitationOf = (conversation: string, code: string): string => `${conversation};code=${code}`
