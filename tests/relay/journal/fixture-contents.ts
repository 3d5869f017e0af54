import { DAY, HOUR, MINUTE } from '../../../src-main/base/clock'
import type { DatabaseVerbs } from '../../../src-main/database-verbs'
import { flag, type Envelope } from '../../../src-main/relay/envelope'
import type { Ledger } from '../../../src-main/relay/ledger/ledger'
import { keyOf, type Put } from '../../../src-main/relay/queue/row'

/**
 * What the fixtures of every version hold, written and read by verbs alone: `scripts/fixture-journal.js` runs this with the
 * code of the version whose file it makes. Verbs that came later are used for `version` and after only.
 */
type Journal = Ledger<DatabaseVerbs>

const mei = 'sip:mei@example.org'
const lan = 'sip:lan@example.org'
const mother = 'tel:+8613800138000'
const trains = 'sip:trains@bots.example.org'
const begin = Date.UTC(2026, 2, 1, 8)

const bytes = (text: string) => new TextEncoder().encode(text)
const envelope = (id: string, from: string, to: string, text: string): Envelope => ({
  id, from, to, conversation: from === mei ? to : from, contentType: 'message/cpim', body: bytes(text), headers: [['Call-ID', `call-${id}`], ['Date', 'Sun, 01 Mar 2026 08:00:00 GMT']],
  sentAt: begin, expiresAt: begin + 30 * DAY, flags: flag.wantsFailure,
})
const out = (id: string, to: string): Put => ({ envelope: envelope(id, mei, to, `From: ${mei}\r\n\r\n${id}`), lanes: ['network'] })

const texts = ['今天晚上一起吃饭吗?', 'Shall we take the train at 18:05?', '好的，我在Café等你 ☕️', '高铁G7 from 上海 to 北京 is late', 'ok', '繁體字也可以', 'ﬀ Ｆｕｌｌ ｗｉｄｔｈ']

