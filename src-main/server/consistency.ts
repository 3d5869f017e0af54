/** What must hold among accounts: rules of relay/keeping/check. */
export const accountRules = [
  {
    tables: ['accounts', 'devices'],
    sql: 'SELECT count(*) AS wrong FROM devices WHERE address NOT IN (SELECT address FROM accounts)',
    says: (wrong: number) => `${wrong} devices belong to no account`,
  },
]
