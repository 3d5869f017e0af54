import { spawn } from 'node:child_process'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { canMeasure, memoryOf, peakWhile } from './play/memory'
import { Phone, until } from './play/phone'
import { command, RelayProcess, withFolder } from './play/process'
import { Program } from './play/program'

// A relay in a process of its own, two people who want to talk, and somebody who does not play by the rules.

const domain = 'office.test'
const MB = 1_024 * 1_024
/** What a heap that is being used may grow by for itself, KB: far below what is thrown at it. */
const slack = 160_000
const running: (RelayProcess | Program)[] = []
const phones: Phone[] = []
const sockets: { destroy(): unknown }[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const phone of phones.splice(0)) if (phone.isOpen) await phone.leaves()
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
})

function phone(user: string, port: number): Phone {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}` })
  phones.push(made)
  return made
}

interface Cast { relay: RelayProcess; mei: Phone; lan: Phone; port: number; ws: number; data: string }
const play = (act: (cast: Cast) => Promise<void>): Promise<void> => withFolder(async (data) => {
  for (const user of ['mei', 'lan', 'eve']) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
    if (code !== 0) throw new Error(stderr)
  }
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0', '--sip', 'ws:127.0.0.1:0'])
  running.push(relay)
  const ws = Number(/:(\d+);transport=ws/.exec(relay.uris.join(' '))![1])
  const [mei, lan] = [await phone('mei', relay.port).comes(), await phone('lan', relay.port).comes()]
  await act({ relay, mei, lan, port: relay.port, ws, data })
})

let said = 0
/** One message there and heard; how long it took, ms. */
async function talks(mei: Phone, lan: Phone): Promise<number> {
  const began = performance.now()
  const text = `word ${++said}`
  expect((await mei.says(text, lan.address)).status).toBe(200)
  await lan.hears(text)
  return performance.now() - began
}
async function medianOf(count: number, one: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let i = 0; i < count; i++) all.push(await one())
  return all.sort((a, b) => a - b)[count >> 1]!
}

/** A connection of somebody who speaks no SIP of ours; what it heard. */
async function raw(port: number): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = connect({ port, host: '127.0.0.1' })
  sockets.push(socket)
  let text = ''
  let isClosed = false
  socket.on('data', (bytes: Buffer) => { if (text.length < 100_000) text += bytes.toString('latin1') })
  socket.on('error', () => {})
  socket.on('close', () => { isClosed = true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return { socket, heard: () => text, closed: () => isClosed }
}
const head = (length: number, more = ''): string =>
  `MESSAGE sip:lan@${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:eve@${domain}>;tag=1\r\n` +
  `To: <sip:lan@${domain}>\r\nCall-ID: big\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n${more}Content-Length: ${length}\r\n\r\n`

/** Writes as fast as it is taken, until all is gone or the other side has closed. */
async function pours(socket: Socket, bytes: number, chunk: number): Promise<number> {
  const block = Buffer.alloc(chunk, 'x')
  let sent = 0
  while (sent < bytes && !socket.destroyed && socket.writable) {
    const isTaken = socket.write(block)
    sent += chunk
    if (isTaken) continue
    await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), new Promise((resolve) => socket.once('close', resolve))])
  }
  return sent
}

/** Four of them, so that what would be held is more than any heap grows by itself. */
const fourAtOnce = async (port: number, act: (eve: Awaited<ReturnType<typeof raw>>) => Promise<void>): Promise<void> =>
  void await Promise.all([1, 2, 3, 4].map(async () => act(await raw(port))))

describe.skipIf(!canMeasure)('a message of 100 MB', () => {
  it.each([['in one piece', 256 * 1_024], ['in a hundred thousand small ones', 1_024]])('%s: refused with 413 at its head, the connection is closed, memory stays', (_, chunk) => play(async ({ relay, mei, lan, port }) => {
    await medianOf(5, () => talks(mei, lan))
    const idle = memoryOf(relay.pid)
    const peak = await peakWhile(relay.pid, () => fourAtOnce(port, async (eve) => {
      eve.socket.write(head(100 * MB))
      await pours(eve.socket, 100 * MB, chunk)
      await until('the connection to be closed', () => eve.closed())
      expect(eve.heard()).toMatch(/^SIP\/2\.0 413 /)
      await talks(mei, lan)
    }))
    expect(peak).toBeLessThan(idle + slack)
  }), 60_000)

  it('a head without an end: 513, closed, memory stays', () => play(async ({ relay, mei, lan, port }) => {
    const idle = memoryOf(relay.pid)
    const peak = await peakWhile(relay.pid, () => fourAtOnce(port, async (eve) => {
      eve.socket.write(head(0).replace(/Content-Length[^]*/, 'X-Long: '))
      await pours(eve.socket, 100 * MB, 64 * 1_024)
      await until('the connection to be closed', () => eve.closed())
      expect(eve.heard()).toMatch(/^SIP\/2\.0 513 /)
      await talks(mei, lan)
    }))
    expect(peak).toBeLessThan(idle + slack)
  }), 60_000)

  it.each(['a frame', 'fragments'])('as %s of a WebSocket: closed, memory stays', (how) => play(async ({ relay, mei, lan, ws }) => {
    const idle = memoryOf(relay.pid)
    const peak = await peakWhile(relay.pid, async () => void await Promise.all([1, 2, 3, 4].map(async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${ws}`, 'sip', { perMessageDeflate: false })
      sockets.push({ destroy: () => socket.terminate() })
      socket.on('error', () => {})
      let code: number | undefined
      socket.on('close', (number) => { code = number })
      await new Promise((resolve) => socket.once('open', resolve))
      if (how === 'a frame') socket.send(Buffer.alloc(100 * MB, 'x'), () => {})
      else for (let i = 0; i < 1_600 && code === undefined; i++) await new Promise((resolve) => socket.send(Buffer.alloc(64 * 1_024, 'x'), { fin: false }, resolve))
      // RFC 6455 7.4.1: a message that is too big; the reset may be faster than the word.
      await until('the socket to be closed', () => code !== undefined)
      expect([1009, 1006]).toContain(code)
      await talks(mei, lan)
    })))
    expect(peak).toBeLessThan(idle + slack)
  }), 60_000)

  it('of somebody who signed in: refused, what they said before and after arrives', () => play(async ({ relay, lan, port }) => {
    const eve = await phone('eve', port).comes()
    expect((await eve.says('before', lan.address)).status).toBe(200)
    const idle = memoryOf(relay.pid)
    const peak = await peakWhile(relay.pid, async () => {
      eve.raw(head(100 * MB))
      const block = Buffer.alloc(MB, 'x')
      for (let i = 0; i < 100 && eve.isOpen; i++) {
        eve.raw(block)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await until('the connection to be closed', () => !eve.isOpen)
    })
    expect(peak).toBeLessThan(idle + slack)
    await eve.comes()
    expect((await eve.says('after', lan.address)).status).toBe(200)
    await lan.hears('after')
    expect(lan.texts.filter((text) => text === 'before' || text === 'after')).toEqual(['before', 'after'])
  }), 60_000)

  it('to a person: their program refuses it, its memory stays, and it comes back for what it can take', () => withFolder(async (data) => {
    let isFirst = true
    let refusal = ''
    let pour = (): void => {}
    // An operator that has gone mad: it takes the registration and pours.
    const operator = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      let text = ''
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1')
        refusal ||= /SIP\/2\.0 413 [^\r]*/.exec(text)?.[0] ?? ''
        const request = /^(REGISTER) [^]*?\r\n\r\n/m.exec(text)
        if (!request) return
        text = ''
        const kept = request[0].split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact):/i.test(line)).join('\r\n')
        socket.write(`SIP/2.0 200 OK\r\n${kept};expires=3600\r\nContent-Length: 0\r\n\r\n`)
        if (!isFirst) return
        isFirst = false
        pour = () => {
          socket.write(head(100 * MB))
          void pours(socket, 100 * MB, 64 * 1_024)
        }
      })
    })
    await new Promise((resolve) => operator.listen(0, '127.0.0.1', () => resolve(undefined)))
    try {
      const program = new Program(['--data', data, '--account', `mei@${domain}`, '--relay', `sip:127.0.0.1:${(operator.address() as AddressInfo).port};transport=tcp`], { YANXIN_PASSWORD: 'x' })
      running.push(program)
      await program.ready()
      const idle = memoryOf(program.pid)
      const line = await program.open()
      const peak = await peakWhile(program.pid, async () => {
        await until('mei to be online', async () => (await line.call('state')).link.at === 'online')
        pour()
        await until('it to be refused', () => refusal !== '')
        await until('the link to be back', async () => (await line.call('state')).link.at === 'online')
      })
      expect(refusal).toMatch(/413/)
      expect(peak).toBeLessThan(idle + slack)
    } finally {
      operator.close()
    }
  }), 60_000)
})

