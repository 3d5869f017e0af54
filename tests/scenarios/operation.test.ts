import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { Exposition } from './play/exposition'
import { header, Phone, until, type Person } from './play/phone'
import { command, RelayProcess, withFolder } from './play/process'
import { SmallDisk } from './play/small-disk'

const domain = 'office.test'
const running: RelayProcess[] = []
const phones: Phone[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const each of phones.splice(0)) if (each.isOpen) await each.leaves()
  for (const relay of running.splice(0)) {
    relay.signal('SIGKILL')
    await relay.ended
  }
})

function add(data: string, ...users: string[]): void {
  for (const user of users) {
    const { code, stderr } = command(['user', 'add', `${user}@${domain}`, '--data', data], `${user} secret\n`)
    if (code !== 0) throw new Error(stderr)
  }
}
/** A relay with a SIP port and an HTTP one. */
async function serve(data: string, ...flags: string[]): Promise<{ relay: RelayProcess; port: number; http: string }> {
  const relay = await RelayProcess.start(['--domain', domain, '--data', data, '--sip', 'tcp:127.0.0.1:0', '--http', '127.0.0.1:0', ...flags])
  running.push(relay)
  return { relay, port: relay.port, http: relay.uris[1]! }
}
function phone(user: string, port: number, more: Partial<Person> = {}): Phone {
  const made = new Phone({ user, domain, password: `${user} secret`, port, instance: `urn:uuid:${user}`, ...more })
  phones.push(made)
  return made
}
const address = (user: string): string => `sip:${user}@${domain}`
const health = async (http: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${http}/healthz`)
  return { status: answer.status, body: await answer.json() as Record<string, unknown> }
}
/** Another process writes into the relay's file, as a fault below it would. */
function meddle(data: string, sql: string): void {
  const sqlite = new DatabaseSync(join(data, 'relay.sqlite'), { timeout: 5_000 })
  sqlite.exec(sql)
  sqlite.close()
}

describe('/metrics', () => {
  test('tells what happened over real sockets, in names and labels that Prometheus takes, and no address', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan', 'tom')
    const { port, http } = await serve(data)
    const mei = await phone('mei', port).comes()
    const lan = await phone('lan', port).comes()
    const thief = await phone('mei', port, { password: 'guessed', instance: 'urn:uuid:thief' }).connect()
    expect((await thief.register()).status).toBe(401)
    for (let i = 0; i < 3; i++) expect((await mei.says(`to lan ${i}`, lan.address)).status).toBe(200)
    await until('lan to hear them', () => lan.inbox.length === 3)
    for (let i = 0; i < 2; i++) expect((await mei.says(`to tom ${i}`, address('tom'))).status).toBe(202)
    await mei.says('', lan.address, { contentType: 'application/im-iscomposing+xml', more: 'Expires: 0\r\n' })
    expect((await mei.says('?', address('nobody'))).status).toBe(404)
    await lan.leaves()
    await until('the relay to notice', async () => (await health(http)).body['devicesOnline'] === 1)
    expect((await mei.says('for later', lan.address)).status).toBe(202)
    const noise = connect({ port, host: '127.0.0.1' })
    sockets.push(noise)
    noise.write('what is this\r\n\r\n')

    const told = await until('all of it to be told', async () => {
      const read = await Exposition.read(http)
      return read.of('yanxin_malformed_total')! > 0 && read
    })
    expect({
      ready: told.of('yanxin_ready'), accounts: told.of('yanxin_accounts'), devices: told.of('yanxin_devices'), online: told.of('yanxin_devices_online'),
      messages: told.of('yanxin_messages_taken_total', { kind: 'message' }), receipts: told.of('yanxin_messages_taken_total', { kind: 'receipt' }),
      transient: told.of('yanxin_messages_taken_total', { kind: 'transient' }), delivered: told.of('yanxin_deliveries_total', { outcome: 'delivered' }),
      unknown: told.of('yanxin_refused_total', { fault: 'unknown-recipient' }), wrong: told.of('yanxin_authentication_failures_total'),
      registrations: told.of('yanxin_registrations_total'), waitingForAccount: told.of('yanxin_queue_messages', { lane: 'account' }),
      waitingForDevice: told.of('yanxin_queue_messages', { lane: 'device' }), lanes: told.of('yanxin_queue_lanes', { lane: 'account' }),
      pending: told.of('yanxin_messages_pending'), restarts: told.of('yanxin_database_restarts_total'), checked: told.of('yanxin_last_check_timestamp_seconds'),
    }).toEqual({
      ready: 1, accounts: 3, devices: 2, online: 1, messages: 6, receipts: 0, transient: 1, delivered: 3, unknown: 1, wrong: 1, registrations: 2,
      waitingForAccount: 2, waitingForDevice: 1, lanes: 1, pending: 0, restarts: 0, checked: 0,
    })
    const age = told.of('yanxin_queue_oldest_age_seconds', { lane: 'account' })!
    expect(age).toBeGreaterThan(0)
    expect(age, 'the time in the CPIM is months old, and is not believed').toBeLessThan(60)

    const commits = told.of('yanxin_commits_total')!
    expect(commits).toBeGreaterThan(5)
    expect(told.of('yanxin_commit_calls_total')!).toBeGreaterThanOrEqual(commits)
    expect(told.of('yanxin_commit_seconds_count')).toBe(commits)
    const buckets = told.all('yanxin_commit_seconds_bucket').map(({ value }) => value)
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b))
    expect(buckets.at(-1)).toBe(commits)
    expect(told.of('yanxin_commit_seconds_sum')!).toBeGreaterThan(0)
    for (const name of ['yanxin_database_bytes', 'yanxin_wal_bytes', 'yanxin_disk_free_bytes', 'process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
      expect(told.of(name), name).toBeGreaterThan(0)
    }

    const ours = [...told.types].filter(([name]) => name.startsWith('yanxin_'))
    expect(ours.length).toBeGreaterThan(35)
    for (const [name, type] of ours) expect(name.endsWith('_total'), name).toBe(type === 'counter')
    const labels = told.samples.filter(({ name }) => name.startsWith('yanxin_')).flatMap((sample) => Object.entries(sample.labels))
    expect(new Set(labels.map(([label]) => label))).toEqual(new Set(['version', 'lane', 'kind', 'outcome', 'fault', 'le', 'way']))
    expect(told.text).not.toMatch(/office\.test|mei|@|secret|urn:uuid/)
  }))

  test('only what is there is answered, and only to who reads', async () => withFolder(async (data) => {
    const { http } = await serve(data)
    expect((await fetch(`${http}/metrics`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${http}/healthz`, { method: 'DELETE' })).status).toBe(405)
    expect((await fetch(`${http}/`)).status).toBe(404)
    const head = await fetch(`${http}/healthz`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  }))
})

