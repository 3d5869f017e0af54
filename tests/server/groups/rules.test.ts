import { describe, expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import { mostMembers, openPolicies, type Group, type Member } from '../../../src-main/server/groups/group'
import { decide, mayHear, mayPost, type Asked } from '../../../src-main/server/groups/rules'

const member = (address: string, role: Member['role'] = 'member', state: Member['state'] = 'joined', since = 1): [string, Member] => [address, { address, role, state, since }]

const groupOf = (members: [string, Member][], more: Partial<Group> = {}): Group => ({
  grp: 1, address: 'sip:conf-1@x', subject: 'g', description: '', policies: openPolicies, version: 5, isGone: false, members: new Map(members), ...more,
})

const mei = member('mei', 'admin')
const lan = member('lan', 'member', 'joined', 3)
const bo = member('bo', 'member', 'invited', 4)
const usual = () => groupOf([mei, lan, bo])

const what = (group: Group, by: string, asked: Asked): string[] => decide(group, by, asked).map(({ change }) => change.what)
const refused = (group: Group, by: string, asked: Asked): string => {
  try {
    return `allowed: ${what(group, by, asked).join()}`
  } catch (thrown) {
    return Fault.from(thrown).code
  }
}

describe('who may do what in a group', () => {
  it.each<[string, string, Asked, string]>([
    ['a stranger invites', 'ann', { do: 'invite', of: ['dan'] }, 'not-member'],
    ['who is invited invites', 'bo', { do: 'invite', of: ['dan'] }, 'not-member'],
    ['a member invites', 'lan', { do: 'invite', of: ['dan'] }, 'allowed: invited'],
    ['a member invites who is there', 'lan', { do: 'invite', of: ['mei', 'bo'] }, 'allowed: '],
    ['who is invited accepts', 'bo', { do: 'join' }, 'allowed: joined'],
    ['a member comes again', 'lan', { do: 'join' }, 'allowed: '],
    ['a stranger joins without a code', 'ann', { do: 'join' }, 'not-member'],
    ['a stranger joins with a code where there is none', 'ann', { do: 'join', code: '' }, 'wrong-code'],
    ['who is invited declines', 'bo', { do: 'remove', of: 'bo' }, 'allowed: declined'],
    ['a member leaves', 'lan', { do: 'remove', of: 'lan' }, 'allowed: left'],
    ['a stranger leaves', 'ann', { do: 'remove', of: 'ann' }, 'not-member'],
    ['a member removes', 'lan', { do: 'remove', of: 'mei' }, 'admins-only'],
    ['an admin removes', 'mei', { do: 'remove', of: 'lan' }, 'allowed: removed'],
    ['an admin takes an invitation back', 'mei', { do: 'remove', of: 'bo' }, 'allowed: removed'],
    ['an admin removes who is gone', 'mei', { do: 'remove', of: 'ann' }, 'allowed: '],
    ['a member makes itself admin', 'lan', { do: 'role', of: 'lan', role: 'admin' }, 'admins-only'],
    ['an admin makes who is only invited one', 'mei', { do: 'role', of: 'bo', role: 'admin' }, 'not-member'],
    ['an admin makes a member one', 'mei', { do: 'role', of: 'lan', role: 'admin' }, 'allowed: promoted'],
    ['the only admin steps back', 'mei', { do: 'role', of: 'mei', role: 'member' }, 'last-admin'],
    ['a member dissolves', 'lan', { do: 'dissolve' }, 'admins-only'],
    ['an admin dissolves', 'mei', { do: 'dissolve' }, 'allowed: dissolved'],
    ['a member renames', 'lan', { do: 'set', subject: 'h' }, 'admins-only'],
    ['an admin renames', 'mei', { do: 'set', subject: 'h' }, 'allowed: subject'],
    ['an admin gives the name that it has', 'mei', { do: 'set', subject: 'g' }, 'allowed: '],
    ['an admin takes the name away', 'mei', { do: 'set', subject: ' ' }, 'bad-argument'],
    ['an admin writes a book for a name', 'mei', { do: 'set', subject: 'x'.repeat(201) }, 'bad-argument'],
    ['an icon that is too large', 'mei', { do: 'set', icon: { contentType: 'image/png', body: new Uint8Array(16 * 1024 + 1) } }, 'bad-argument'],
    ['an icon that is a script', 'mei', { do: 'set', icon: { contentType: 'image/svg+xml', body: new Uint8Array(1) } }, 'bad-argument'],
    ['an icon taken away where there is none', 'mei', { do: 'set', icon: null }, 'allowed: '],
  ])('%s', (_, by, asked, expected) => expect(refused(usual(), by, asked)).toBe(expected))

  it('lets nobody do anything in a group that is gone', () => {
    const gone = groupOf([mei, lan], { isGone: true })
    for (const asked of [{ do: 'join' }, { do: 'invite', of: ['x'] }, { do: 'dissolve' }] as const) expect(refused(gone, 'mei', asked)).toBe('group-gone')
    expect(() => mayPost(gone, 'mei')).toThrow()
    expect(() => mayHear(gone, 'ann')).toThrow()
  })

  it('lets only admins invite and post where the policy says so', () => {
    const strict = groupOf([mei, lan], { policies: { post: 'admins', add: 'admins', history: 'hidden' } })
    expect(refused(strict, 'lan', { do: 'invite', of: ['x'] })).toBe('admins-only')
    expect(refused(strict, 'mei', { do: 'invite', of: ['x'] })).toBe('allowed: invited')
    expect(() => mayPost(strict, 'lan')).toThrow(expect.objectContaining({ code: 'admins-only' }))
    expect(() => mayPost(strict, 'mei')).not.toThrow()
    expect(() => mayPost(usual(), 'bo')).toThrow(expect.objectContaining({ code: 'not-member' }))
  })

  it('has room for a number of members, those invited among them', () => {
    const all = Array.from({ length: mostMembers - 1 }, (_, i) => member(`m${i}`))
    const nearly = groupOf([mei, ...all], { code: 'c' })
    expect(refused(nearly, 'mei', { do: 'invite', of: ['one'] })).toBe('group-full')
    expect(refused(nearly, 'ann', { do: 'join', code: 'c' })).toBe('group-full')
    nearly.members.delete('m0')
    expect(refused(nearly, 'mei', { do: 'invite', of: ['one', 'two'] })).toBe('group-full')
    expect(refused(nearly, 'ann', { do: 'join', code: 'c' })).toBe('allowed: joined')
  })

  it('gives a group that its only admin leaves to who has been there longest, and ends one that nobody is in', () => {
    const steps = decide(groupOf([mei, member('old', 'member', 'joined', 2), lan, bo]), 'mei', { do: 'remove', of: 'mei' })
    expect(steps.map(({ change }) => [change.what, change.of])).toEqual([['promoted', ['old']], ['left', undefined]])
    expect(what(groupOf([mei, bo]), 'mei', { do: 'remove', of: 'mei' })).toEqual(['dissolved'])
    expect(what(groupOf([mei, member('lan', 'admin')]), 'mei', { do: 'remove', of: 'mei' })).toEqual(['left'])
  })

  it('invites each once, and tells of those who are new', () => {
    const [step] = decide(usual(), 'lan', { do: 'invite', of: ['dan', 'mei', 'dan', 'eve'] })
    expect(step!.change.of).toEqual(['dan', 'eve'])
    expect(step!.members.map(({ address, to }) => [address, to])).toEqual([['dan', 'invited'], ['eve', 'invited']])
  })
})
