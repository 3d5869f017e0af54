import { beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '../../../src-main/base/faults'
import type { JobView } from '../../../src-main/contract/jobs'
import { shareOf, useJobs } from '../../../src-renderer/state/jobs'
import { useImport } from '../../../src-renderer/state/import'
import { openWorld, settle } from './world'

const job = (change: Partial<JobView> = {}): JobView => ({ id: 'j', kind: 'import', at: 'running', unit: 'bytes', done: 0, total: 100, startedAt: 0, ...change })

beforeAll(() => {
  // The one thing of a browser that copying uses.
  globalThis.FileReader = class {
    result = ''
    onload = () => {}
    onerror = () => {}
    readAsDataURL(blob: Blob) {
      blob.arrayBuffer().then((bytes) => {
        this.result = `data:;base64,${Buffer.from(bytes).toString('base64')}`
        this.onload()
      }, () => this.onerror())
    }
  } as never
})

/** Main's end of copying: what came, and a line that may break. */
async function play() {
  const world = await openWorld()
  const bytes = Buffer.alloc(1_000_000, 'yanxin ')
  const file = new File([bytes], 'sms.xml', { lastModified: 7 })
  let came = Buffer.alloc(0)
  const main = { breakAt: Infinity, jobs: [] as JobView[] }
  const view = () => {
    const isWhole = came.length === bytes.length
    if (isWhole) main.jobs = [job()]
    return { id: 'i', offset: came.length, ...(isWhole && { job: 'j' }) }
  }
  world.answers.jobs = async () => main.jobs
  world.answers.cancelJob = async () => {}
  world.answers.importForget = async () => {}
  world.answers.importBegin = async () => view()
  world.answers.importChunk = async (_, offset, base64) => {
    expect(offset).toBe(came.length)
    came = Buffer.concat([came, Buffer.from(base64, 'base64')])
    if (came.length > main.breakAt) {
      main.breakAt = Infinity
      world.connect({ at: 'lost', until: 1, attempt: 1, appEnded: false })
      throw new Fault('closed')
    }
    return view()
  }
  const imports = world.use(() => ({ store: useImport(), jobs: useJobs() }))
  await settle()
  return { world, file, bytes, main, imports: imports.store, jobs: imports.jobs, came: () => came }
}

describe('copying', () => {
  it('brings every byte once, then shows the job', async () => {
    const { imports, file, bytes, came, world } = await play()
    const choosing = imports.choose(file)
    expect(imports.state).toMatchObject({ at: 'copying', name: 'sms.xml', total: bytes.length })
    await choosing
    expect(came().equals(bytes)).toBe(true)
    expect(world.calls.find(([name]) => name === 'importBegin')).toEqual(['importBegin', { name: 'sms.xml', size: bytes.length, lastModified: 7 }])
    expect(imports.state).toMatchObject({ at: 'reading', job: { id: 'j' } })
  })

  it('goes on where main is when the line comes back, also when the last piece had arrived', async () => {
    const { imports, file, bytes, came, main, world } = await play()
    main.breakAt = 500_000
    const choosing = imports.choose(file)
    await expect.poll(() => came().length).toBeGreaterThan(500_000)
    await settle()
    expect(imports.state.at).toBe('copying')
    world.connect({ at: 'open' })
    await choosing
    expect(came().equals(bytes)).toBe(true)
    expect(imports.state.at).toBe('reading')
  })

  it('that is cancelled asks main to forget, and says nothing more', async () => {
    const { imports, file, world } = await play()
    const answer = Promise.withResolvers<{ id: string; offset: number }>()
    world.answers.importChunk = () => answer.promise
    const choosing = imports.choose(file)
    await expect.poll(() => world.calls.some(([name]) => name === 'importChunk')).toBe(true)
    await imports.cancel()
    answer.resolve({ id: 'i', offset: 400_000 })
    await choosing
    expect(world.calls.filter(([name]) => name === 'importChunk')).toHaveLength(1)
    expect(world.calls).toContainEqual(['importForget', 'i'])
    expect(imports.state).toEqual({ at: 'idle' })
  })

  it('that main refuses, or that cannot be read, is said', async () => {
    const { imports, file, world } = await play()
    world.answers.importBegin = async () => { throw new Fault('disk-full', { detail: { needed: 5, free: 1 } }) }
    await imports.choose(file)
    expect(imports.state).toMatchObject({ at: 'failed', fault: { code: 'disk-full', detail: { needed: 5 } } })
    world.answers.importBegin = async () => ({ id: 'i', offset: 0 })
    await imports.choose(Object.assign(file, { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('moved')) }) }) as never)
    expect(imports.state).toEqual({ at: 'unreadable', name: 'sms.xml' })
    await imports.dismiss()
    expect(imports.state).toEqual({ at: 'idle' })
  })
})

describe('jobs', () => {
  it('are told by main, ended, and gone when they were seen', async () => {
    const { imports, jobs, world } = await play()
    world.notices.emit('job', job({ id: 'x', kind: 'check' }))
    world.notices.emit('job', job({ done: 50 }))
    expect(jobs.running.map(({ id }) => id)).toEqual(['x', 'j'])
    expect(imports.state).toMatchObject({ at: 'reading' })
    world.notices.emit('job', job({ at: 'done', done: 100 }))
    expect(imports.state).toMatchObject({ at: 'ended' })
    await imports.dismiss()
    expect(jobs.jobs.map(({ id }) => id)).toEqual(['x'])
    expect(world.calls.at(-1)).toEqual(['cancelJob', 'j'])
  })

  it.each([
    [job({ done: 50 }), 0.25], [job({ done: 100, detail: { step: 'merging', messages: 10, left: 5 } }), 0.75],
    [job({ done: 100, detail: { step: 'merging', messages: 10, left: 0 } }), 1], [job({ kind: 'check', done: 50 }), 0.5],
  ])('%#: how far it is', (view, share) => expect(shareOf(view)).toBe(share))
})
