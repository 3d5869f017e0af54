import { describe, expect, test, vi } from 'vitest'
import type { DialogsOptions } from '../../src-main/sip/dialogs'
import { Headers } from '../../src-main/sip/headers'
import { accept, invite } from '../../src-main/sip/invitation'
import type { SipRequest } from '../../src-main/sip/message'
import { acceptSubscription } from '../../src-main/sip/notifier'
import type { Notifier, NotifyContent, SubscriptionAnswer } from '../../src-main/sip/notifier'
import { subscribe } from '../../src-main/sip/subscription'
import type { SubscribeRequest, SubscriptionEnd } from '../../src-main/sip/subscription'
import { answerTo, talk, until } from './talk'

const said = (text: string): NotifyContent => ({ headers: [['Content-Type', 'text/plain']], body: Buffer.from(text) })
const request: SubscribeRequest = {
  uri: 'sip:conf-1@lab.test', from: '<sip:mei@lab.test>', to: '<sip:conf-1@lab.test>', contact: '<sip:mei@lab.test;gr=1>', event: 'conference', expires: 600,
  accept: 'application/conference-info+xml',
}

/** Mei subscribes to what the focus knows. */
function subscribed(options: { request?: Partial<SubscribeRequest>; answer?: Partial<SubscriptionAnswer>; mei?: Partial<DialogsOptions>; focus?: Partial<DialogsOptions> } = {}) {
  const scene = talk(options)
  let state = 'whole'
  const notifiers: Notifier[] = []
  const over: string[] = []
  scene.focus.endpoint.onRequest((incoming) => {
    if (incoming.request.method !== 'SUBSCRIBE') return incoming.reply(405)
    const notifier = acceptSubscription(scene.focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>;isfocus', ...options.answer }, {
      state: () => said(state), ended: (why) => void over.push(why),
    })
    if (notifier) notifiers.push(notifier)
  })
  const told: string[] = []
  const ends: SubscriptionEnd[] = []
  const notified = vi.fn<(request: SipRequest) => void>()
  const subscription = subscribe(scene.mei.dialogs, scene.mei.flow, { ...request, ...options.request }, {
    notified(request, { state, expires, reason }) {
      told.push(`${state} ${reason ?? expires}: ${Buffer.from(request.body)}`)
      notified(request)
    },
    ended: (end) => void ends.push(end),
  })
  return { ...scene, notifiers, over, told, ends, notified, subscription, change: (text: string) => void (state = text) }
}