describe('/healthz', () => {
  test('a full disk: 503 with the reason, and 200 again when there is room', async ({ skip }) => {
    const disk = SmallDisk.mount(8_000)
    if (typeof disk === 'string') return skip(`skipped, because ${disk}`)
    try {
      add(disk.folder, 'mei', 'lan')
      const { http, port } = await serve(disk.folder)
      const mei = await phone('mei', port).comes()
      expect(await health(http)).toMatchObject({ status: 200, body: { status: 'ok' } })
      disk.fill()
      expect((await mei.says('x'.repeat(60_000), address('lan'))).status).toBe(503)
      expect(await health(http)).toMatchObject({ status: 503, body: { status: 'unavailable', fault: 'disk-full' } })
      expect((await Exposition.read(http)).of('yanxin_ready')).toBe(0)
      disk.grow(32_000)
      await until('it to be ready again', async () => (await health(http)).status === 200)
      expect((await mei.says('x'.repeat(60_000), address('lan'))).status).toBe(202)
    } finally {
      for (const relay of running.splice(0)) await relay.dies()
      disk.remove()
    }
  })

  test('the storage is checked by itself when there is little to do: damage is told until it is gone', async () => withFolder(async (data) => {
    add(data, 'mei')
    // Every 1.7 seconds.
    const { relay, http } = await serve(data, '--check-every', '0.00002')
    const checked = async () => (await Exposition.read(http)).of('yanxin_last_check_timestamp_seconds')
    await until('the first check', checked, 30_000)
    expect((await health(http)).status).toBe(200)
    meddle(data, "INSERT INTO devices VALUES ('sip:ghost@office.test', 'x', '', '', 1, 1)")
    const { body } = await until('the damage to be found', async () => {
      const told = await health(http)
      return told.status === 503 && told
    }, 30_000)
    expect(body).toMatchObject({ fault: 'storage-damaged', reason: expect.stringContaining('1 devices belong to no account') as string })
    expect((await Exposition.read(http)).of('yanxin_last_check_problems')).toBe(1)
    expect(relay.stderr).toContain('the storage is damaged')
    meddle(data, "DELETE FROM devices WHERE address = 'sip:ghost@office.test'")
    await until('it to be well again', async () => (await health(http)).status === 200, 30_000)
  }), 90_000)
})

