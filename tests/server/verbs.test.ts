import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations } from '../../src-main/database-verbs'
import { Db } from '../../src-main/relay/ledger/db'
import { serverVerbs as verbs } from '../../src-main/server/verbs'
import { temporaryFolder } from '../fakes/database'

const mei = { address: 'sip:mei@play.test', sha256: 's', md5: 'm', createdAt: 1 }
const device = { address: mei.address, instance: 'urn:uuid:1', agent: 'play', features: '', firstAt: 1, seenAt: 1 }
let db: Db

beforeEach(() => { db = new Db(join(temporaryFolder(), 'accounts.sqlite'), migrations) })
afterEach(() => db.close())

test('every verb may be repeated', () => {
  expect([verbs['accounts.add'](db, mei), verbs['accounts.add'](db, mei)]).toEqual([{ added: true }, { added: false }])
  for (let i = 0; i < 2; i++) verbs['devices.seen'](db, device)
  expect(verbs['accounts.load'](db, null)).toEqual({ n: 1, accounts: [mei], devices: [device] })
  expect([1, 2].map(() => verbs['accounts.remove'](db, mei).known)).toEqual([true, false])
  expect(verbs['accounts.load'](db, null)).toEqual({ n: 2, accounts: [], devices: [] })
})

test('changes tell what other processes did, and nothing of what the relay does itself', () => {
  verbs['accounts.add'](db, mei)
  const { n } = verbs['accounts.load'](db, null)
  verbs['devices.seen'](db, device)
  expect(verbs['accounts.changes'](db, { after: n })).toEqual({ n, changes: [] })
  verbs['accounts.password'](db, { address: mei.address, sha256: 't', md5: 'n' })
  const changed = verbs['accounts.changes'](db, { after: n })
  expect(changed.changes).toEqual([{ address: mei.address, account: { ...mei, sha256: 't', md5: 'n' }, devices: [device] }])
  verbs['accounts.remove'](db, mei)
  expect(verbs['accounts.changes'](db, { after: changed.n }).changes).toEqual([{ address: mei.address, devices: [] }])
})

test('a device of an account that is gone is not kept', () => {
  verbs['devices.seen'](db, device)
  expect(verbs['devices.list'](db, {})).toEqual([])
})