describe('a subscription', () => {
  test('begins with the whole state, and hears of what changes', async () => {
    const { told, notifiers, subscription, wire, requests } = subscribed()
    await until(() => told.length === 1)
    notifiers[0]!.notify(said('partial'))
    await until(() => told.length === 2)
    expect(told).toEqual(['active 600: whole', 'active 600: partial'])
    expect(wire).toEqual(['mei: SUBSCRIBE', 'focus: 200 SUBSCRIBE', 'focus: NOTIFY', 'mei: 200 NOTIFY', 'focus: NOTIFY'])
    const [asked] = requests('mei', 'SUBSCRIBE')
    expect(['Event', 'Expires', 'Accept', 'Contact'].map((name) => asked!.headers.get(name)))
      .toEqual(['conference', '600', 'application/conference-info+xml', '<sip:mei@lab.test;gr=1>'])
    const [notify] = requests('focus', 'NOTIFY')
    expect(['Event', 'Content-Type', 'Contact'].map((name) => notify!.headers.get(name))).toEqual(['conference', 'text/plain', '<sip:conf-1@lab.test>;isfocus'])
    expect(notify!.uri).toBe('sip:mei@lab.test;gr=1')
    expect(subscription.dialog!.target).toBe('sip:conf-1@lab.test')
  })

  test('is refreshed before its time is over, and hears the whole state again', async () => {
    const { clock, told, change, wire, notifiers, over } = subscribed()
    await until(() => told.length === 1)
    change('newer')
    await clock.advance(539_000)
    expect(told).toHaveLength(1)
    await clock.advance(2_000)
    await until(() => told.length === 2)
    expect(told[1]).toBe('active 600: newer')
    expect(wire.filter((line) => line === 'mei: SUBSCRIBE')).toHaveLength(2)
    await clock.advance(100_000)
    expect([notifiers.length, notifiers[0]!.ended, over]).toEqual([1, false, []])
  })

  test('is refreshed when its subscriber says so, as after a gap', async () => {
    const { told, subscription, requests } = subscribed()
    await until(() => told.length === 1)
    subscription.refresh()
    await until(() => told.length === 2)
    expect(requests('mei', 'SUBSCRIBE').map(({ headers }) => headers.get('CSeq'))).toEqual(['1 SUBSCRIBE', '2 SUBSCRIBE'])
  })

  test('that is not refreshed runs out, with a last NOTIFY', async () => {
    const { clock, told, over, mei, focus, notifiers } = subscribed()
    await until(() => told.length === 1)
    const send = vi.spyOn(mei.endpoint, 'send').mockImplementation(() => {})
    await clock.advance(602_000)
    await until(() => over.length === 1)
    expect([over, notifiers[0]!.expires, focus.dialogs.size]).toEqual([['timeout'], 0, 0])
    await until(() => told.length === 2)
    expect(told[1]).toBe('terminated timeout: ')
    send.mockRestore()
  })

  test('ends when its subscriber has enough', async () => {
    const { told, over, ends, subscription, wire, mei, focus } = subscribed()
    await until(() => told.length === 1)
    subscription.unsubscribe()
    expect(ends).toEqual([{ by: 'local' }])
    await until(() => mei.dialogs.size === 0 && wire.at(-1) === 'mei: 200 NOTIFY')
    expect(wire.slice(-4)).toEqual(['mei: SUBSCRIBE', 'focus: 200 SUBSCRIBE', 'focus: NOTIFY', 'mei: 200 NOTIFY'])
    // The last NOTIFY is answered and not shown.
    expect([over, told.length, focus.dialogs.size]).toEqual([['unsubscribed'], 1, 0])
    subscription.unsubscribe()
    subscription.refresh()
    expect(ends).toHaveLength(1)
  })

  test('as long as the notifier grants', async () => {
    const { clock, told, wire, notifiers } = subscribed({ answer: { durations: { most: 100 } } })
    await until(() => told.length === 1)
    expect([told[0], notifiers[0]!.expires]).toEqual(['active 100: whole', 100])
    await clock.advance(91_000)
    await until(() => told.length === 2)
    expect(wire.filter((line) => line === 'mei: SUBSCRIBE')).toHaveLength(2)
  })

  test('that is too short is asked for again, long enough', async () => {
    const { told, requests, wire } = subscribed({ request: { expires: 30 } })
    await until(() => told.length === 1)
    expect(told).toEqual(['active 60: whole'])
    expect(wire.slice(0, 3)).toEqual(['mei: SUBSCRIBE', 'focus: 423 SUBSCRIBE', 'mei: SUBSCRIBE'])
    expect(requests('mei', 'SUBSCRIBE').map(({ headers }) => headers.get('Expires'))).toEqual(['30', '60'])
  })

  test('may wait to be allowed', async () => {
    const { told, notifiers } = subscribed({ answer: { state: 'pending' } })
    await until(() => told.length === 1)
    notifiers[0]!.activate()
    notifiers[0]!.activate()
    await until(() => told.length === 2)
    expect(told).toEqual(['pending 600: whole', 'active 600: whole'])
  })

  test('that asks once ends with the whole state, and is over on both sides', async () => {
    const { told, ends, over, wire, mei, focus } = subscribed({ request: { expires: 0 } })
    await until(() => ends.length === 1)
    expect(told).toEqual(['terminated timeout: whole'])
    expect(ends).toMatchObject([{ by: 'remote', state: { state: 'terminated' } }])
    await until(() => mei.dialogs.size + focus.dialogs.size === 0)
    expect([over, wire.filter((line) => line.includes('SUBSCRIBE'))]).toEqual([['unsubscribed'], ['mei: SUBSCRIBE', 'focus: 200 SUBSCRIBE']])
  })

  test('that asks once ends also when nobody tells it anything', async () => {
    const scene = talk()
    scene.focus.endpoint.onRequest((incoming) => incoming.reply(200, 'OK', { headers: [['Contact', '<sip:conf-1@lab.test>'], ['Expires', '0']] }))
    const ends: SubscriptionEnd[] = []
    subscribe(scene.mei.dialogs, scene.mei.flow, { ...request, expires: 0 }, { notified() {}, ended: (end) => void ends.push(end) })
    await until(() => scene.mei.dialogs.size === 1)
    await scene.clock.advance(33_000)
    expect(ends).toMatchObject([{ by: 'fault', fault: { code: 'no-answer' } }])
    subscribe(scene.mei.dialogs, scene.mei.flow, { ...request, expires: 0 }, { notified() {}, ended: (end) => void ends.push(end) })
    await until(() => scene.mei.dialogs.size === 1)
    scene.mei.flow.close()
    await until(() => ends.length === 2)
    expect(ends[1]).toMatchObject({ by: 'fault', fault: { code: 'connection-lost' } })
  })
})

