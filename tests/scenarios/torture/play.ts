import { join } from 'node:path'
import type { Entry } from './book'
import { Chance } from './chance'
import { isArrived } from './journal'
import { addressOf, type Resident } from './resident'
import { memoryOf } from '../play/memory'
import { TortureStage } from './stage'
import { nameOf, pickVictims, type Victim } from './victims'

export interface TortureOptions {
  rounds: number
  seed: number
  /** Those with a window are the first of them. */
  names?: readonly string[]
  windows?: number
  /** After so many rounds everything that was kept must have arrived. @default 5 */
  every?: number
  say?(line: string): void
}

export interface TortureReport {
  seconds: number
  attempted: number
  kept: number
  /** By what died. */
  deaths: Record<string, number>
  looks: number
  /** Kilobytes at the end. */
  memory: Record<string, number>
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** How long everything that was kept may take to arrive, ms. */
const patience = 90_000
/** Nobody says more while so many are on their way: a load, and no backlog that only grows on a slow machine. */
const mostOpen = 60
/** The end of a thread that is read on the screen, messages. */
const readBack = 400

/** Thrown with everything that is known of what went wrong. */
export class TortureFailure extends Error {}

/** People write to each other all the time while everything that carries it dies, again and again. */
export class Torture {
  readonly #options: Required<TortureOptions>
  readonly #stage = new TortureStage()
  readonly #chance: Chance
  readonly #deaths: Record<string, number> = {}
  #round = 0
  #isTalking = true
  #lastVictims: string[] = []

  constructor(options: TortureOptions) {
    this.#options = { names: ['mei', 'lan', 'zoe'], windows: 2, every: 5, say: () => {}, ...options }
    this.#chance = new Chance(options.seed)
  }

