// The ceiling of a group: one process that keeps a message once (WAL, FULL), answers, and writes it to every socket that has
// registered, as one SIP MESSAGE each. It knows no members, no lanes, no order, no retry, and reads no answers.
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(process.argv[2])
db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE payloads(payload INTEGER PRIMARY KEY, bytes BLOB)')
const insert = db.prepare('INSERT INTO payloads(bytes) VALUES (?)')
const sockets = new Set()
let branch = 0

const lines = (head, names) => head.split('\r\n').filter((line) => names.test(line)).join('\r\n')

const server = createServer({ noDelay: true }, (socket) => {
  let rest = ''
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1')
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = rest.slice(0, end)
      const length = Number(/\r\nContent-Length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (rest.length < end + 4 + length) return
      const body = rest.slice(end + 4, end + 4 + length)
      rest = rest.slice(end + 4 + length)
      if (head.startsWith('SIP/2.0')) continue
      const answer = `SIP/2.0 200 OK\r\n${lines(head, /^(Via|From|To|Call-ID|CSeq):/i)}\r\nContent-Length: 0\r\n\r\n`
      if (head.startsWith('REGISTER')) sockets.add(socket)
      if (head.startsWith('MESSAGE')) {
        insert.run(Buffer.from(body, 'latin1'))
        const common = lines(head, /^(From|To|Call-ID|CSeq|Content-Type):/i)
        for (const each of sockets) {
          if (each !== socket) each.write(`MESSAGE sip:member@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK-${++branch};rport\r\nMax-Forwards: 69\r\n${common}\r\nContent-Length: ${length}\r\n\r\n${body}`, 'latin1')
        }
      }
      socket.write(answer, 'latin1')
    }
  })
})
server.listen(0, '127.0.0.1', () => console.log(`Relay ready: sip:127.0.0.1:${server.address().port};transport=tcp`))
process.on('SIGTERM', () => process.exit(0))