describe('a subscription that the notifier ends', () => {
  test.each([['noresource', true], ['rejected', true], ['deactivated', false], ['timeout', false], ['giveup', false]] as const)('%s: for good? %s', async (reason, forGood) => {
    const { clock, told, ends, notifiers, over, wire } = subscribed()
    await until(() => told.length === 1)
    notifiers[0]!.terminate(reason, { content: said('bye') })
    notifiers[0]!.notify(said('nobody hears it'))
    expect(over).toEqual(['terminated'])
    await until(() => told.length === 2)
    expect(told[1]).toBe(`terminated ${reason}: bye`)
    await clock.advance(reason === 'giveup' ? 59_000 : 0)
    expect(wire.filter((line) => line === 'mei: SUBSCRIBE')).toHaveLength(1)
    await clock.advance(2_000)
    if (forGood) return expect(ends).toMatchObject([{ by: 'remote', state: { reason } }])
    await until(() => told.length === 3)
    expect([told[2], ends, notifiers.length]).toEqual(['active 600: whole', [], 2])
  })

  test('comes back when it was told to', async () => {
    const { clock, told, notifiers, wire } = subscribed()
    await until(() => told.length === 1)
    notifiers[0]!.terminate('probation', { retryAfter: 300 })
    await until(() => told.length === 2)
    await clock.advance(299_000)
    expect(wire.filter((line) => line === 'mei: SUBSCRIBE')).toHaveLength(1)
    await clock.advance(2_000)
    await until(() => told.length === 3)
  })

  test('by knowing it no more, as after a restart, is made anew', async () => {
    const { clock, told, notifiers, focus, wire } = subscribed()
    await until(() => told.length === 1)
    focus.dialogs.remove(notifiers[0]!.dialog)
    await clock.advance(541_000)
    await until(() => wire.includes('focus: 481 SUBSCRIBE'))
    await clock.advance(2_000)
    await until(() => told.length === 2)
    expect(notifiers).toHaveLength(2)
    expect(notifiers[1]!.dialog.callId).not.toBe(notifiers[0]!.dialog.callId)
  })
})