  async run(): Promise<TortureReport> {
    const { rounds, names, windows, every, say, seed } = this.#options
    const began = Date.now()
    let isWell = false
    try {
      await this.#stage.opens(names, names.slice(0, windows))
      say(`seed ${seed}, ${rounds} rounds, in ${this.#stage.folder}`)
      const talks = [this.#follows(), ...this.#stage.everybody.map((resident, i) => this.#talks(resident, new Chance(seed + 1 + i)))]
      // What a talk meets is thrown at its end.
      for (const talk of talks) talk.catch(() => {})
      const households = { all: names, windows: names.slice(0, windows) }
      for (this.#round = 1; this.#round <= rounds; this.#round++) {
        const victims = pickVictims(this.#chance, households)
        this.#lastVictims = [...this.#lastVictims.slice(-7), ...victims.map((victim) => `${this.#round}: ${JSON.stringify(victim)}`)]
        await sleep(this.#chance.between(50, 400))
        await Promise.all(victims.map((victim) => this.#strikes(victim, this.#chance.between(0, 500))))
        this.#wrong()
        if (this.#round % every === 0) await this.#arrives()
        if (this.#round % 10 === 0) say(`round ${this.#round}: ${this.#stage.book.keptCount} kept, ${Math.round((Date.now() - began) / 1_000)} s`)
      }
      this.#isTalking = false
      await Promise.all(talks)
      const report = await this.#ends(began)
      isWell = true
      return report
    } catch (thrown) {
      throw await this.#failure(thrown)
    } finally {
      this.#isTalking = false
      await this.#stage.ends(!isWell)
    }
  }

  // -- while it runs ----------------------------------------------------------------------------------------------

  async #talks(resident: Resident, chance: Chance): Promise<void> {
    const others = this.#options.names.filter((name) => name !== resident.name)
    while (this.#isTalking) {
      await sleep(chance.between(60, 360))
      const to = chance.one(others)
      const { window } = resident
      if (!this.#isTalking || (window && !window.isUp) || this.#stage.book.open.size > mostOpen) continue
      if (window && chance.next() < 0.03) await window.shows(chance.one(others))
      const isTyped = window?.shown === to && chance.next() < 0.15
      const entries = Array.from({ length: isTyped ? 1 : chance.between(1, 4) }, () => this.#stage.book.attempt(resident.name, to, this.#round, chance))
      if (isTyped) await window!.types(entries[0]!.text)
      else await resident.says(entries)
    }
  }

  async #strikes(victim: Victim, away: number): Promise<void> {
    const stage = this.#stage
    const name = nameOf(victim)
    this.#deaths[name] = (this.#deaths[name] ?? 0) + 1
    switch (victim.kind) {
      case 'relay': {
        const { relay } = stage
        if (victim.isHeld) for (const { gate } of stage.everybody) gate.hold()
        relay.signal(victim.signal)
        await relay.ended
        await sleep(away)
        return stage.startRelay()
      }
      case 'program': {
        const resident = stage.resident(victim.name)
        await resident.dies(victim.signal)
        await sleep(away)
        return resident.returns()
      }
      case 'page': {
        const resident = stage.resident(victim.name)
        if (victim.how === 'reload') return resident.reloadsWindow()
        if (victim.how !== 'killed') {
          await resident.window!.dies(victim.how)
          await sleep(away)
          return resident.reopensWindow()
        }
        await stage.killRenderers()
        await Promise.all(stage.everybody.map(({ window }) => window?.dies('killed')))
        await sleep(away)
        await Promise.all(stage.everybody.map((each) => each.window && each.reopensWindow()))
        return
      }
      case 'line': {
        const { gate } = stage.resident(victim.name)
        gate.cutAfter(victim.bytes)
      }
    }
  }

  /** Reads the journals all the while, and notes what has arrived. */
  async #follows(): Promise<void> {
    const { book } = this.#stage
    while (this.#isTalking) {
      await this.#read()
      for (const entry of book.open) if (isArrived(this.#sent(entry)) && this.#received(entry)) book.open.delete(entry)
      await sleep(60)
    }
  }

  /** Everything that was kept until now has arrived, and its sender knows. */
  async #arrives(): Promise<void> {
    const { open } = this.#stage.book
    const wanted = [...open]
    const end = Date.now() + patience
    for (;;) {
      this.#wrong()
      const late = wanted.filter((entry) => open.has(entry))
      if (!late.length) return
      if (Date.now() > end) throw new TortureFailure(`${late.length} that were kept have not arrived: ${late.slice(0, 5).map(({ label }) => label).join(', ')}`)
      await sleep(30)
    }
  }

  async #read(): Promise<void> {
    await Promise.all(this.#stage.everybody.map(({ view, line }) => line && view.read(line)))
    this.#wrong()
  }

  #sent = ({ from, label }: Entry) => this.#stage.resident(from).view.find(label)
  #received = ({ to, label }: Entry) => this.#stage.resident(to).view.find(label)

  #wrong(more: readonly string[] = []): void {
    const wrongs = [...this.#stage.everybody.flatMap(({ wrongs: own, view }) => [...own, ...view.wrongs]), ...more]
    if (wrongs.length) throw new TortureFailure(`${wrongs.length} wrong:\n${wrongs.slice(0, 20).join('\n')}`)
  }

  // -- at the end -------------------------------------------------------------------------------------------------

  async #ends(began: number): Promise<TortureReport> {
    const { book, everybody } = this.#stage
    const { say } = this.#options
    await this.#until(() => 'everything to be known', async () => {
      await this.#read()
      const shown = await Promise.all(everybody.map(async ({ window, view }) => !window || this.#isSame(await window.stored(), view)))
      const entries = [...book.entries.values()]
      return shown.every(Boolean) && entries.every((entry) => {
        const sent = this.#sent(entry)
        const received = this.#received(entry)
        // What was never kept may be nowhere; what is with its sender is with the other as well.
        return sent ? isArrived(sent) && received !== undefined : !entry.isKept && !received
      })
    })
    say('everything has arrived; what is shown is read')
    this.#wrong(everybody.flatMap(({ view }) => view.check()))
    await Promise.all(everybody.map((resident) => resident.window && this.#readsAll(resident)))
    await this.#until(() => 'all that was seen to be known as read', async () => {
      await this.#read()
      return everybody.every(({ window, view }) => !window || [...view.conversations.values()].every(({ unread }) => unread === 0)) &&
        [...book.entries.values()].every((entry) => !this.#stage.resident(entry.to).window || (this.#sent(entry)?.status ?? 'displayed') === 'displayed')
    })
    this.#wrong(everybody.flatMap(({ view }) => view.check()))
    const memory: Record<string, number> = { relay: memoryOf(this.#stage.relay.pid) }
    for (const { name, pid } of everybody) memory[name] = memoryOf(pid!)
    return {
      seconds: Math.round((Date.now() - began) / 1_000), attempted: book.entries.size, kept: book.keptCount, deaths: this.#deaths,
      looks: everybody.reduce((sum, { window }) => sum + (window?.looks ?? 0), 0), memory,
    }
  }

  /** The window's store is the journal, message by message. */
  #isSame({ conversations, messages }: Awaited<ReturnType<NonNullable<Resident['window']>['stored']>>, { messages: known, conversations: all }: Resident['view']): boolean {
    return messages.length === known.size && conversations.length === all.size &&
      messages.every((message) => {
        const own = known.get(`${message.conversation} ${message.place}`)
        return own?.id === message.id && own.status === message.status
      }) && conversations.every(({ id, count, unread }) => all.get(id)?.count === count && all.get(id)?.unread === unread)
  }

  /** Reads every thread on the screen, as its owner would. */
  async #readsAll(resident: Resident): Promise<void> {
    const { name, view, window } = resident
    const wrongs: string[] = []
    await this.#countsUnread(resident)
    for (const other of this.#options.names.filter((each) => each !== name)) {
      if (!(await window!.shows(other))) throw new TortureFailure(`${name} cannot open ${other}`)
      const thread = view.thread(addressOf(other))
      const expected = thread.slice(-readBack).map(({ place, content }) => `${place} ${content.kind === 'text' ? content.text.split(' ', 1)[0] : ''}`)
      const seen = (await window!.readThread(readBack)).map(({ place, label }) => `${place} ${label}`)
      const missing = expected.filter((row) => !seen.includes(row))
      const extra = seen.filter((row) => !expected.includes(row))
      if (missing.length || extra.length) {
        wrongs.push(`${name} with ${other}: not on the screen ${missing.slice(0, 5).join(', ')} (${missing.length}); not in the journal ${extra.slice(0, 5).join(', ')} (${extra.length})`)
      }
    }
    await window!.countLooks()
    this.#wrong(wrongs)
  }

  /** The window's title counts what is unread. A thread that stands open is read on meanwhile: both are looked at until they agree. */
  async #countsUnread({ name, view, window }: Resident): Promise<void> {
    let badge = 0
    let unread = 0
    await this.#until(() => `${name}'s window, which says ${badge} unread, to say ${unread}`, async () => {
      await this.#read()
      badge = Number(/^\((\d+)\)/.exec(await window!.title())?.[1] ?? 0)
      unread = [...view.conversations.values()].reduce((sum, one) => sum + one.unread, 0)
      return badge === unread
    })
  }

  async #until(what: () => string, isTrue: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + patience
    while (!(await isTrue())) {
      if (Date.now() > end) throw new TortureFailure(`waited in vain for ${what()}`)
      await sleep(100)
    }
  }

  // -- when it fails ----------------------------------------------------------------------------------------------

  async #failure(thrown: unknown): Promise<TortureFailure> {
    const { seed, rounds } = this.#options
    const { message, stack } = thrown as Error
    const lines = [
      `seed ${seed}, round ${this.#round} of ${rounds}: ${thrown instanceof TortureFailure ? message : stack}`,
      `The last that died: ${this.#lastVictims.join('; ')}`, `Everything lies in ${this.#stage.folder}`,
    ]
    const labels = new Set([...[...message.matchAll(/\w+>\w+#\d+/g)].map(([label]) => label), ...this.#astray().map(({ label }) => label)])
    for (const label of [...labels].slice(0, 6)) lines.push(...(await this.#journeyOf(label)))
    for (const { name, window } of this.#stage.everybody) if (window?.isUp) await window.screenshot(join(this.#stage.folder, `${name}.png`))
    return new TortureFailure(lines.join('\n'), { cause: thrown })
  }

  #astray(): Entry[] {
    return [...this.#stage.book.entries.values()].filter((entry) => {
      const sent = this.#sent(entry)
      return entry.isKept ? !isArrived(sent) || !this.#received(entry) : sent && !this.#received(entry)
    })
  }

  async #journeyOf(label: string): Promise<string[]> {
    const entry = this.#stage.book.entries.get(label)
    if (!entry) return []
    const lines = [`${label}: attempted in round ${entry.round}, ${entry.isKept ? 'kept' : 'not kept'}, id ${entry.id ?? 'not known'}`]
    for (const [owner, other] of [[entry.from, entry.to], [entry.to, entry.from]] as const) {
      const { view, line } = this.#stage.resident(owner)
      const message = view.find(label)
      const hops = message && line ? await line.call('journey', addressOf(other), message.id).catch(() => []) : []
      lines.push(`  ${owner}: ${message ? `place ${message.place}, ${message.status}` : 'nothing'}`,
        ...hops.map((hop) => `    ${new Date(hop.at).toISOString()} ${hop.event} ${hop.by ?? ''} ${hop.answer ?? ''} ${hop.fault?.code ?? ''}`))
    }
    return lines
  }
}
