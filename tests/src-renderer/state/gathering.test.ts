import { expect, it } from 'vitest'
import { columnsOf, gather, nobody, whole } from '../../../src-renderer/state/gathering'

const name = { key: 'name', title: '姓名' }
const seat = { key: 'seat', title: 'Seat' }
const mei = (fields: Record<string, string>) => ({ address: 'sip:mei@test', fields })

it('everybody is there once; who comes again adds what was not known', () => {
  const first = gather(nobody, [mei({ name: '小梅', seat: '' }), { address: 'tel:+861', fields: { name: '' } }], [name])
  const then = gather(first, [mei({ name: 'Mei', seat: '12A' }), { address: 'tel:+861', fields: { name: 'Wei' } }, { address: 'tel:+862', fields: {} }], [{ key: 'name', title: 'Name' }, seat])
  expect(then.people).toEqual([mei({ name: '小梅', seat: '12A' }), { address: 'tel:+861', fields: { name: 'Wei' } }, { address: 'tel:+862', fields: {} }])
  expect(then.joined).toBe(2)
  expect(then.columns).toEqual([name, seat])
})

it('what is not known of somebody is empty, so that the words know it for a field', () => {
  expect(whole(mei({ seat: '7C' }), [name, seat])).toEqual(mei({ name: '', seat: '7C' }))
})

it('people of a list have the columns of their fields', () => {
  expect(columnsOf([mei({ name: 'x', 座位: '1' }), { address: 'tel:+861', fields: { gift: 'tea' } }], '姓名')).toEqual([
    name, { key: '座位', title: '座位' }, { key: 'gift', title: 'gift' },
  ])
})