/** A client's own: conversations, statuses, receipts that came early, drafts, journeys, what waits to be sent. */
export async function writeClient(ledger: Journal, version: number): Promise<void> {
  const receive = (id: string, from: string, text: string, at: number, more: object = {}) => ledger.commit('journal.receive', {
    message: { conversation: from, id, from, content: { kind: 'text', text }, sentAt: at, now: at }, wantsDisplay: true, isCpim: true,
    receipt: { envelope: envelope(`delivered-${id}`, mei, from, 'delivered'), lanes: ['network'] }, ...more,
  })
  const send = (id: string, to: string, text: string, at: number) => ledger.commit('journal.send', {
    message: { conversation: to, id, from: mei, content: { kind: 'text', text }, sentAt: at, now: at }, put: out(id, to),
  })
  for (let i = 0; i < 100; i++) {
    const at = begin + i * HOUR
    const text = `${texts[i % texts.length]} ${i}`
    if (i % 3) {
      const { rows } = await receive(`in${i}`, lan, text, at)
      if (i < 95) await ledger.commit('queue.take', { rows: rows.map(keyOf) })
      continue
    }
    const { rows: [row] } = await send(`out${i}`, lan, text, at)
    if (i % 4 === 0) continue
    if (i % 4 === 1) await ledger.commit('journal.retrying', { row: keyOf(row!), hop: { at, event: 'retry', by: 'network', fault: { code: 'busy', text: '503' } } })
    const failed = { kind: 'failed', fault: { code: 'unknown-recipient', text: '404 Not Found' } } as const
    await ledger.commit('journal.settled', { row: keyOf(row!), outcome: i % 9 ? { kind: 'taken', answer: '202 Accepted' } : failed, now: at })
    if (i % 2) await ledger.commit('journal.receipt', { id: `out${i}`, from: lan, status: i % 5 ? 'displayed' : 'delivered', at: at + MINUTE, now: at + MINUTE })
  }
  await ledger.commit('journal.read', { conversation: lan, place: 80, now: begin + 200 * HOUR,
    receipts: { from: mei, lane: 'network', expiresAt: begin + 60 * DAY, together: 30 } })
  await receive('m1', mother, '到家了吗？', begin + DAY, { name: '妈妈', isCpim: false })
  await send('m2', mother, '到了 😊', begin + DAY + MINUTE)
  await ledger.commit('journal.draft', { conversation: mother, text: '明天再', now: begin + 2 * DAY })
  await receive('t1', trains, 'G7: 18:05 → 22:36, ¥553', begin + DAY, { name: 'Trains 火车', isChatbot: true })
  await ledger.commit('journal.receive', { message: { conversation: trains, id: 't2', from: trains, content: { kind: 'unsupported', contentType: 'application/vnd.gsma.botmessage.v1.0+json', size: 812 }, sentAt: begin + DAY, now: begin + DAY } })
  await ledger.commit('journal.receive', { message: { conversation: trains, id: 't3', from: trains, content: { kind: 'expired' }, sentAt: begin + DAY, now: begin + 40 * DAY } })
  await ledger.commit('journal.copy', { message: { conversation: lan, id: 'copied', from: mei, content: { kind: 'text', text: 'said on my phone' }, sentAt: begin + 105 * HOUR, now: begin + 105 * HOUR } })
  await ledger.commit('journal.open', { conversation: 'sip:nobody@example.org', now: begin + DAY, name: 'Nobody yet' })
  await ledger.commit('journal.receipt', { id: 'early', from: lan, status: 'delivered', at: begin, now: begin })
  await ledger.commit('journal.receipt', { id: 'early', from: 'sip:eve@example.org', status: 'displayed', at: begin, now: begin })
  if (version < 2) return
  const old = (i: number) => ({ conversation: mother, name: 'Mum', id: `old${i}`, from: i % 2 ? mother : mei, outgoing: i % 2 === 0,
    content: { kind: 'text' as const, text: `很久以前 long ago ${i}` }, sentAt: begin - (50 - i) * DAY })
  const file = { name: '照片.jpg', contentType: 'image/jpeg', size: 1_234, hash: 'ab'.repeat(32) }
  await ledger.commit('journal.stage', { import: 'whole', progress: { offset: 10 }, now: begin + 40 * DAY,
    messages: [...Array.from({ length: 12 }, (_, i) => old(i)), { ...old(13), content: { kind: 'files', text: '看照片', files: [file] } }] })
  while ((await ledger.commit('journal.merge', { import: 'whole', now: begin + 40 * DAY })).left);
  await ledger.commit('journal.stage', { import: 'half', progress: { offset: 4_711 }, now: begin + 40 * DAY, messages: [old(1), old(20), old(21), old(22)] })
  if (version < 3) return
  const at = begin + 41 * DAY
  const up = { way: 'up', at: 'waiting' } as const
  const album = (id: string) => ({ conversation: lan, id, from: mei, content: { kind: 'files' as const, files: [{ ...file, transfer: up }] }, sentAt: at, now: at })
  await ledger.commit('journal.sendFiles', { messages: [album('file1'), album('file2')],
    words: { conversation: lan, id: 'words', from: mei, content: { kind: 'text', text: '两张照片' }, sentAt: at, now: at } })
  await ledger.commit('journal.uploaded', { id: 'file1', from: mei, file: 0, remote: { url: 'https://ft.example.org/d/1', until: at + 30 * DAY },
    leaving: { lane: 'network', expiresAt: at + 30 * DAY, headers: [], wordsHeaders: [] } })
  const there = { url: 'https://ft.example.org/d/2', until: at + 30 * DAY, thumbnail: { url: 'https://ft.example.org/t/2' } }
  await ledger.commit('journal.receive', { message: { conversation: lan, id: 'film', from: lan, sentAt: at, now: at, content: { kind: 'files', text: '日出', files: [
    { name: '日出.mp4', contentType: 'video/mp4', size: 30_000_000, hash: '', duration: 12_000, remote: there, transfer: { way: 'down', at: 'offered' } },
    { name: 'notes.pdf', contentType: 'application/pdf', size: 40_000, hash: '', remote: { url: 'https://ft.example.org/d/3' }, transfer: { way: 'down', at: 'paused' } },
  ] } } })
  await ledger.commit('journal.receive', { message: { conversation: lan, id: 'place', from: lan, sentAt: at, now: at, content: { kind: 'location', location: { latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 } } } })
  if (version < 4) return
  const guests = ['王伟', 'Zoe', 'Yun', 'Tom'].map((name, i) => ({ address: `sip:guest${i}@example.org`, fields: { name } }))
  await ledger.commit('campaign.begin', { id: 'feast', words: '{name}，元宵节快乐！', perMinute: 60, now: at })
  await ledger.commit('campaign.add', { id: 'feast', from: 0, recipients: guests })
  await ledger.commit('campaign.start', { id: 'feast' })
  const { seqs } = await ledger.commit('campaign.send', { id: 'feast', letters: guests.slice(0, 3).map(({ address, fields }, place) => ({
    place, message: { conversation: address, id: `feast${place}`, from: mei, content: { kind: 'text', text: `${fields.name}，元宵节快乐！` }, sentAt: at, now: at }, put: out(`feast${place}`, address),
  })) })
  const letter = (place: number) => ({ seq: seqs[place]!, lane: 'network', from: mei, id: `feast${place}`, lanes: 1 })
  await ledger.commit('journal.settled', { row: letter(0), outcome: { kind: 'taken' }, now: at })
  await ledger.commit('journal.settled', { row: letter(1), outcome: { kind: 'failed', fault: { code: 'unknown-recipient' } }, now: at })
  await ledger.commit('campaign.stop', { id: 'feast' })
  await ledger.commit('lists.save', { id: 'guests', name: '客人', from: 0, members: guests, now: at })
  await ledger.commit('journal.mute', { conversation: mother, until: -1 })
}

