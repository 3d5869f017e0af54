import { tmpdir } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { databaseVerbs, migrations } from '../../../src-main/database-verbs'
import { Db } from '../../../src-main/relay/ledger/db'
import type { Target } from '../target'

/** What a person types into the search: the index never meets words that it takes for its own language. */
export function search(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'yanxin-fuzz-'))
  const db = new Db(join(folder, 'journal.sqlite'), migrations)
  db.transaction(() => {
    for (const [i, text] of ['明天去北京 at 9am', '發 发 髮', 'naïve café', '😀👍🏽', '"quoted" NEAR(a b)'].entries()) {
      databaseVerbs['journal.copy'](db, { message: {
        conversation: 'sip:bob@lab.test', id: `m${i}`, from: 'sip:alice@lab.test', content: { kind: 'text', text }, sentAt: i, now: i,
      } })
    }
  })
  return Promise.resolve({
    seeds: () => ['北京', '发', 'caf', '9', '😀', 'at 9am', '"', '*', 'words:', 'c1'].map((text) => Buffer.from(text)),
    dictionary: ['"', '*', '^', 'AND', 'OR', 'NOT', 'NEAR(', ')', 'words:', 'thread:', '{', '}', '+', '-', ' ', '\u200d', '\ufe0f', '\u0301', '發', '发', 'ﬁ', 'İ', 'ß', 'ｱ', '가', '\0'],
    run(input) {
      const text = Buffer.from(input).toString('utf8').slice(0, 200)
      const { hits } = databaseVerbs['journal.search'](db, { text, limit: 5 } as never) as { hits: unknown[] }
      if (!Array.isArray(hits)) throw new Error('no hits')
    },
    end() {
      db.close()
      rmSync(folder, { recursive: true, force: true })
      return Promise.resolve()
    },
  })
}