describe.skipIf(!canMeasure)('10,000 connections on which nobody signs in', () => {
  it.each([['of one computer', 1], ['of twenty computers', 20]])('%s: memory stays bounded, people talk on and new ones get in', (_, hosts) => play(async ({ relay, mei, lan, port }) => {
    const before = await medianOf(15, () => talks(mei, lan))
    const idle = memoryOf(relay.pid)
    const names = Array.from({ length: hosts }, (_each, i) => `127.0.1.${i + 1}`)
    const crowd = spawn(process.execPath, [join(import.meta.dirname, 'play/strangers.mjs'), String(port), '10000', ...names], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      let told = ''
      crowd.stdout.on('data', (bytes: Buffer) => (told += bytes.toString()))
      const during: number[] = []
      while (!told.includes('open')) during.push(await talks(mei, lan))
      const open = Number(/open (\d+)/.exec(told)![1])
      expect(open).toBeGreaterThan(hosts === 1 ? 500 : 9_000)
      const after = await medianOf(15, () => talks(mei, lan))
      // 10,000 sockets; a few KB each, and what Node keeps of what was closed.
      expect(memoryOf(relay.pid)).toBeLessThan(idle + 10_000 * 16)
      expect(after).toBeLessThan(before * 10 + 50)
      expect(during.sort((a, b) => a - b)[during.length >> 1]).toBeLessThan(before * 20 + 500)
      const eve = await phone('eve', port).comes()
      expect(await talks(eve, lan)).toBeLessThan(5_000)
      expect([mei.isOpen, lan.isOpen]).toEqual([true, true])
    } finally {
      crowd.kill('SIGKILL')
    }
    await until('the relay to be rid of them', async () => (await talks(mei, lan)) < before * 10 + 50)
  }), 120_000)
})

