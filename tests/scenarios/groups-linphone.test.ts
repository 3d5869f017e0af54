import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { documentOf, factory, hearsLast, joins, listOf, makes, ours, removes, sets } from './play/group'
import { header, headers, type Heard, type Phone } from './play/phone'
import { domain, Stage, until } from './play/stage'

/** What Linphone says and needs in groups, by hand: tests/interop/linphone-group.test.ts has the real one. */
async function withMei(act: (cast: { stage: Stage; mei: Phone; bo: Phone }) => Promise<void>): Promise<void> {
  const stage = await new Stage().opens()
  try {
    for (const user of ['mei', 'bo', 'lan']) await stage.adds(user)
    const mei = stage.phone('mei', { instance: 'urn:uuid:00000000-0000-4000-8000-000000000001', features: ';+org.linphone.specs="ephemeral/1.1,groupchat/1.1"' })
    // What is not answered rings: its own tag and Contact are more than a phone of ours writes.
    mei.answer = (heard) => (heard.start.startsWith('INVITE') ? undefined : '200 OK')
    await mei.comes()
    await act({ stage, mei, bo: await stage.phone('bo', { instance: 'urn:uuid:00000000-0000-4000-8000-000000000002', features: ours }).comes() })
  } finally {
    await stage.ends()
  }
}

const gruu = `sip:mei@${domain};gr=urn:uuid:00000000-0000-4000-8000-000000000001`

const asks = (phone: Phone, method: string, to: string, more: readonly string[], body: string | Buffer = ''): Promise<Heard> =>
  phone.request(method, to, [`From: <${phone.address}>;tag=f1`, `To: <${to}>`, `Contact: <${gruu}>;text`, ...more].map((line) => `${line}\r\n`).join(''), body)

const notified = (phone: Phone, ...subjects: string[]) => until(`NOTIFYs of ${subjects.join(', ')}`, () => {
  const last = phone.inbox.filter(({ start, body }) => start.startsWith('NOTIFY') && body !== '').map((heard) => documentOf(heard).subject)
  return subjects.every((subject) => last.includes(subject))
})

test('its device has a GRUU, and by that the focus speaks to it', () => withMei(async ({ mei, bo }) => {
  expect(header(await mei.register(), 'Contact')).toContain(`;pub-gruu="${gruu}"`)
  expect(header(await bo.register(), 'Contact')).not.toContain('gruu')
  const group = await makes(bo, 'g', [mei])
  await joins(mei, group)
  await bo.says('hello', group)
  expect(header(await mei.hears('hello'), 'To')).toBe(`<${gruu}>`)
}))

test('the list of members may be deflated, and a request in the session has a way that needs no DNS', () => withMei(async ({ mei, bo }) => {
  const made = await asks(mei, 'INVITE', factory, [
    'Require: recipient-list-invite', 'Subject: tea', 'Content-Type: application/resource-lists+xml', 'Content-Disposition: recipient-list', 'Content-Encoding: deflate',
  ], deflateSync(listOf([bo.address])))
  expect(made.status).toBe(302)
  const group = /<(sip:conf-[^>]+)>;isfocus/.exec(header(made, 'Contact')!)![1]!
  const answer = await asks(mei, 'INVITE', group, [])
  expect(headers(answer, 'Record-Route')).toEqual([`<sip:127.0.0.1:${mei.person.port};transport=tcp;lr>`])
  expect((await asks(mei, 'SUBSCRIBE', group, ['Event: conference', 'Expires: 600'])).head).toContain('Record-Route: ')
}))

test('it asks the factory for all its groups at once, and is told of each', () => withMei(async ({ mei, bo }) => {
  const groups = [await makes(bo, 'one', [mei]), await makes(bo, 'two', [mei])]
  const strange = await makes(bo, 'another', [`sip:lan@${domain}`])
  const subscribe = (of: readonly string[]) => asks(mei, 'SUBSCRIBE', factory, [
    'Event: conference', 'Expires: 600', 'Require: recipient-list-subscribe', 'Content-Type: application/resource-lists+xml', 'Content-Disposition: recipient-list',
  ], listOf(of.map((group) => `${group};Last-Notify=1`)))
  expect((await subscribe([...groups, strange])).status).toBe(200)
  await notified(mei, 'one', 'two')
  expect(mei.inbox.filter(({ body }) => body.includes('another'))).toEqual([])
  await sets(bo, groups[1]!, 'subject', 'renamed')
  await notified(mei, 'renamed')
  // Who is out of one still hears of the other.
  await removes(bo, groups[1]!, mei.address)
  await until('the last of the second', () => mei.inbox.some(({ body }) => body.includes(`<user entity="${mei.address}" state="deleted">`)))
  await sets(bo, groups[0]!, 'subject', 'and one')
  await notified(mei, 'and one')
  expect((await subscribe([strange])).status).toBe(403)
}))

test('the end of a session that nobody knows any more is that of the membership, for a device of its kind alone', () => withMei(async ({ mei, bo }) => {
  const group = await makes(bo, 'g', [mei])
  await joins(mei, group)
  await hearsLast(bo, group, 'v2 joined')
  const late = (phone: Phone) => phone.send('BYE', group, `From: <${phone.address}>;tag=f1\r\nTo: <${group}>;tag=forgotten\r\nCall-ID: before-${phone.person.user}\r\n`)
  expect((await late(bo)).status).toBe(481)
  expect((await late(mei)).status).toBe(200)
  await hearsLast(bo, group, 'v3 left')
  expect((await late(mei)).status).not.toBe(200)
}))
