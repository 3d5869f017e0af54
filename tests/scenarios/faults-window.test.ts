import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { canMeasure, memoryOf, peakWhile } from './play/memory'
import { until } from './play/phone'
import { withFolder } from './play/process'
import { Program } from './play/program'

// What a window, or a page that has its token, may throw at the program.

const MB = 1_024 * 1_024
const running: Program[] = []
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
})
const play = (act: (program: Program) => Promise<void>): Promise<void> => withFolder(async (data) => {
  const program = new Program(['--data', data, '--demo'])
  running.push(program)
  await act(await program.ready())
})
const dial = async (link: string): Promise<{ socket: WebSocket; code: () => number | undefined; answers: unknown[] }> => {
  const { origin, host, hash } = new URL(link)
  const socket = new WebSocket(`ws://${host}/bridge`, ['yanxin', hash.slice(1)], { origin })
  let code: number | undefined
  const answers: unknown[] = []
  socket.on('error', () => {})
  socket.on('close', (number) => { code = number })
  socket.on('message', (data) => { for (const one of JSON.parse((data as Buffer).toString()) as { t: string }[]) if (one.t === 's') answers.push(one) })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return { socket, code: () => code, answers }
}

describe.skipIf(!canMeasure)('a window that asks too much', () => {
  it('a frame of 100 MB: that window is closed, memory stays, another goes on', () => play(async (program) => {
    const other = await program.open()
    const idle = memoryOf(program.pid)
    const peak = await peakWhile(program.pid, async () => void await Promise.all([1, 2, 3, 4].map(async () => {
      const { socket, code } = await dial(program.link)
      socket.send(`["${'x'.repeat(100 * MB)}"]`, () => {})
      await until('it to be closed', () => code() !== undefined, 50_000)
      expect([1009, 1006]).toContain(code())
    })))
    expect(peak).toBeLessThan(idle + 160_000)
    expect((await other.call('state')).link.at).toBe('online')
  }), 60_000)

  it('thousands of commands at once: each is answered, another window waits little', () => play(async (program) => {
    const { conversation } = await (await program.open()).call('tryHere')
    const other = await program.open()
    const { socket, answers } = await dial(program.link)
    const idle = memoryOf(program.pid)
    const count = 6_000
    const peak = await peakWhile(program.pid, async () => {
      const calls = Array.from({ length: count }, (_, n) => n % 3 === 0 ? { t: 'q', i: `i${n}`, m: 'send', a: [conversation, `flood-message-${n}`, `number ${n}`] }
        : n % 3 === 1 ? { t: 'q', i: `i${n}`, m: 'changes', a: [0, 20] } : { t: 'q', i: `i${n}`, m: 'state', a: [] })
      for (let i = 0; i < count; i += 500) socket.send(JSON.stringify(calls.slice(i, i + 500)))
      const began = performance.now()
      await other.call('state')
      expect(performance.now() - began).toBeLessThan(20_000)
      await until('all answers, or the end of the window', () => answers.length === count || socket.readyState !== WebSocket.OPEN, 90_000)
    })
    console.log(`${answers.length} answers, ${peak - idle} KB more`)
    expect(peak).toBeLessThan(idle + 600_000)
    expect((await other.call('state')).link.at).toBe('online')
  }), 150_000)
})

