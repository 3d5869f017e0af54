import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import type { FileRow, UploadRow } from '../../../src-main/server/files/verbs'
import { openInlineDatabase } from '../../fakes/database'

let ledger: Ledger<DatabaseVerbs>
beforeEach(async () => { ledger = await openInlineDatabase() })
afterEach(() => ledger.close())

const mei = 'sip:mei@home.test'
const thumbnail = { hash: 'small', size: 10, type: 'image/jpeg' }
const upload = (id: string, tid = id, more: Partial<UploadRow> = {}): UploadRow =>
  ({ id, address: mei, tid, name: 'a.jpg', type: 'image/jpeg', thumbnail: null, announced: 100, touchedAt: 1, ...more })
const file = (id: string, tid = id, more: Partial<FileRow> = {}): FileRow =>
  ({ id, address: mei, tid, name: 'a.jpg', type: 'image/jpeg', thumbnail: null, size: 100, hash: `hash of ${id}`, createdAt: 1, expiresAt: 1_000, ...more })

describe('an upload', () => {
  it('is found under its id and under its own name, until it is whole', async () => {
    await ledger.commit('files.begin', upload('1', 'tid', { thumbnail }))
    expect(await ledger.read('files.upload', { id: '1' })).toEqual(upload('1', 'tid', { thumbnail }))
    expect(await ledger.read('files.named', { address: mei, tid: 'tid' })).toEqual({ upload: upload('1', 'tid', { thumbnail }), file: null })
    expect(await ledger.read('files.named', { address: 'sip:lan@home.test', tid: 'tid' })).toEqual({ upload: null, file: null })
    const whole = file('1', 'tid', { thumbnail })
    expect(await ledger.commit('files.finish', whole)).toEqual({ file: whole, unneeded: [] })
    expect(await ledger.read('files.named', { address: mei, tid: 'tid' })).toEqual({ upload: null, file: whole })
  })

  it('takes the place of another of that name', async () => {
    expect(await ledger.commit('files.begin', upload('1', 'tid'))).toEqual({})
    expect(await ledger.commit('files.begin', upload('2', 'tid'))).toEqual({ replaced: '1' })
    // Repeated, as after the death of the thread.
    expect(await ledger.commit('files.begin', upload('2', 'tid'))).toEqual({})
    expect(await ledger.read('files.uploads', null)).toEqual([upload('2', 'tid')])
  })

  it('that is given up leaves a thumbnail that nobody needs', async () => {
    await ledger.commit('files.begin', upload('1', 'one', { thumbnail }))
    await ledger.commit('files.begin', upload('2', 'two', { thumbnail }))
    expect(await ledger.commit('files.giveUp', { id: '1' })).toEqual({ unneeded: [] })
    expect(await ledger.commit('files.giveUp', { id: '2' })).toEqual({ unneeded: ['small'] })
    expect(await ledger.commit('files.giveUp', { id: '2' })).toEqual({ unneeded: [] })
  })
})

describe('a file', () => {
  it('that is sent again under its name keeps its id; another one replaces it', async () => {
    await ledger.commit('files.finish', file('1', 'tid', { hash: 'same' }))
    const again = await ledger.commit('files.finish', file('2', 'tid', { hash: 'same', expiresAt: 2_000 }))
    expect(again).toMatchObject({ file: { id: '1', expiresAt: 2_000 }, unneeded: [] })
    const other = await ledger.commit('files.finish', file('3', 'tid', { hash: 'other' }))
    expect(other).toMatchObject({ file: { id: '3' }, replaced: { id: '1' }, unneeded: ['same'] })
    expect(await ledger.read('files.file', { id: '1' })).toBeNull()
  })

  it('is counted for its account, with its thumbnail', async () => {
    await ledger.commit('files.finish', file('1'))
    await ledger.commit('files.finish', file('2', '2', { thumbnail }))
    await ledger.commit('files.finish', file('3', '3', { address: 'sip:lan@home.test', size: 7 }))
    expect(await ledger.read('files.usage', null)).toEqual([{ address: mei, files: 2, bytes: 210 }, { address: 'sip:lan@home.test', files: 1, bytes: 7 }])
  })

  it('goes when its time is over, its bytes when nothing refers to them', async () => {
    await ledger.commit('files.finish', file('1', '1', { hash: 'shared', expiresAt: 10 }))
    await ledger.commit('files.finish', file('2', '2', { hash: 'own', expiresAt: 11, thumbnail }))
    await ledger.commit('files.finish', file('3', '3', { hash: 'shared', expiresAt: 20 }))
    expect((await ledger.commit('files.expire', { before: 9, limit: 9 })).files).toEqual([])
    const first = await ledger.commit('files.expire', { before: 15, limit: 1 })
    expect([first.files.map(({ id }) => id), first.unneeded]).toEqual([['1'], []])
    const second = await ledger.commit('files.expire', { before: 15, limit: 9 })
    expect([second.files.map(({ id }) => id), second.unneeded.sort()]).toEqual([['2'], ['own', 'small']])
    expect(await ledger.read('files.unneeded', { hashes: ['shared', 'own', 'small', 'never'] })).toEqual(['own', 'small', 'never'])
  })
})
