import { describe, expect, it } from 'vitest'
import type { JobView } from '../../../src-main/contract/jobs'
import type { FileView, Transfer } from '../../../src-main/contract/message'
import { secondsLeft, transferAt, useTransfer } from '../../../src-renderer/files/transfer'
import { mei, openWorld, settle } from '../state/world'

const file = (transfer?: Transfer, hash = ''): FileView => ({ name: 'a.pdf', contentType: 'application/pdf', size: 4_000_000, hash, ...(transfer && { transfer }) })
const down = (at: Transfer['at'], change: Partial<Transfer> = {}): Transfer => ({ way: 'down', at, ...change })
const place = { conversation: mei, message: 'm1', index: 1, isKeeping: false }
const job = (change: Partial<JobView> = {}): JobView => ({
  id: 'j', kind: 'download', at: 'running', unit: 'bytes', done: 1_000_000, total: 4_000_000, startedAt: 0, detail: { conversation: mei, message: 'm1', file: 1, name: 'a.pdf' }, ...change,
})

it.each([
  [file(undefined, 'aa'), false, false, 'here'], [file(), false, false, 'missing'], [file(), true, false, 'keeping'], [file(down('waiting')), false, false, 'waiting'], [file(down('waiting')), false, true, 'running'],
  [file(down('paused')), false, true, 'paused'], [file(down('offered')), false, false, 'offered'], [file(down('failed')), false, false, 'failed'], [file({ way: 'up', at: 'waiting' }, 'aa'), false, true, 'running'],
] as const)('%#: where the bytes are', (view, isKeeping, isRunning, at) => expect(transferAt(view, isKeeping, isRunning)).toBe(at))

it('says how long it takes only when it moves', () => {
  expect(secondsLeft(3_000, 1_000)).toBe(3)
  expect(secondsLeft(3_000, 0)).toBeUndefined()
})

describe('a transfer', () => {
  async function play(view: FileView) {
    const world = await openWorld()
    world.answers.jobs = async () => []
    const transfer = world.use(() => useTransfer(view, place))
    await settle()
    return { world, transfer }
  }

  it('runs by the job of its own file and no other', async () => {
    const { world, transfer } = await play(file(down('waiting')))
    expect(transfer.at.value).toBe('waiting')
    world.notices.emit('job', job({ id: 'other', detail: { conversation: mei, message: 'm1', file: 0, name: 'b' } }))
    expect(transfer.at.value).toBe('waiting')
    world.notices.emit('job', job())
    expect([transfer.at.value, transfer.share.value, transfer.left.value]).toEqual(['running', 0.25, undefined])
    expect(transfer.wishes.value).toEqual(['pause', 'cancel'])
    world.notices.emit('job', job({ at: 'done' }))
    expect(transfer.at.value).toBe('waiting')
  })

  it('tells how fast it is by what came since it was seen, not by what was there before', async () => {
    const { world, transfer } = await play(file(down('waiting')))
    world.notices.emit('job', job())
    await world.clock.advance(2_000)
    world.notices.emit('job', job({ done: 2_000_000 }))
    expect([transfer.speed.value, transfer.left.value]).toEqual([500_000, 4])
    // Another try begins anew.
    world.notices.emit('job', job({ at: 'failed' }))
    world.notices.emit('job', job({ id: 'again', done: 2_000_000 }))
    expect(transfer.speed.value).toBe(0)
  })

  it.each<[Transfer, string[]]>([
    [down('offered'), ['go']], [down('paused'), ['go', 'cancel']], [down('failed', { fault: { code: 'file-damaged' } }), ['go']], [down('failed', { fault: { code: 'file-gone' } }), []],
    [{ way: 'up', at: 'failed' }, ['go']], [{ way: 'up', at: 'waiting' }, ['pause', 'cancel']],
  ])('%j offers %j', async (state, wishes) => {
    const { transfer } = await play(file(state))
    expect(transfer.wishes.value).toEqual(wishes)
  })

  it('tells main what is wanted of it', async () => {
    const { world, transfer } = await play(file(down('offered')))
    await transfer.want('go')
    expect(world.calls.at(-1)).toEqual(['transfer', mei, 'm1', 1, 'go'])
  })
})