/** Everything that `writeClient` must have left. */
export async function readClient(ledger: Journal, version: number) {
  const conversations = (await ledger.read('journal.conversations', null)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const messages = await Promise.all(conversations.map(({ id }) => ledger.read('journal.page', { conversation: id, fromPlace: 0, limit: 1_000 })))
  const journey = (conversation: string, id: string) => ledger.read('journal.journey', { conversation, id })
  return {
    ...(version >= 2 && { imports: await ledger.read('journal.imports', null) }),
    ...(version >= 3 && { transfers: (await ledger.read('journal.transfers', null)).map(({ id }) => id) }),
    ...(version >= 4 && {
      campaigns: await ledger.read('campaign.views', null), lists: await ledger.read('lists.all', null),
      recipients: await ledger.read('campaign.recipients', { id: 'feast', filter: 'all', offset: 0, limit: 10 }),
    }),
    conversations,
    messages: messages.flat(),
    unread: await ledger.read('journal.unread', { now: 0 }),
    number: (await ledger.read('journal.number', null)).n,
    id: (await ledger.read('journal.number', null)).id,
    journeys: { out9: await journey(lan, 'out9'), out21: await journey(lan, 'out21'), in1: await journey(lan, 'in1') },
    queue: await readLane(ledger, 'network'),
  }
}

/** What must be found by these words: ids, in any order. */
export const findable: Record<string, (text: string) => boolean> = {
  '吃': (text) => text.includes('吃'),
  '高铁': (text) => text.includes('高铁'),
  'train': (text) => /\btrain/i.test(text),
  'cafe': (text) => text.includes('Café'),
  '很久以前': (text) => text.includes('很久以前'),
}

const readLane = async (ledger: Journal, lane: string) => (await ledger.read('queue.next', { lane, after: 0, limit: 1_000 }))
  .map(({ body, ...row }) => ({ ...row, body: Buffer.from(body).toString('base64') }))

/** A relay's own: accounts, their devices, envelopes that wait for them. */
export async function writeRelay(ledger: Journal, version: number): Promise<void> {
  for (const [i, name] of ['mei', 'lan', '王伟'].entries()) {
    await ledger.commit('accounts.add', { address: `sip:${name}@example.org`, sha256: `${i}`.repeat(64), md5: `${i}`.repeat(32), createdAt: begin + i })
  }
  const device = (address: string, instance: string) => ledger.commit('devices.seen', {
    address, instance, agent: 'Linphone-Desktop/5.1', features: '+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.msg"', firstAt: begin, seenAt: begin + DAY,
  })
  await device(mei, 'urn:uuid:1')
  await device(mei, 'urn:uuid:2')
  await device(lan, 'urn:uuid:3')
  const lanes = { mei: [`device:${mei}|urn:uuid:1`, `device:${mei}|urn:uuid:2`], lan: [`device:${lan}|urn:uuid:3`], wang: ['account:sip:王伟@example.org'] }
  const puts = Array.from({ length: 40 }, (_, i): Put => {
    const [from, to, to_] = i % 3 === 0 ? [lan, mei, lanes.mei] : i % 3 === 1 ? [mei, lan, lanes.lan] : [mei, 'sip:王伟@example.org', lanes.wang]
    return { envelope: { ...envelope(`e${i}`, from, to, `${texts[i % texts.length]}\r\n\0${i}`), conversation: from }, lanes: to_ }
  })
  await ledger.commit('queue.put', { puts })
  // One device took it, the other has not yet.
  const rows = await ledger.read('queue.next', { lane: lanes.mei[0]!, after: 0, limit: 3 })
  await ledger.commit('queue.take', { rows: rows.map(keyOf) })
  if (version < 3) return
  const thumbnail = { hash: 'cd'.repeat(32), size: 5_000, type: 'image/jpeg' }
  await ledger.commit('files.begin', { id: 'u1', address: mei, tid: 'half', name: '日出.mp4', type: 'video/mp4', thumbnail, announced: 30_000_000, touchedAt: begin })
  await ledger.commit('files.finish', { id: 'f1', address: mei, tid: 'whole', name: 'notes.pdf', type: 'application/pdf', thumbnail: null,
    size: 40_000, hash: 'ef'.repeat(32), createdAt: begin, expiresAt: begin + 30 * DAY })
}

/** Everything that `writeRelay` must have left. */
export async function readRelay(ledger: Journal, version: number) {
  const lanes = await ledger.read('queue.lanes', null)
  const queues = await Promise.all(lanes.map(({ name }) => readLane(ledger, name)))
  return {
    accounts: await ledger.read('accounts.load', null),
    list: await ledger.read('accounts.list', null),
    lanes,
    queues: Object.fromEntries(lanes.map(({ name }, i) => [name, queues[i]])),
    ...(version >= 3 && {
      uploads: await ledger.read('files.uploads', null), file: await ledger.read('files.file', { id: 'f1' }), usage: await ledger.read('files.usage', null),
    }),
  }
}
