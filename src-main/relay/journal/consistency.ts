import type { Rule } from '../keeping/check'

/** What must hold in a journal. */
export const journalRules: readonly Rule[] = [
  {
    tables: ['messages', 'conversations'],
    sql: 'SELECT count(*) AS wrong FROM messages WHERE conversation NOT IN (SELECT conversation FROM conversations)',
    says: (wrong) => `${wrong} messages belong to no conversation`,
  },
  {
    tables: ['messages', 'conversations'],
    sql: `SELECT count(*) AS wrong FROM conversations c
      LEFT JOIN (SELECT conversation, count(*) AS rows, max(place) + 1 AS places FROM messages GROUP BY conversation) m ON m.conversation = c.conversation
      WHERE c.count <> coalesce(m.places, 0) OR c.count <> coalesce(m.rows, 0)`,
    says: (wrong) => `in ${wrong} conversations the places of the messages have gaps`,
  },
  {
    tables: ['messages', 'hops'],
    sql: 'SELECT count(*) AS wrong FROM hops WHERE message NOT IN (SELECT message FROM messages)',
    says: (wrong) => `${wrong} steps of journeys belong to no message`,
  },
]
