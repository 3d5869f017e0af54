import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { Program, type Line } from '../play/program'
import type { Book, Entry } from './book'
import type { Gate } from './gate'
import { JournalView } from './journal'
import { PersonWindow } from './window'

export const domain = 'torture.test'
export const addressOf = (name: string): string => `sip:${name}@${domain}`

/** One person: a program in a process of its own, a window (or a hand in its place), and a journal that outlives both. */
export class Resident {
  readonly view: JournalView
  window: PersonWindow | undefined
  line: Line | undefined
  /** What was said through the hand and not yet acknowledged; said again, in order, as soon as the program is back. */
  readonly #unheard = new Set<Entry>()
  #program: Program | undefined
  #link = ''
  readonly wrongs: string[] = []

  constructor(readonly name: string, readonly folder: string, readonly gate: Gate, readonly book: Book) {
    this.view = new JournalView(name)
  }

  get address(): string {
    return addressOf(this.name)
  }

  get pid(): number | undefined {
    return this.#program?.pid
  }

  /** Signs in for the first time. */
  async comes(): Promise<void> {
    await this.#start(['--account', this.address, '--relay', this.gate.uri])
  }

  async opensWindow(browser: Browser): Promise<void> {
    this.window = await PersonWindow.make(browser, {
      told: (told) => {
        if (told.kind === 'wrong') this.wrongs.push(`${this.name}'s window: ${told.what}`)
        else if (told.kind === 'refused') this.wrongs.push(`${this.name}'s window says that ${told.text.slice(0, 20)} was refused: ${told.code}`)
        else if (told.kind === 'kept') this.#kept(told.id, told.text)
      },
      error: (text) => this.wrongs.push(`${this.name}'s window reports ${text}`),
    })
    await this.window.open(this.#link)
  }

  said(): string {
    return this.#program?.said.slice(-3_000) ?? ''
  }

  reloadsWindow(): Promise<void> {
    return this.window!.reload(this.#link)
  }

  reopensWindow(): Promise<void> {
    return this.window!.open(this.#link)
  }

  /** The program is gone, or is asked to go. */
  async dies(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const program = this.#program
    this.line = undefined
    program?.signal(signal)
    const code = await program?.ended
    if (signal === 'SIGTERM' && code !== 0) this.wrongs.push(`${this.name}'s program ended with ${String(code)}: ${program?.said ?? ''}`)
  }

  returns(): Promise<void> {
    return this.#start([])
  }

  /** Says through the window, or by hand where there is none. */
  async says(entries: readonly Entry[]): Promise<void> {
    const to = addressOf(entries[0]!.to)
    if (!this.window) {
      for (const entry of entries) {
        entry.id = `${entry.from}-${entry.to}-${entry.number}`
        this.#unheard.add(entry)
        this.#tell(entry)
      }
      return
    }
    const ids = await this.window.say(to, entries.map(({ text }) => text))
    ids?.forEach((id, i) => { entries[i]!.id = id })
  }

  async #start(flags: readonly string[]): Promise<void> {
    const program = new Program(['--data', join(this.folder, this.name), ...flags], { YANXIN_PASSWORD: `${this.name} secret` })
    this.#program = program
    await program.ready()
    this.#link = program.link
    this.line = await program.open()
    for (const entry of this.#unheard) this.#tell(entry)
  }

  #tell(entry: Entry): void {
    this.line?.call('send', addressOf(entry.to), entry.id!, entry.text).then(() => {
      this.#unheard.delete(entry)
      this.book.kept(entry.label)
    }, (fault: { code?: string }) => {
      // What stops under our hands is asked again when it is back.
      if (fault.code !== 'closed') this.wrongs.push(`${this.name} was told ${JSON.stringify(fault)} of ${entry.label}`)
    })
  }

  #kept(id: string, text: string): void {
    const label = text.split(' ', 1)[0]!
    const entry = this.book.entries.get(label)
    if (!entry) return void this.wrongs.push(`${this.name}'s window kept what nobody said: ${text}`)
    entry.id = id
    this.book.kept(label)
  }

  close(): void {
    this.line?.close()
    this.#program?.signal('SIGKILL')
  }
}
