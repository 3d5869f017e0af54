import { describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { readPayload, writePlace, writePlaceAsText, writeText } from '../../src-main/rcs/content'
import { Headers } from '../../src-main/sip/headers'
import { answerTo, Echo } from '../../src-main/trial/echo'
import { HandClock } from '../fakes/clock'

const mei = 'sip:mei@yanxin.localhost'
const account = 'sip:echo@yanxin.localhost'

/** An echo on a clock moved by hand, and what it sends, in short. */
function newEcho() {
  const clock = new HandClock()
  const sent: string[] = []
  const echo = new Echo({
    account, clock, ids: randomIds, pace: 100,
    wire: {
      async request({ headers, body }) {
        for (const part of readPayload({ contentType: new Headers(headers).get('Content-Type')!, body }).parts) {
          sent.push(part.kind === 'imdn' ? part.imdn.status : part.kind === 'composing' ? part.composing.state : part.kind === 'text' ? part.text : part.kind === 'location' ? JSON.stringify(part.location) : part.kind)
        }
      },
    },
  })
  const answers: number[] = []
  const hears = (written: { contentType: string; body: Uint8Array }) => echo.heard({
    request: { kind: 'request', method: 'MESSAGE', uri: account, headers: new Headers([['From', `<${mei}>;tag=1`], ['Call-ID', 'c1'], ['Content-Type', written.contentType]]), body: written.body },
    reply: (status) => void answers.push(status),
  })
  return { clock, echo, sent, answers, hears }
}
const text = (id: string, said: string) => writeText({ text: said, id, from: mei, to: account, sentAt: 1_700_000_000_000 })

describe('the echo', () => {
  it('receives, reads, writes for a moment and answers, once for each message', async () => {
    const { clock, sent, answers, hears } = newEcho()
    hears(text('m1', '在吗？'))
    hears(text('m1', '在吗？'))
    expect(answers).toEqual([200, 200])
    expect(sent).toEqual(['delivered'])
    await clock.advance(100)
    expect(sent).toEqual(['delivered', 'displayed', 'active'])
    await clock.advance(100)
    expect(sent.at(-1)).toContain('在吗？')
    await clock.advance(10_000)
    expect(sent).toHaveLength(4)
  })

  it.each([['GSMA XML', writePlace], ['a geo: text', writePlaceAsText]] as const)('answers a place that came as %s with the same place', async (_, write) => {
    const { clock, sent, hears } = newEcho()
    const location = { latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 }
    hears(write({ location, id: 'p1', from: mei, to: account, sentAt: 1_700_000_000_000 }))
    await clock.advance(200)
    expect(JSON.parse(sent.at(-1)!)).toEqual(location)
  })

  it('says nothing any more when it is stopped, and refuses what cannot be read', async () => {
    const { clock, echo, sent, answers, hears } = newEcho()
    hears({ contentType: 'message/cpim', body: new TextEncoder().encode('broken\n') })
    expect(answers).toEqual([400])
    hears(text('m1', 'hi'))
    echo.stop()
    await clock.advance(10_000)
    expect(sent).toEqual(['delivered'])
  })

  it.each([
    ['你好！', '你好呀！今天过得怎么样？'], ['Hello', 'Hello! How is your day?'],
    ['明天下雨吗', '你说：“明天下雨吗”。我收到了 ✓'], ['Will it rain?', 'You said: “Will it rain?”. I got it ✓'],
  ])('answers %s in its language', (said, answer) => expect(answerTo(said)).toBe(answer))
})