describe('a NOTIFY', () => {
  test('that its subscriber fails at is answered 500, which may pass', async () => {
    const { told, over, notified, notifiers, wire } = subscribed()
    await until(() => told.length === 1)
    notified.mockImplementation(() => { throw new Error('mine') })
    notifiers[0]!.notify(said('?'))
    await until(() => wire.includes('mei: 500 NOTIFY'))
    expect(over).toEqual([])
  })

  test('that is refused for good ends it', async () => {
    const { told, over, subscription, mei, notifiers, focus } = subscribed()
    await until(() => told.length === 1)
    mei.dialogs.remove(subscription.dialog!)
    notifiers[0]!.notify(said('anybody?'))
    await until(() => over.length === 1)
    expect([over, focus.dialogs.size]).toEqual([['refused'], 0])
  })

  test('that did not arrive is made good by the whole state', async () => {
    const { mei, told, notifiers, change, again, subscription, ends } = subscribed()
    await until(() => told.length === 1)
    mei.flow.close()
    await until(() => notifiers[0]!.dialog.flow.closed)
    notifiers[0]!.notify(said('lost'))
    change('with what was lost')
    const [, there] = again()
    notifiers[0]!.dialog.over(there)
    await until(() => told.length >= 2)
    expect(told[1]).toBe('active 600: with what was lost')
    expect([subscription.ended, ends]).toEqual([false, []])
    notifiers[0]!.notify(said('next'))
    await until(() => told.at(-1) === 'active 600: next')
  })

  test('may come before the answer to its SUBSCRIBE', async () => {
    const { mei, focus, heard, told, wire } = (() => {
      const scene = talk()
      const told: string[] = []
      scene.focus.endpoint.onRequest(() => {})
      subscribe(scene.mei.dialogs, scene.mei.flow, request, { notified: (_, { state }) => void told.push(state), ended() {} })
      return { ...scene, told }
    })()
    await until(() => heard.focus.length === 1)
    const { headers } = heard.focus[0]!
    const notify = (cseq: number, tag = 'its', event = 'conference'): void => focus.endpoint.send(focus.flow, {
      method: 'NOTIFY', uri: 'sip:mei@lab.test', headers: headersOf({
        From: `${headers.get('To')};tag=${tag}`, To: headers.get('From')!, 'Call-ID': headers.get('Call-ID')!, CSeq: `${cseq} NOTIFY`,
        Event: event, 'Subscription-State': 'active;expires=600',
      }),
    }, () => {})
    notify(111)
    notify(112)
    notify(1, 'forked')
    await until(() => wire.length === 7)
    expect(told).toEqual(['active', 'active'])
    expect(wire.slice(4)).toEqual(['mei: 200 NOTIFY', 'mei: 200 NOTIFY', 'mei: 481 NOTIFY'])
    focus.flow.send(answerTo(heard.focus[0]!, 200, { Contact: '<sip:conf-1@there.test>', 'Record-Route': '<sip:proxy.test;lr>' }, 'its'))
    await until(() => wire.includes('focus: 200 SUBSCRIBE'))
    const [dialog] = [mei.dialogs.find(heard.mei[0] as SipRequest)!]
    expect(dialog.compose({ method: 'SUBSCRIBE' })).toMatchObject({ uri: 'sip:conf-1@there.test' })
    expect(dialog.compose({ method: 'SUBSCRIBE' }).headers.all('Route')).toEqual(['<sip:proxy.test;lr>'])
    expect(dialog.compose({ method: 'SUBSCRIBE' }).headers.get('CSeq')).toBe('4 SUBSCRIBE')
    expect(mei.dialogs.size).toBe(1)
  })
})

