// The ceiling: what Node, its sockets and node:sqlite cost by themselves for the same traffic as the relay carries.
// Registers whoever asks, finds a recipient by its number, keeps the bytes (WAL, FULL, grouped by the event loop's turn),
// answers after the commit, hands on, forgets when the other side has answered. No SIP is read that is not needed for that:
// no authentication, no lanes, no order, no retry.
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

const file = process.argv[2]
const db = new DatabaseSync(file)
db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE queue(seq INTEGER PRIMARY KEY, bytes BLOB)')
const insert = db.prepare('INSERT INTO queue(bytes) VALUES (?)')
const remove = db.prepare('DELETE FROM queue WHERE seq = ?')
const begin = db.prepare('BEGIN')
const commit = db.prepare('COMMIT')

const where = new Map()
let puts = []
let done = []
let planned = false
const dirty = new Set()
const write = (socket, text) => {
  socket.out += text
  dirty.add(socket)
}

function turn() {
  planned = false
  const now = puts
  const gone = done
  puts = []
  done = []
  begin.run()
  for (const put of now) put.seq = Number(insert.run(put.bytes).lastInsertRowid)
  for (const seq of gone) remove.run(seq)
  commit.run()
  for (const put of now) {
    write(put.from, put.answer)
    const to = where.get(put.to)
    if (to) write(to, `${put.head.replace('\r\n', `\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK-${put.seq}\r\n`)}\r\n\r\n${put.body}`)
  }
  for (const socket of dirty) {
    socket.write(socket.out, 'latin1')
    socket.out = ''
  }
  dirty.clear()
}

const field = (head, name) => {
  const at = head.indexOf(`\r\n${name}: `)
  return at < 0 ? '' : head.slice(at + name.length + 4, head.indexOf('\r\n', at + 2) < 0 ? undefined : head.indexOf('\r\n', at + 2))
}

const server = createServer((socket) => {
  socket.out = ''
  socket.setNoDelay(true)
  let rest = ''
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) break
      const head = rest.slice(0, end)
      const length = Number(field(head, 'Content-Length'))
      if (rest.length < end + 4 + length) break
      const body = rest.slice(end + 4, end + 4 + length)
      const whole = rest.slice(0, end + 4 + length)
      rest = rest.slice(end + 4 + length)
      if (head.startsWith('SIP/2.0')) {
        done.push(Number(field(head, 'Via').split('z9hG4bK-')[1]))
      } else {
        const answer = `SIP/2.0 200 OK\r\nVia: ${field(head, 'Via')}\r\nFrom: ${field(head, 'From')}\r\nTo: ${field(head, 'To')}\r\n` +
          `Call-ID: ${field(head, 'Call-ID')}\r\nCSeq: ${field(head, 'CSeq')}\r\nContent-Length: 0\r\n\r\n`
        const to = field(head, 'To').split(':')[1]?.split('@')[0]
        if (head.startsWith('REGISTER')) {
          where.set(to, socket)
          write(socket, answer)
        } else puts.push({ from: socket, to, answer, head, body, bytes: Buffer.from(whole, 'latin1'), seq: 0 })
      }
      if (!planned) {
        planned = true
        setImmediate(turn)
      }
    }
  })
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1', () => console.log(`Relay ready: sip:127.0.0.1:${server.address().port};transport=tcp`))
process.on('SIGTERM', () => process.exit(0))