describe.skipIf(!canMeasure)('somebody who never reads', () => {
  it('what waits for them waits on the disk, not in memory, and nobody else waits', () => play(async ({ relay, mei, lan, port }) => {
    const before = await medianOf(15, () => talks(mei, lan))
    const idle = memoryOf(relay.pid)
    const eve = await phone('eve', port).comes()
    eve.pauses()
    const big = 'x'.repeat(50_000)
    const peak = await peakWhile(relay.pid, async () => {
      for (let n = 0; n < 40; n++) await Promise.all(Array.from({ length: 25 }, (_each, i) => mei.says(`${n * 25 + i} ${big}`, eve.address)))
    })
    // 50 MB were taken for eve.
    expect(peak).toBeLessThan(idle + slack)
    expect(await medianOf(15, () => talks(mei, lan))).toBeLessThan(before * 10 + 50)
  }), 120_000)

  it('somebody who asks and asks and takes no answer is closed, memory stays', () => play(async ({ relay, mei, lan, port }) => {
    const idle = memoryOf(relay.pid)
    const eve = await raw(port)
    eve.socket.pause()
    const ask = Buffer.from(`OPTIONS sip:${domain} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bKx;rport\r\nMax-Forwards: 70\r\nFrom: <sip:eve@${domain}>;tag=1\r\nTo: <sip:${domain}>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`)
    const peak = await peakWhile(relay.pid, async () => {
      for (let i = 0; i < 400 && !eve.closed(); i++) {
        const many = Buffer.concat(Array.from({ length: 500 }, (_each, n) => Buffer.from(ask.toString().replace('z9hG4bKx', `z9hG4bK${i}x${n}`))))
        if (!eve.socket.write(many)) await Promise.race([new Promise((resolve) => eve.socket.once('drain', resolve)), new Promise((resolve) => setTimeout(resolve, 500))])
        if (i % 50 === 0) await talks(mei, lan)
      }
    })
    await until('the relay to give it up', () => relay.stderr.includes('a peer does not read'))
    expect(peak).toBeLessThan(idle + 2 * slack)
    await talks(mei, lan)
  }), 120_000)
})

describe('somebody who speaks well, and then nonsense', () => {
  it.each([['letters', 'GARBAGE\r\n\r\n'], ['zeros', '\0'.repeat(5_000)]])('%s: their connection ends, what waits for them comes when they are back, the rest goes on', (_, nonsense) => play(async ({ mei, lan, port }) => {
    const eve = await phone('eve', port).comes()
    expect((await eve.says('well', lan.address)).status).toBe(200)
    eve.answer = () => undefined
    await mei.says('for eve', eve.address)
    eve.raw(nonsense)
    await until('the connection to be closed or refused', () => !eve.isOpen)
    eve.answer = () => '200 OK'
    await talks(mei, lan)
    await eve.comes()
    await eve.hears('for eve')
  }))
})
