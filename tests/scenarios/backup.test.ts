import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { spawn } from 'node:child_process'
import { Phone, until, type Person } from './play/phone'
import { command, headless, RelayProcess, withFolder } from './play/process'
import { Program, type Line } from './play/program'
import { SmallDisk } from './play/small-disk'

const domain = 'office.test'
const running: (RelayProcess | Program)[] = []
const phones: Phone[] = []

afterEach(async () => {
  for (const each of phones.splice(0)) if (each.isOpen) await each.leaves()
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended
  }
})

function add(data: string, ...users: string[]): void {
  for (const user of users) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
    if (code !== 0) throw new Error(stderr)
  }
}
async function serve(data: string, port = 0): Promise<RelayProcess> {
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', `tcp:127.0.0.1:${port}`])
  running.push(relay)
  return relay
}
function phone(user: string, port: number, more: Partial<Person> = {}): Phone {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}`, ...more })
  phones.push(made)
  return made
}
/** Somebody's app; signed in already when no relay is named. */
async function app(data: string, user: string, relay?: RelayProcess): Promise<Program> {
  const flags = relay ? ['--account', `${user}@${domain}`, '--relay', relay.uris[0]!] : []
  const program = new Program(['--data', data, ...flags], { YANXIN_PASSWORD: `${user} secret` })
  running.push(program)
  return program.ready()
}
/** A command in a process of its own that does not hold up this one. */
const beside = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => {
  const child = spawn(process.execPath, [headless, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}
const address = (user: string): string => `sip:${user}@${domain}`
const incoming = async (line: Line): Promise<string[]> => line.texts(false)

describe('a backup of a relay that runs, and a restore from it', () => {
  test('under load, with two apps: what the backup holds arrives once and in order, also what had arrived before', () => withFolder(async (folder) => {
    const [data, copy] = [join(folder, 'relay'), join(folder, 'copy.sqlite')]
    add(data, 'mei', 'lan')
    let relay = await serve(data)
    const { port } = relay
    const mei = await (await app(join(folder, 'mei'), 'mei', relay)).open()
    const first = await app(join(folder, 'lan'), 'lan', relay)
    const said: string[] = []
    let isTalking = true
    const send = async (): Promise<void> => {
      const text = `message ${said.length}`
      said.push(text)
      await mei.call('send', address('lan'), text.replace(' ', '-'), text)
    }
    const sentSoFar = async (): Promise<string[]> => (await mei.messages()).filter(({ status }) => status !== 'queued')
      .map(({ content }) => (content.kind === 'text' ? content.text : ''))
    for (let i = 0; i < 40; i++) await send()
    const lan = await first.open()
    await until('lan to have the first', async () => (await incoming(lan)).length === 40)
    lan.close()
    await first.dies()

    // From here on all waits at the relay, and mei goes on talking while the backup is made.
    for (let i = 0; i < 40; i++) await send()
    await until('them to be sent', async () => (await sentSoFar()).length === 80)
    const talk = (async () => { while (isTalking) await send() })()
    const before = await sentSoFar()
    const made = await beside('backup', '--data', data, '--to', copy)
    isTalking = false
    await talk
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('checked') as string })

    // Lan comes, gets everything, and sees it; then the relay loses what it has.
    const second = await app(join(folder, 'lan'), 'lan')
    const all = await second.open()
    await until('lan to have all of it', async () => (await incoming(all)).length === said.length, 30_000)
    all.close()
    await second.dies()
    const atBackup = said.length
    for (let i = 0; i < 5; i++) await send()
    await until('the last ones to be sent', async () => (await sentSoFar()).length === said.length)
    await relay.dies()
    const restored = command(['restore', '--data', data, '--from', copy])
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('What was there before is kept as') as string })
    expect(readdirSync(data).filter((name) => name.startsWith('relay.sqlite.before-'))).not.toEqual([])
    relay = await serve(data, port)

    const third = await app(join(folder, 'lan'), 'lan')
    const again = await third.open()
    await send()
    const expected = [...said.slice(0, atBackup), said.at(-1)!]
    await until('lan to have what the backup held, and what was said after it', async () => (await incoming(again)).includes(said.at(-1)!), 30_000)
    // Everything once and in order. The five that were acknowledged after the backup are gone, as the documentation says.
    expect(await incoming(again)).toEqual(expected)
    expect(expected).toEqual(expect.arrayContaining(before))
  }), 120_000)

  test('what the backup held and nobody had fetched arrives, from phones that never heard of it', () => withFolder(async (folder) => {
    const [data, copy] = [join(folder, 'relay'), join(folder, 'copy.sqlite')]
    add(data, 'mei', 'lan')
    const relay = await serve(data)
    const mei = await phone('mei', relay.port).comes()
    const lan = await phone('lan', relay.port).comes()
    await lan.leaves()
    for (let i = 0; i < 50; i++) expect((await mei.says(`message ${i}`, address('lan'))).status).toBe(202)
    expect(command(['backup', '--data', data, '--to', copy]).code).toBe(0)
    await lan.comes()
    await until('lan to have them', () => lan.inbox.length === 50)
    await relay.dies()
    expect(command(['restore', '--data', data, '--from', copy]).code).toBe(0)
    const again = await serve(data, relay.port)
    await lan.comes()
    // At least once between hops: they come a second time, under the ids by which a client knows them.
    await until('them to come again', () => lan.inbox.length === 100)
    const ids = lan.inbox.map(({ body }) => /imdn.Message-ID: (\S+)/.exec(body)![1]!)
    expect(ids.slice(50)).toEqual(ids.slice(0, 50))
    expect(again.stderr).not.toContain('"level":50')
  }))
})

describe('what is refused', () => {
  const served = async (folder: string): Promise<{ data: string; copy: string }> => {
    const [data, copy] = [join(folder, 'relay'), join(folder, 'copy.sqlite')]
    add(data, 'mei', 'lan')
    const relay = await serve(data)
    const mei = await phone('mei', relay.port).comes()
    for (let i = 0; i < 20; i++) await mei.says(`message ${i}`.padEnd(3_000, '.'), address('lan'))
    expect(command(['backup', '--data', data, '--to', copy]).code).toBe(0)
    return { data, copy }
  }

  test('a target that exists, that cannot be written, a folder without a relay; a folder as target gets a name that says when', () => withFolder(async (folder) => {
    const { data, copy } = await served(folder)
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    const before = readFileSync(copy)
    expect(command(['backup', '--data', data, '--to', copy])).toEqual({ code: 1, stdout: '', stderr: `${copy} is there already and is not replaced.\n` })
    expect(readFileSync(copy).equals(before)).toBe(true)
    expect(command(['backup', '--data', data, '--to', join(copy, 'below')])).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot be written') as string })
    expect(command(['backup', '--data', data, '--to', join(folder, 'none/below')])).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot be written') as string })
    expect(command(['backup', '--data', join(folder, 'elsewhere'), '--to', join(folder, 'x')])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no relay') as string })
    const into = join(folder, 'backups')
    expect(command(['backup', '--data', data, '--to', folder]).stdout).toMatch(/\/relay-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite: /)
    expect(existsSync(into)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  }))

  test('a target on a full disk: a clear sentence, no half copy, and the relay goes on', async ({ skip }) => {
    const disk = SmallDisk.mount(100)
    if (typeof disk === 'string') return skip(`skipped, because ${disk}`)
    try {
      await withFolder(async (folder) => {
        const { data } = await served(folder)
        const { code, stderr } = command(['backup', '--data', data, '--to', join(disk.folder, 'copy.sqlite')])
        expect(code).toBe(1)
        expect(stderr).toMatch(/full/)
        expect(readdirSync(disk.folder)).toEqual([])
        expect(command(['check', '--data', data]).code).toBe(0)
      })
    } finally {
      disk.remove()
    }
  })

  test('restoring while the relay runs, from what is no backup, a broken or a newer one: nothing is changed', () => withFolder(async (folder) => {
    const { data, copy } = await served(folder)
    const restore = (from: string) => command(['restore', '--data', data, '--from', from])
    expect(restore(copy)).toMatchObject({ code: 3, stderr: expect.stringContaining('in use by the relay for office.test') as string })
    for (const relay of running.splice(0)) await (relay as RelayProcess).stops()
    const file = join(data, 'relay.sqlite')
    const before = readFileSync(file)
    const variant = (name: string, change: (path: string) => void): string => {
      const path = join(folder, name)
      copyFileSync(copy, path)
      change(path)
      return path
    }
    const withSql = (sql: string) => (path: string) => {
      const sqlite = new DatabaseSync(path)
      sqlite.exec(sql)
      sqlite.close()
    }
    const flipped = (path: string): void => {
      const bytes = readFileSync(path)
      for (let at = 8 * 4_096; at < bytes.length; at += 4_096) bytes.fill(0xff, at, at + 32)
      writeFileSync(path, bytes)
    }
    for (const [from, words] of [
      [join(folder, 'nowhere'), 'is no file'],
      [variant('note', (path) => writeFileSync(path, 'a note'.repeat(1_000))), 'is no database, or a broken one'],
      [variant('half', (path) => truncateSync(path, 40_960)), ''],
      [variant('flipped', flipped), ''],
      [variant('newer', withSql('PRAGMA user_version = 999')), 'was written by a newer version (schema 999'],
      [variant('journal', withSql(`PRAGMA application_id = ${0x59616e4a}`)), 'is no backup of a relay'],
      [variant('other', withSql('DROP TABLE queue')), 'is no backup of a relay'],
      [file, 'is the file that is to be replaced'],
    ] as const) {
      const { code, stderr } = restore(from)
      expect(code, `${from}: ${stderr}`).toBe(1)
      expect(stderr).toContain(words)
    }
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(data).filter((name) => /restor|before/.test(name))).toEqual([])
  }))

  test('into a folder that is new, and over a file that is broken', () => withFolder(async (folder) => {
    const { data, copy } = await served(folder)
    for (const relay of running.splice(0)) await (relay as RelayProcess).stops()
    const fresh = join(folder, 'fresh')
    expect(command(['restore', '--data', fresh, '--from', copy])).toMatchObject({ code: 0, stdout: expect.not.stringContaining('What was there before') as string })
    expect(command(['user', 'list', '--data', fresh]).stdout.split('\n')).toHaveLength(3)
    writeFileSync(join(data, 'relay.sqlite'), 'broken')
    const { code, stdout } = command(['restore', '--data', data, '--from', copy])
    expect(code).toBe(0)
    const aside = /kept as (\S+)\.\n/.exec(stdout)![1]!
    expect(readFileSync(aside, 'utf8')).toBe('broken')
    const relay = await serve(data)
    const lan = await phone('lan', relay.port).comes()
    await until('lan to have them', () => lan.inbox.length === 20)
  }))
})