describe('a SUBSCRIBE', () => {
  test.each([
    ['refused', 403, { by: 'refused', response: { status: 403 } }],
    ['unknown event', 489, { by: 'refused', response: { status: 489 } }],
  ])('%s ends it', async (_, status, end) => {
    const scene = talk()
    const ends: SubscriptionEnd[] = []
    scene.focus.endpoint.onRequest(({ reply }) => reply(status))
    subscribe(scene.mei.dialogs, scene.mei.flow, request, { notified() {}, ended: (end) => void ends.push(end) })
    await until(() => ends.length === 1)
    expect(ends).toMatchObject([end])
  })

  test('without an answer ends it, a refresh without one does not', async () => {
    const scene = talk()
    const ends: SubscriptionEnd[] = []
    scene.focus.endpoint.onRequest(() => {})
    subscribe(scene.mei.dialogs, scene.mei.flow, request, { notified() {}, ended: (end) => void ends.push(end) })
    await scene.clock.advance(32_000)
    expect(ends).toMatchObject([{ by: 'fault', fault: { code: 'no-answer' } }])
    const { clock, told, focus, subscription, ends: later } = subscribed()
    await until(() => told.length === 1)
    const deaf = vi.spyOn(focus.dialogs, 'handlerOf').mockReturnValue(() => {})
    subscription.refresh()
    await clock.advance(32_000)
    expect(later).toEqual([])
    deaf.mockRestore()
    await clock.advance(61_000)
    await until(() => told.length === 2)
  })

  test('goes on over another flow', async () => {
    const { mei, told, subscription, notifiers, again, clock, ends } = subscribed()
    await until(() => told.length === 1)
    mei.flow.close()
    await clock.advance(2_000)
    const [here, there] = again()
    subscription.over(here)
    await until(() => told.length === 2)
    expect([notifiers.length, notifiers[0]!.dialog.flow, ends]).toEqual([1, there, []])
  })

  test('asks anew over another flow when the first answer is still to come', async () => {
    const { mei, told, subscription, again } = subscribed()
    mei.flow.close()
    const [here] = again()
    subscription.over(here)
    await until(() => told.length === 1)
    expect(subscription.dialog!.flow).toBe(here)
  })

  test('in a session is another usage of its dialog, and outlives it', async () => {
    const { mei, focus, wire, heard } = talk()
    const over: string[] = []
    const its: Notifier[] = []
    const silent = { request: ({ reply }: { reply(status: number): void }) => reply(200), ended() {} }
    focus.endpoint.onRequest((incoming) => void accept(focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>' }, {
      ended() {},
      request: (incoming) => void its.push(acceptSubscription(focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>' }, { state: () => undefined, ended: (why) => void over.push(why) })!),
    }))
    const answer = await invite(mei.dialogs, mei.flow, { ...request }, silent).answer
    if (answer.kind !== 'accepted') throw new Error()
    const about = (expires: number) => ({ method: 'SUBSCRIBE', headers: [['Event', 'conference'], ['Expires', String(expires)]] as const })
    await answer.session.dialog.request(about(600))
    await answer.session.dialog.request(about(600))
    await until(() => wire.filter((line) => line === 'mei: 200 NOTIFY').length === 2)
    // The second was a refresh.
    expect([its.length, focus.dialogs.size, heard.mei.at(-1)]).toMatchObject([1, 1, { method: 'NOTIFY' }])
    await answer.session.bye()
    expect([focus.dialogs.size, over]).toEqual([1, []])
    its[0]!.notify(said('anybody?'))
    await until(() => over.length === 1)
    expect([over, focus.dialogs.size]).toEqual([['refused'], 0])
  })
})

test('thousands of subscriptions keep one timer', async () => {
  const { clock, focus, mei, heard } = talk()
  vi.spyOn(mei.dialogs, 'handlerOf').mockReturnValue(({ reply }) => reply(200))
  const after = vi.spyOn(clock, 'after')
  const notifiers: Notifier[] = []
  focus.endpoint.onRequest((incoming) => {
    notifiers.push(acceptSubscription(focus.dialogs, incoming, { contact: '<sip:conf-1@lab.test>' }, { state: () => undefined, ended() {} })!)
  })
  const count = 2_000
  for (let i = 0; i < count; i++) mei.endpoint.send(mei.flow, { method: 'SUBSCRIBE', uri: 'sip:conf-1@lab.test', headers: headersOf({
    From: `<sip:m${i}@lab.test>`, To: '<sip:conf-1@lab.test>', Contact: `<sip:m${i}@lab.test>`, Event: 'conference', Expires: '600',
  }) }, () => {})
  await until(() => notifiers.length === count)
  expect(focus.dialogs.size).toBe(count)
  expect(after.mock.calls.length).toBeLessThan(10)
  await until(() => heard.focus.length === 2 * count)
  await clock.advance(601_000)
  expect(focus.dialogs.size).toBe(0)
})

const headersOf = (fields: Record<string, string>): Headers => new Headers(Object.entries(fields))
