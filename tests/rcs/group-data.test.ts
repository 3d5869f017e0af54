import { describe, expect, it } from 'vitest'
import { readGroupData, readPolicies, writeGroupData, writePolicies } from '../../src-main/rcs/group-data'
import { faultOf } from './captures'

const data = (inside: string) => `<groupdata xmlns="urn:oma:xml:cpm:groupdata">${inside}</groupdata>`

describe('group data', () => {
  it.each([
    { target: 'subject' as const, action: 'set' as const, data: '周末 <&>' },
    { target: 'description' as const, action: 'delete' as const, data: '' },
    { target: 'icon' as const, action: 'set' as const, data: 'image/png;iVBORw0KGgo=' },
  ])('reads back what it writes: $target', (said) => expect(readGroupData(writeGroupData(said))).toEqual(said))

  it.each([
    ['another root', '<conference-info/>'],
    ['an unknown target', data('<target-type>colour</target-type><action-type>set</action-type><data>red</data>')],
    ['an unknown action', data('<target-type>subject</target-type><action-type>sing</action-type>')],
    ['no action', data('<target-type>subject</target-type>')],
  ])('refuses %s', (_, xml) => expect(faultOf(() => readGroupData(xml))).toBe('malformed'))

  it('takes what policies do not say as open, and history as hidden', () => {
    expect(readPolicies('')).toEqual({ post: 'all', add: 'all', history: 'hidden' })
    expect(readPolicies(' POST=admins ; colour=red')).toEqual({ post: 'admins', add: 'all', history: 'hidden' })
    const strict = { post: 'admins', add: 'admins', history: 'shared' } as const
    expect(readPolicies(writePolicies(strict))).toEqual(strict)
  })
})
