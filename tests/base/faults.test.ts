import { expect, it } from 'vitest'
import { Fault } from '../../src-main/base/faults'

it('crosses a process as data and is the same fault on the other side', () => {
  const fault = new Fault('too-large', { text: 'longer than 64 KB', detail: { limit: 65_536 }, cause: new Error('why') })
  const arrived = Fault.of(structuredClone(fault.view()))
  expect(arrived).toMatchObject({ code: 'too-large', message: 'longer than 64 KB', detail: { limit: 65_536 } })
})

it('keeps whatever was thrown as its cause, and a fault as itself', () => {
  const thrown = new TypeError('x is not a function')
  expect(Fault.from(thrown)).toMatchObject({ code: 'internal', cause: thrown, message: 'x is not a function' })
  const fault = new Fault('expired')
  expect(Fault.from(fault, 'internal')).toBe(fault)
})
