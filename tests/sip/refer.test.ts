import { expect, test } from 'vitest'
import { Headers } from '../../src-main/sip/headers'
import { acceptRefer, readReferTo } from '../../src-main/sip/refer'
import { subscribe } from '../../src-main/sip/subscription'
import { talk, until } from './talk'

/** Mei asks the focus to invite Lan, on her own or in a dialog. */
function refers(more: Record<string, string> = {}) {
  const scene = talk()
  const asked: { uri: string; done: (status: number, reason?: string) => void }[] = []
  scene.focus.endpoint.onRequest((incoming) => {
    const { uri } = readReferTo(incoming.request.headers.get('Refer-To')!)
    asked.push({ uri, done: acceptRefer(scene.focus.dialogs, incoming, '<sip:conf-1@lab.test>') })
  })
  const headers = new Headers(Object.entries({
    From: '<sip:mei@lab.test>;tag=hers', To: '<sip:conf-1@lab.test>', Contact: '<sip:mei@lab.test>', CSeq: '7 REFER', 'Call-ID': 'c1', 'Refer-To': '<sip:lan@lab.test>', ...more,
  }))
  const answer = scene.mei.endpoint.request(scene.mei.flow, { method: 'REFER', uri: 'sip:conf-1@lab.test', headers })
  return { ...scene, asked, answer }
}

test('a REFER that wants no NOTIFY gets none, and makes no dialog', async () => {
  const { answer, asked, focus, wire } = refers({ 'Refer-Sub': 'false' })
  const { status, headers } = await answer
  expect([status, headers.get('Refer-Sub')]).toEqual([202, 'false'])
  asked[0]!.done(200)
  expect([asked[0]!.uri, focus.dialogs.size, wire]).toEqual(['sip:lan@lab.test', 0, ['mei: REFER', 'focus: 202 REFER']])
})

test('a REFER that does is told that it is tried, and what came of it', async () => {
  const { answer, asked, mei, focus, heard, requests } = refers()
  mei.dialogs.awaitNotify('c1', 'hers', () => ({ reply }) => reply(200))
  expect((await answer).headers.has('Refer-Sub')).toBe(false)
  await until(() => heard.focus.length === 2)
  asked[0]!.done(486)
  asked[0]!.done(200)
  await until(() => requests('focus', 'NOTIFY').length === 2)
  const told = requests('focus', 'NOTIFY').map(({ headers, body }) => [...['Event', 'Subscription-State', 'Content-Type'].map((name) => headers.get(name)), Buffer.from(body).toString()])
  expect(told).toEqual([
    ['refer;id=7', 'active;expires=60', 'message/sipfrag;version=2.0', 'SIP/2.0 100 Trying\r\n'],
    ['refer;id=7', 'terminated;reason=noresource', 'message/sipfrag;version=2.0', 'SIP/2.0 486 Busy Here\r\n'],
  ])
  expect(focus.dialogs.size).toBe(0)
})

test('what a REFER asks for does not take longer than a minute', async () => {
  const { answer, clock, focus, mei, heard } = refers()
  mei.dialogs.awaitNotify('c1', 'hers', () => ({ reply }) => reply(200))
  await answer
  await until(() => heard.focus.length === 2)
  expect(focus.dialogs.size).toBe(1)
  await clock.advance(62_000)
  expect(focus.dialogs.size).toBe(0)
})

test('a REFER without a Contact to notify: 400', async () => {
  const { headers, mei, focus } = { ...talk(), headers: new Headers([['From', '<sip:mei@lab.test>'], ['To', '<sip:conf-1@lab.test>'], ['Refer-To', '<sip:lan@lab.test>']]) }
  focus.endpoint.onRequest((incoming) => void acceptRefer(focus.dialogs, incoming, '<sip:conf-1@lab.test>'))
  expect((await mei.endpoint.request(mei.flow, { method: 'REFER', uri: 'sip:conf-1@lab.test', headers })).status).toBe(400)
  // Nor is a subscription begun on an event that is none.
  expect(() => subscribe(mei.dialogs, mei.flow, { uri: 'sip:a@b', from: '<sip:mei@lab.test>', to: '<sip:a@b>', contact: '<sip:mei@lab.test>', event: '' }, { notified() {}, ended() {} })).toThrow()
})
