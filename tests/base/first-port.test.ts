import { expect, test } from 'vitest'
import { Fault } from '../../src-main/base/faults'
import { atFirstPort } from '../../src-main/base/first-port'

const taken = (port: number) => new Fault('port-taken', { detail: { port } })
/** Only these are free. */
const free = (...ports: number[]) => async (port: number) => {
  if (!ports.includes(port)) throw taken(port)
  return `at ${port}`
}

test('takes the first that can be had, in their order', async () => {
  expect(await atFirstPort([1, 2, 3], free(3, 2))).toBe('at 2')
})

test('says of the last why none could', async () => {
  await expect(atFirstPort([1, 2], free())).rejects.toMatchObject({ code: 'port-taken', detail: { port: 2 } })
  await expect(atFirstPort([], free())).rejects.toMatchObject({ code: 'port-taken' })
})
