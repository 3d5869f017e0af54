// A process that opens many connections and says nothing on them: `node strangers.mjs PORT COUNT HOST…`. One line when all are
// open (or were closed again), then how many are still open whenever a line comes in.
import { connect } from 'node:net'

const [port, count, ...hosts] = process.argv.slice(2)
const open = new Set()
let settled = 0
let next = 0

function one() {
  if (next >= Number(count)) return
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: hosts[next++ % hosts.length] })
  let isSettled = false
  const settle = () => {
    if (isSettled) return
    isSettled = true
    if (++settled === Number(count)) console.log(`open ${open.size}`)
    one()
  }
  socket.on('connect', () => { open.add(socket); settle() })
  socket.on('error', () => {})
  socket.on('close', () => { open.delete(socket); settle() })
}
for (let i = 0; i < 200; i++) one()
process.stdin.on('data', () => console.log(`open ${open.size}`))
process.stdin.on('end', () => process.exit(0))