describe('check', () => {
  test('while the relay runs and serves: it says that nothing is wrong', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan')
    const { port } = await serve(data)
    const mei = await phone('mei', port).comes()
    for (let i = 0; i < 20; i++) await mei.says(`message ${i}`, address('lan'))
    for (const flags of [[], ['--quick']]) {
      const { code, stdout } = command(['check', '--data', data, ...flags])
      expect(stdout).toMatch(/Nothing is wrong with .*relay\.sqlite: 2 accounts, 1 devices, 20 messages waiting/)
      expect(code).toBe(0)
    }
  }))

  test('what does not belong together, a truncated file, and one that is no database: 1, what is broken and what to do', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan')
    const { port, relay } = await serve(data)
    const mei = await phone('mei', port).comes()
    for (let i = 0; i < 200; i++) await mei.says(`message ${i}`.padEnd(2_000, '.'), address('lan'))
    await relay.stops()
    const file = join(data, 'relay.sqlite')
    copyFileSync(file, join(data, 'whole'))

    meddle(data, 'UPDATE seqs SET next = 1; UPDATE queue SET lane = 77 WHERE seq % 2 = 0')
    const rows = command(['check', '--data', data])
    expect(rows.code).toBe(1)
    expect(rows.stdout).toContain('100 waiting messages belong to no lane')
    expect(rows.stdout).toContain('is one that was given already')
    expect(rows.stdout).toContain(`npm run relay -- restore --data ${data} --from FILE`)
    expect(rows.stdout).toContain('Nothing was deleted')

    copyFileSync(join(data, 'whole'), file)
    truncateSync(file, 300_000)
    expect(command(['check', '--data', data])).toMatchObject({ code: 1, stdout: expect.stringContaining('is damaged') as string })

    const bytes = readFileSync(join(data, 'whole'))
    // In the middle of a page of the queue: where its cells are.
    for (let at = 40 * 4_096; at < 60 * 4_096; at += 4_096) bytes.fill(0xff, at, at + 64)
    writeFileSync(file, bytes)
    expect(command(['check', '--data', data])).toMatchObject({ code: 1, stdout: expect.stringContaining('is damaged') as string })

    writeFileSync(file, 'this is no database at all, but a note that somebody left here\n'.repeat(100))
    const none = command(['check', '--data', data])
    expect(none.code).toBe(1)
    expect(none.stdout + none.stderr).toContain('not a database')
    expect(command(['check', '--data', join(data, 'elsewhere')])).toEqual({ code: 1, stdout: '', stderr: `There is no relay in ${join(data, 'elsewhere')}.\n` })
  }))
})

