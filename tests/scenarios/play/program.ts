import { spawn, type ChildProcess } from 'node:child_process'
import { WebSocket } from 'ws'
import type { Commands } from '../../../src-main/contract/calls'
import type { Message } from '../../../src-main/contract/message'
import { join } from 'node:path'
import { out } from '../../fakes/build'

interface Answer {
  t: 's' | 'q'
  i?: string
  r?: unknown
  e?: unknown
}

/** One page's line to the program, without the page: commands go over the WebSocket as birpc writes them. */
export class Line {
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, { resolve(value: unknown): void; reject(fault: unknown): void }>()
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject({ code: 'closed' })
      this.#waiting.clear()
    })
    socket.on('message', (data) => {
      for (const { t, i, r, e } of JSON.parse((data as Buffer).toString()) as Answer[]) {
        if (t !== 's' || i === undefined) continue
        const waiting = this.#waiting.get(i)
        this.#waiting.delete(i)
        if (e === undefined) waiting?.resolve(r)
        else waiting?.reject(e)
      }
    })
  }

  static async open(link: string): Promise<Line> {
    const { origin, host, hash } = new URL(link)
    const socket = new WebSocket(`ws://${host}/bridge`, ['yanxin', hash.slice(1)], { origin })
    const line = new Line(socket)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return line
  }

  /** A command of the contract; rejects with the fault as data. */
  call<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>): ReturnType<Commands[Name]> {
    const i = `call-${++this.#calls}`
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject({ code: 'closed' }) as ReturnType<Commands[Name]>
    const answer = new Promise((resolve, reject) => this.#waiting.set(i, { resolve, reject }))
    this.#socket.send(JSON.stringify([{ t: 'q', i, m: name, a: args }]))
    return answer as ReturnType<Commands[Name]>
  }

  /** All messages of the journal, by their conversation and place. */
  async messages(): Promise<Message[]> {
    const found = new Map<string, Message>()
    for (let after = 0; ;) {
      const { changes, more, upTo } = await this.call('changes', after, 1_000)
      for (const change of changes) if (change.kind === 'message') found.set(`${change.message.conversation} ${change.message.place}`, change.message)
      if (!more) break
      after = upTo
    }
    return [...found.values()].sort((a, b) => a.place - b.place)
  }

  async texts(outgoing: boolean): Promise<string[]> {
    return (await this.messages()).filter((message) => message.outgoing === outgoing)
      .map(({ content }) => (content.kind === 'text' ? content.text : `(${content.kind})`))
  }

  close(): void {
    this.#socket.terminate()
  }
}

/** The app in plain Node, in a process of its own. */
export class Program {
  said = ''
  link = ''
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(out, 'main/browser.js'), '--no-open', ...args], {
      env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stderr!.on('data', (chunk: Buffer) => (this.said += chunk.toString()))
    this.ended = new Promise((resolve) => child.once('close', resolve))
  }

  async ready(): Promise<this> {
    let text = ''
    this.link = await new Promise((resolve, reject) => {
      this.#child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const found = /^Yanxin ready: (\S+)$/m.exec(text)
        if (found) resolve(found[1]!)
      })
      void this.ended.then((code) => reject(new Error(`the program ended with ${String(code)}: ${this.said}`)))
    })
    return this
  }

  open(): Promise<Line> {
    return Line.open(this.link)
  }

  get pid(): number {
    return this.#child.pid!
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** `kill -9`: nothing is said, nothing is finished. */
  async dies(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  async stops(): Promise<number | null> {
    this.signal('SIGTERM')
    return this.ended
  }
}
