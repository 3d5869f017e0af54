import { describe, expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import { useOutbox, type FileToSend } from '../../../src-renderer/state/outbox'
import { ownPicture } from '../../../src-renderer/state/own-pictures'
import { useSending } from '../../../src-renderer/state/send'
import { useThread } from '../../../src-renderer/state/thread'
import { appState, lan, mei, me, message, openWorld, settle } from './world'

const toSend = (name: string, bytes: string, more: Partial<FileToSend> = {}): FileToSend => ({
  file: new File([bytes], name), view: { name, contentType: 'image/jpeg', size: bytes.length, hash: '' },
  make: async () => ({ blob: new Blob([bytes]), about: { name, contentType: 'image/jpeg', width: 4, height: 3 } }), ...more,
})

async function open() {
  const world = await openWorld()
  world.store.set(mei, [])
  const thread = world.use(() => useThread(mei))
  const sending = world.use(() => useSending())
  const outbox = world.use(() => ({ outbox: useOutbox() })).outbox
  await settle()
  const sent = () => world.calls.filter(([name]) => name === 'sendFiles')
  return { world, thread, sending, outbox, sent }
}

describe('sending files', () => {
  it('shows them at once with their picture, keeps them, and then tells main of them in their order', async () => {
    const { world, thread, sending, sent } = await open()
    const kept: string[] = []
    world.keepBy(async (path, blob) => {
      kept.push(`${path} ${await blob.text()}`)
      return { hash: (await blob.text()).padEnd(64, '0'), size: blob.size }
    })
    const first = toSend('a.jpg', 'aa', { picture: URL.createObjectURL(new Blob(['seen'])) })
    const second = toSend('b.jpg', 'b', { make: async () => ({ blob: new Blob(['bbb']), about: { name: 'b.png', contentType: 'image/png' }, thumbnail: new Blob(['t']) }) })
    const id = sending.sendFiles(mei, [first, second], 'two')
    expect(thread.at(0)).toMatchObject({ id, from: me, status: 'queued', isKeeping: true, content: { kind: 'files', text: 'two', files: [first.view, second.view] } })
    expect(ownPicture(first.view)).toMatch(/^blob:/)
    expect(ownPicture(second.view)).toBeUndefined()
    await settle()
    await settle()
    expect(kept).toEqual(['/content/x/ aa', '/content/x/ t', '/content/x/ bbb'])
    const files = [
      { name: 'a.jpg', contentType: 'image/jpeg', width: 4, height: 3, hash: 'aa'.padEnd(64, '0'), size: 2 },
      { name: 'b.png', contentType: 'image/png', hash: 'bbb'.padEnd(64, '0'), size: 3, thumbnail: { hash: 't'.padEnd(64, '0'), size: 1, contentType: 'image/jpeg' } },
    ]
    expect(sent()).toEqual([['sendFiles', mei, id, { text: 'two', files }]])
    expect(thread.at(0)).not.toHaveProperty('isKeeping')
    // The row of the store shows the picture that is here, not one to be loaded.
    expect(ownPicture({ ...files[0]! })).toBe(ownPicture(first.view))
  })

  it('tells whom their words call', async () => {
    const { world, thread, sending, sent } = await open()
    world.keepBy(async () => ({ hash: '1'.padEnd(64, '0'), size: 1 }))
    sending.sendFiles(mei, [toSend('a', 'a')], '@Lan look', [lan])
    expect(thread.at(0)!.content).toMatchObject({ kind: 'files', text: '@Lan look', mentions: [lan] })
    sending.sendFiles(mei, [toSend('b', 'b')], 'nobody', [])
    await settle()
    await settle()
    expect(sent().map(([, , , message]) => (message as { mentions?: string[] }).mentions)).toEqual([[lan], undefined])
  })

  it('a text that is written while a file is being kept does not wait for it', async () => {
    const { world, sending, sent } = await open()
    let done = () => {}
    world.keepBy(() => new Promise((resolve) => (done = () => resolve({ hash: '1'.padEnd(64, '0'), size: 1 }))))
    sending.sendFiles(mei, [toSend('a', 'a')])
    sending.send(mei, 'meanwhile')
    await settle()
    expect(world.calls.map(([name]) => name)).toContain('send')
    expect(sent()).toEqual([])
    done()
    await settle()
    expect(sent()).toHaveLength(1)
  })

  it('what main was not reached for goes on when it is back, and nothing is kept twice', async () => {
    const { world, thread, sending, sent } = await open()
    const kept: string[] = []
    let reached = 1
    world.keepBy(async (_, blob) => {
      const text = await blob.text()
      if (reached-- <= 0) throw new Fault('connection-lost')
      kept.push(text)
      return { hash: text.padEnd(64, '0'), size: blob.size }
    })
    const id = sending.sendFiles(mei, [toSend('a', 'a'), toSend('b', 'b')])
    await settle()
    await settle()
    expect([kept, sent()]).toEqual([['a'], []])
    expect(thread.at(0)).toMatchObject({ status: 'queued', isKeeping: true })
    reached = 9
    world.connect({ at: 'open' })
    await settle()
    await settle()
    expect(kept).toEqual(['a', 'b'])
    expect(sent()).toMatchObject([['sendFiles', mei, id, { files: [{ name: 'a' }, { name: 'b' }] }]])
  })

  it('goes on under the path of another main', async () => {
    const { world, sending, sent } = await open()
    world.keepBy(async (path, blob) => {
      if (path !== '/content/y/') throw new Fault('connection-lost')
      return { hash: 'f'.repeat(64), size: blob.size }
    })
    sending.sendFiles(mei, [toSend('a', 'a')])
    await settle()
    expect(sent()).toEqual([])
    world.notices.emit('stateChanged', appState({ content: '/content/y/' }))
    await settle()
    await settle()
    expect(sent()).toHaveLength(1)
  })

  it('a refusal is said at the message; it goes again under its id, or is taken back with what it was made of', async () => {
    const { world, thread, sending, sent } = await open()
    world.keepBy(() => Promise.reject(new Fault('disk-full')))
    const file = toSend('a', 'a')
    const id = sending.sendFiles(mei, [file], 'words')
    await settle()
    expect(thread.at(0)).toMatchObject({ status: 'failed', fault: { code: 'disk-full' } })
    expect(sending.canAgain(thread.at(0)!)).toBe(true)
    world.keepBy(async (_, blob) => ({ hash: 'f'.repeat(64), size: blob.size }))
    world.answers.sendFiles = () => Promise.reject(new Fault('too-large', { detail: { limit: 5 } }))
    await sending.again(mei, id)
    await settle()
    expect(sent()).toMatchObject([['sendFiles', mei, id, { text: 'words' }]])
    expect(thread.at(0)).toMatchObject({ id, status: 'failed', fault: { code: 'too-large', detail: { limit: 5 } } })
    expect(sending.discard(id)).toEqual({ text: 'words', files: [file] })
    expect(thread.count.value).toBe(0)
  })

  it('its row takes its place', async () => {
    const { world, thread, sending } = await open()
    const id = sending.sendFiles(mei, [toSend('a', 'a')])
    await settle()
    world.store.set(mei, [message(0, { id, outgoing: true, from: me, content: { kind: 'files', files: [] } })])
    await settle()
    expect([thread.count.value, thread.at(0)?.id]).toEqual([1, id])
  })
})
