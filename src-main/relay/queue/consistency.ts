import type { Rule } from '../keeping/check'

/** What must hold in a queue. */
export const queueRules: readonly Rule[] = [
  {
    tables: ['queue', 'lanes'],
    sql: 'SELECT count(*) AS wrong FROM queue WHERE lane NOT IN (SELECT lane FROM lanes)',
    says: (wrong) => `${wrong} waiting messages belong to no lane`,
  },
  {
    tables: ['queue', 'seqs'],
    sql: 'SELECT (SELECT count(*) FROM seqs) <> 1 OR coalesce((SELECT max(seq) FROM queue), 0) >= coalesce((SELECT max(next) FROM seqs), 0) AS wrong',
    says: () => 'the next number of the queue is one that was given already',
  },
  {
    tables: ['queue', 'payloads'],
    sql: 'SELECT count(*) AS wrong FROM queue WHERE payload IS NOT NULL AND payload NOT IN (SELECT payload FROM payloads)',
    says: (wrong) => `${wrong} waiting messages have lost what they carry`,
  },
  {
    tables: ['queue', 'took'],
    sql: 'SELECT count(*) AS wrong FROM took t WHERE NOT EXISTS (SELECT 1 FROM queue q WHERE q.sender = t.sender AND q.id = t.id)',
    says: (wrong) => `${wrong} notes of messages that wait no more; they go by themselves`,
    harmless: true,
  },
]
