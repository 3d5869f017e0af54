import type { CpimExtension } from './cpim'

const frame = { prefix: 'yanxin', namespace: 'urn:yanxin:cpim', name: 'Mention' } as const
/** Who calls more of them means all. */
const most = 500

/** Whom a message calls, addresses of record or `all`, as headers of its CPIM: `yanxin.Mention: <sip:mei@lab.test>`. */
export const mentionHeaders = (mentions: readonly string[]): CpimExtension[] =>
  mentions.slice(0, most).map((each) => ({ ...frame, value: each === 'all' ? each : `<${each}>` }))

/** Whom a message calls: URIs, or `all`; nothing when it calls nobody. */
export function readMentions(extensions: readonly CpimExtension[]): string[] | undefined {
  const called = extensions.filter(({ namespace, name }) => namespace === frame.namespace && name.toLowerCase() === 'mention')
    .map(({ value }) => /^\s*<([^<>]+)>\s*$/.exec(value)?.[1] ?? value.trim().toLowerCase())
    .filter((each) => each === 'all' || each.includes(':'))
  return called.length > 0 ? [...new Set(called)].slice(0, most) : undefined
}
