import { writeSync } from 'node:fs'
import { Db } from '../../../src-main/relay/ledger/db'
import { first, second, third } from './migrations'

// Brings the file to version 3 and writes how far it is, one a line, until it is killed.
const [file] = process.argv.slice(2) as [string]
const db = new Db(file, [first, second(), third], { migrating: ({ version, done }) => void writeSync(1, `${version} ${done}\n`) })
db.close()
writeSync(1, 'done\n')
