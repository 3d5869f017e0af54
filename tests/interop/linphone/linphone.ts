import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Told } from '../told'
import { makeLinphoneHome } from './home'
import type { LinphoneAccount } from './home'

/** What the agent tells; the names are those of `agent.py`. */
export type LinphoneEvent =
  | { event: 'started'; version: string; ok: boolean }
  | { event: 'registration'; state: 'none' | 'progress' | 'ok' | 'cleared' | 'failed' | 'refreshing'; words: string }
  | { event: 'received'; from: string; id: string; text: string; types: string[]; time: number; group?: string }
  | { event: 'state'; tag: string; id: string; state: string }
  | { event: 'composing'; peer: string; active: boolean }
  | { event: 'group'; group: string; state: string; subject: string; members: { address: string; admin: boolean }[]; admin: boolean; left: boolean }
  | { event: 'member'; tag: string; by: string; state: 'delivered' | 'displayed' }
  | { event: 'done'; do: string }
  | { event: 'stopped' }

type Named<Name extends LinphoneEvent['event']> = Extract<LinphoneEvent, { event: Name }>

const agent = join(import.meta.dirname, 'agent.py')

/** A Python that can load liblinphone, or why there is none (`skipped, because …`). */
export function findLinphone(): { python: string; version: string } | { missing: string } {
  let why = 'there is no python3'
  for (const python of ['python3', '/usr/bin/python3']) {
    const probe = spawnSync(python, [agent, '--probe'], { encoding: 'utf8' })
    if (probe.status === 0) return { python, version: probe.stdout.trim() }
    if (!probe.error) why = probe.stderr.trim().split('\n').at(-1) || `${python} failed`
  }
  return { missing: `skipped, because ${why}` }
}

export interface Linphone {
  readonly address: string
  /** Everything that it has told so far, in order. */
  readonly events: readonly LinphoneEvent[]
  /** The texts that it has received so far, in their order. */
  texts(): string[]
  /** Resolves with the message's tag, by which `state` events name it. */
  text(to: string, text: string): Promise<string>
  /** Sends a file; resolves as `text` does. */
  file(to: string, path: string, type: string): Promise<string>
  /** Fetches the first file that it was offered and has not fetched. */
  download(path: string): Promise<void>
  /** Sends a message that was not delivered once more, under its own id. */
  again(tag: string): Promise<void>
  /** Marks everything from this peer as read. */
  read(from: string): Promise<void>
  compose(to: string): Promise<void>
  /** Its receipts for this peer may share one message. */
  together(peer: string): Promise<void>
  register(on: boolean): Promise<void>
  network(on: boolean): Promise<void>
  /** The first event of that name that fits, already told (from place `since` of `events` on) or still to come. */
  event<Name extends LinphoneEvent['event']>(
    name: Name, fits?: (event: Named<Name>) => boolean, since?: number,
  ): Promise<Named<Name>>
  /** A command of groups.py to the group at this address; resolves with its tag. */
  group(order: 'text' | 'read' | 'compose' | 'subject' | 'add' | 'remove' | 'admin' | 'leave', group: string, more?: { text?: string; member?: string; on?: boolean }): Promise<string>
  /** Makes a group; resolves with its address when its roster has come. */
  makesGroup(subject: string, members: readonly string[]): Promise<string>
  /** A text that it has received. */
  received(text: string): Promise<Named<'received'>>
  /** A message of its own has reached this state: `taken`, `delivered`, `displayed`, `not-delivered`. */
  reached(tag: string, state: string): Promise<void>
  /** Unregisters and ends. */
  stop(): Promise<void>
  /** Ends at once, as in a power cut: no unregister. */
  kill(): Promise<void>
}

export interface StartOptions {
  /** Keeps home and history of an earlier start. @default a new folder that goes with `stop` */
  folder?: string
  /** How long an event may take, in ms. @default 20_000 */
  patience?: number
  /** Resolves only when it has registered; else as soon as it runs. @default true */
  registers?: boolean
}

/** Starts a Linphone; see `findLinphone` for the Python that can. */
export async function startLinphone(
  python: string, account: LinphoneAccount, { folder, patience, registers = true }: StartOptions = {},
): Promise<Linphone> {
  const own = folder ?? await mkdtemp(join(tmpdir(), 'yanxin-linphone-'))
  const home = await makeLinphoneHome(own, account)
  const child = spawn(python, ['-u', agent, own], { env: { ...process.env, HOME: home }, stdio: 'pipe' })
  const told = new Told<LinphoneEvent>(`${account.user} (Linphone)`, patience)
  let words = ''
  const gone = new Promise<void>((resolve) => child.on('close', () => {
    told.end(words)
    resolve()
  }))
  child.stderr.setEncoding('utf8').on('data', (text: string) => { words = (words + text).slice(-4_000) })
  createInterface({ input: child.stdout }).on('line', (line) => told.add(JSON.parse(line) as LinphoneEvent))
  child.stdin.on('error', () => { /* it has ended, and whoever waits for it is told */ })

  const event: Linphone['event'] = (name, fits = () => true, since = 0) =>
    told.first(name, (one): one is Named<typeof name> => one.event === name && fits(one as Named<typeof name>), since)
  async function command(order: { do: string; [argument: string]: unknown }): Promise<void> {
    const since = told.all.length
    child.stdin.write(JSON.stringify(order) + '\n')
    await event('done', (one) => one.do === order.do, since)
  }
  const clean = async () => { if (!folder) await rm(own, { recursive: true, force: true }) }
  let tags = 0

  const linphone: Linphone = {
    address: `sip:${account.user}@${account.domain}`,
    events: told.all,
    event,
    texts: () => told.all.flatMap((one) => (one.event === 'received' ? [one.text] : [])),
    async text(to, text) {
      const tag = `t${++tags}`
      await command({ do: 'text', to, text, tag })
      return tag
    },
    async file(to, path, type) {
      const tag = `t${++tags}`
      await command({ do: 'file', to, path, type, tag })
      return tag
    },
    async download(path) {
      const tag = `t${++tags}`
      await command({ do: 'download', path, tag })
      await event('state', (one) => one.tag === tag && one.state === 'file-done')
    },
    again: (tag) => command({ do: 'again', tag }),
    read: (from) => command({ do: 'read', from }),
    compose: (to) => command({ do: 'compose', to }),
    together: (peer) => command({ do: 'together', with: peer }),
    register: (on) => command({ do: 'register', on }),
    network: (on) => command({ do: 'network', on }),
    async group(order, group, more = {}) {
      const tag = `t${++tags}`
      await command({ do: `group-${order}`, group, tag, ...more })
      return tag
    },
    async makesGroup(subject, members) {
      const since = told.all.length
      await command({ do: 'group', subject, members })
      const made = await event('group', (one) => one.subject === subject && (one.state === 'creation-failed' || one.admin), since)
      if (made.state !== 'created') throw new Error(`${account.user}: no group was made: ${made.state}`)
      return made.group
    },
    received: (text) => event('received', (one) => one.text === text),
    reached: async (tag, state) => void (await event('state', (one) => one.tag === tag && one.state === state)),
    async stop() {
      child.stdin.end()
      await gone
      await clean()
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
      await clean()
    },
  }
  try {
    await event('started', (one) => one.ok)
    if (registers) await event('registration', (one) => one.state === 'ok')
  } catch (thrown) {
    await linphone.kill()
    throw thrown
  }
  return linphone
}
