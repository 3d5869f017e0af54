import { expect, test } from 'vitest'
import type { GroupMember } from '../../../src-main/contract/group'
import { found, inOrder } from '../../../src-renderer/groups/roster'

const member = (user: string, more: Partial<GroupMember> = {}): GroupMember => ({ address: `sip:${user}@test`, role: 'member', state: 'joined', ...more })
const names: Record<string, string> = { 'sip:lin@test': '林美', 'sip:wang@test': '王伟', 'sip:anna@test': 'Anna Kowalska', 'sip:ou@test': '欧阳修远', 'sip:chen@test': '陈小明' }
const roster = inOrder(
  [member('wang'), member('lin'), member('ou', { state: 'invited' }), member('chen', { role: 'admin' }), member('anna')], (address) => names[address]!, 'sip:lin@test',
)
const find = (typed: string) => found(roster, typed, ({ name, member: { address } }) => ({ name, address })).map(({ name }) => name)

test('admins stand first, who has not accepted last, the others by name', () => {
  expect(roster.map(({ name }) => name)).toEqual(['陈小明', 'Anna Kowalska', '林美', '王伟', '欧阳修远'])
  expect(roster.filter(({ isOwn }) => isOwn).map(({ name }) => name)).toEqual(['林美'])
})
test('a roster is put in order once, and again when somebody is called otherwise', () => {
  const members = [member('wang'), member('anna')]
  const first = inOrder(members, (address) => names[address]!, undefined)
  expect(inOrder(members, (address) => names[address]!, undefined)).toBe(first)
  expect(inOrder(members, (address) => (address === 'sip:anna@test' ? '张安娜' : names[address]!), undefined).map(({ name }) => name)).toEqual(['王伟', '张安娜'])
  expect(inOrder(members, (address) => names[address]!, 'sip:anna@test').filter(({ isOwn }) => isOwn)).toHaveLength(1)
  expect(inOrder([...members, member('lin')], (address) => names[address]!, undefined)).toHaveLength(3)
})
test.each([
  ['lm', ['林美']], ['wang', ['王伟']], ['@林', ['林美']], ['xm', ['陈小明']], ['kow', ['Anna Kowalska']], ['oyxy', ['欧阳修远']], ['an', ['Anna Kowalska']], ['zzz', []],
])('%s finds %s', (typed, found) => expect(find(typed)).toEqual(found))
test('nothing typed finds everybody', () => expect(find(' ')).toHaveLength(5))
