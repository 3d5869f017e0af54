import { expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import { useMany } from '../../../src-renderer/state/many'
import type { FileToSend } from '../../../src-renderer/state/outbox'
import { mei, openWorld } from './world'

const toSend = (name: string): FileToSend => ({
  file: new File([name], name), view: { name, contentType: 'image/jpeg', size: name.length, hash: '' },
  make: async () => ({ blob: new Blob([name]), about: { name, contentType: 'image/jpeg' } }),
})

it('files are kept before anybody hears of what goes to many, and not again when it is said once more', async () => {
  const world = await openWorld()
  const kept: string[] = []
  let isThere = false
  world.keepBy(async (_, blob) => {
    kept.push(await blob.text())
    if (kept.length > 1 && !isThere) throw new Fault('connection-lost')
    return { hash: (await blob.text()).padEnd(64, '0'), size: blob.size }
  })
  const many = world.use(() => ({ many: useMany() })).many
  many.addPeople([{ address: mei, fields: { name: 'Mei' } }], 'Name')
  many.location = { latitude: 1, longitude: 2 }
  const files = [toSend('a'), toSend('b')]
  expect(await many.send(files)).toBeUndefined()
  expect(world.calls.filter(([name]) => name.startsWith('campaign'))).toEqual([])
  expect(many.location).toEqual({ latitude: 1, longitude: 2 })
  isThere = true
  const id = await many.send(files)
  expect(kept).toEqual(['a', 'b', 'b'])
  const begun = world.calls.find(([name]) => name === 'campaignBegin')!
  expect(begun.slice(0, 4)).toEqual(['campaignBegin', id, '', 0])
  expect(begun[4]).toMatchObject({ files: [{ name: 'a', size: 1 }, { name: 'b', size: 1 }], location: { latitude: 1, longitude: 2 } })
  expect(many.location).toBeUndefined()
  expect(many.isEmpty).toBe(true)
})
