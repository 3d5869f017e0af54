import { join } from 'node:path'
import { expect, it } from 'vitest'
import { migrations } from '../../../src-main/database-verbs'
import { Db } from '../../../src-main/relay/ledger/db'
import { keepPayload, historyOf, putShared } from '../../../src-main/relay/queue/shared'
import { putRow } from '../../../src-main/relay/queue/rows'
import { groupVerbs } from '../../../src-main/server/groups/verbs'
import { serverVerbs } from '../../../src-main/server/verbs'
import { temporaryFolder } from '../../fakes/database'

const [mei, lan] = ['sip:mei@x', 'sip:lan@x'] as [string, string]
const group = 'sip:conf-1@x'
const when = { now: 1_000, keep: 1_000 }

it('a write that fails ends the whole change: it is no refusal, and nothing of it is there', () => {
  const db = new Db(join(temporaryFolder(), 'groups.sqlite'), migrations)
  let isFull = false
  const verbs = groupVerbs({
    keepPayload, historyOf, putRow,
    putShared(...given: Parameters<typeof putShared>) {
      if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
      return putShared(...given)
    },
  })
  for (const address of [mei, lan]) {
    serverVerbs['accounts.add'](db, { address, sha256: 's', md5: 'm', createdAt: 1 })
    serverVerbs['devices.seen'](db, { address, instance: 'urn:uuid:1', agent: '', features: ';+g.yanxin.groups', firstAt: 1, seenAt: 1 })
  }
  const create = () => verbs['groups.create'](db, { address: group, contribution: null, subject: 'g', by: mei, members: [lan], ...when })
  const version = () => verbs['groups.state'](db, { group, by: mei })
  db.transaction(create)
  // As the file has it, whatever is remembered beside it.
  db.drop()
  const before = version()
  const waiting = () => db.get('SELECT count(*) AS rows, (SELECT count(*) FROM focus_log) AS versions FROM queue')
  const rows = waiting()
  isFull = true
  const rename = () => db.transaction(() => verbs['groups.change'](db, { group, by: mei, asked: { do: 'set', subject: 'h' }, ...when }))
  expect(rename).toThrow('full')
  expect(version()).toEqual(before)
  expect(waiting()).toEqual(rows)
  isFull = false
  expect(rename()).toMatchObject({ versions: [{ version: 2 }] })
  db.close()
})