describe('disk', () => {
  test('names what takes space, the accounts with the most waiting, and gives free pages back only when nobody uses the file', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan', 'tom')
    const { port, relay } = await serve(data)
    const mei = await phone('mei', port).comes()
    const text = 'x'.repeat(20_000)
    for (let i = 0; i < 30; i++) await mei.says(text, address('lan'))
    await mei.says(text, address('tom'))
    const { stdout } = command(['disk', '--data', data, '--top', '1'])
    expect(stdout).toMatch(/Accounts with the most waiting, 1 of 2:\n +\d+\.\d kB  sip:lan@office\.test  30 messages\nNo files are kept\.\n$/)
    expect(stdout).toMatch(/Tables and indexes:\n +\d+\.\d kB  queue\n/)
    expect(command(['disk', '--vacuum', '--data', data])).toMatchObject({ code: 3, stderr: expect.stringContaining('in use by the relay for office.test') as string })
    const lan = await phone('lan', port).comes()
    await until('lan to have them', () => lan.inbox.length === 30)
    await relay.stops()
    const given = command(['disk', '--vacuum', '--data', data])
    expect(given.code).toBe(0)
    const [before, after] = [...given.stdout.matchAll(/([\d.]+) (?:kB|MB)/g)].map((found) => Number(found[1]))
    expect(after).toBeLessThan(before! / 2)
    expect(command(['check', '--data', data]).code).toBe(0)
  }))
})

describe('limits', () => {
  test('--queue-limit: above it a sender is told to wait, everybody else is served, and it goes on when some of it was fetched', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan', 'tom')
    const { port, http } = await serve(data, '--queue-limit', '3')
    const mei = await phone('mei', port).comes()
    for (let i = 0; i < 3; i++) expect((await mei.says(`message ${i}`, address('tom'))).status).toBe(202)
    const refused = await mei.says('one too many', address('tom'), { id: 'again' })
    expect(refused.start).toBe('SIP/2.0 480 Mailbox Full')
    expect([header(refused, 'Retry-After'), header(refused, 'Yanxin-Fault')]).toEqual(['300', 'mailbox-full'])
    expect(header(refused, 'Warning')).toContain('too much waits for sip:tom@office.test')
    expect((await mei.says('hello', address('lan'))).status).toBe(202)
    const told = await Exposition.read(http)
    expect([told.of('yanxin_mailbox_full_total'), told.of('yanxin_refused_total', { fault: 'mailbox-full' })]).toEqual([1, 1])
    const tom = await phone('tom', port).comes()
    await until('tom to have them', () => tom.inbox.length === 3)
    expect((await mei.says('one too many', address('tom'), { id: 'again' })).status).toBe(200)
    await tom.hears('one too many')
  }))

  test('--connections-per-host: who never signs in cannot keep others out', async () => withFolder(async (data) => {
    add(data, 'mei', 'lan')
    const { port, http } = await serve(data, '--connections-per-host', '20')
    const lan = await phone('lan', port).comes()
    const opened = Array.from({ length: 300 }, () => connect({ port, host: '127.0.0.1' }))
    sockets.push(...opened)
    for (const socket of opened) socket.on('error', () => {})
    await until('most of them to be closed', async () => (await Exposition.read(http)).of('yanxin_strangers_closed_total')! >= 279)
    const mei = await phone('mei', port).comes()
    expect((await mei.says('still here?', lan.address)).status).toBe(200)
    await lan.hears('still here?')
    expect((await health(http)).body['connections']).toBeLessThanOrEqual(22)
  }))

  test('--keep: what waits longer fails, and its sender is told', async () => withFolder(async (data) => {
    add(data, 'mei', 'tom')
    const { port } = await serve(data, '--keep', '0.00002')
    const mei = await phone('mei', port).comes()
    expect((await mei.says('too late', address('tom'), { id: 'late' })).status).toBe(202)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const tom = await phone('tom', port).comes()
    const receipt = await until('the receipt', () => mei.inbox.find(({ body }) => body.includes('<failed/>')))
    expect(receipt.body).toContain('<message-id>late</message-id>')
    expect(tom.texts).toEqual([])
  }))

  test('flags in --config may be numbers', async () => withFolder(async (data) => {
    add(data, 'mei', 'tom')
    const config = join(data, 'relay.json')
    writeFileSync(config, JSON.stringify({ domain, data: '.', sip: 'tcp:127.0.0.1:0', 'queue-limit': 1, keep: 7 }))
    const relay = await RelayProcess.start(['--config', config])
    running.push(relay)
    const mei = await phone('mei', relay.port).comes()
    expect([(await mei.says('1', address('tom'))).status, (await mei.says('2', address('tom'))).status]).toEqual([202, 480])
  }))
})
