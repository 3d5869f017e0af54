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
  {
    tables: ['groups', 'conversations'],
    sql: `SELECT count(*) AS wrong FROM groups g LEFT JOIN conversations c ON c.conversation = g.conversation WHERE c.groupSummary IS NULL`,
    says: (wrong) => `${wrong} groups have no conversation`,
  },
  {
    tables: ['messages'],
    sql: `SELECT count(*) AS wrong FROM messages u WHERE u.asked & 4 AND EXISTS (
      SELECT 1 FROM messages m WHERE m.conversation = u.conversation AND m.place = u.place + 1 AND NOT m.asked & 4)`,
    says: (wrong) => `${wrong} messages of groups that wait for their place are not the last ones`,
    harmless: true,
  },
]
