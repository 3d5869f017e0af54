import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src-main/base/clock'
import { Fault } from '../../src-main/base/faults'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { Endpoint } from '../../src-main/sip/endpoint'
import { Headers } from '../../src-main/sip/headers'
import type { SipRequest } from '../../src-main/sip/message'
import { writeMessage } from '../../src-main/sip/write'
import { answerTo } from './talk'
import { testWire } from './wire'

/** Mei's INVITE, and the other side's bytes. */
function invited() {
  const wire = testWire()
  const mei = new Endpoint({ clock: wire.clock, ids: randomIds, log: silentLog, userAgent: 'test' })
  mei.attach(wire.flow)
  const heard: (number | string)[] = []
  const headers = new Headers([['From', '<sip:mei@lab.test>;tag=1'], ['To', '<sip:lan@lab.test>'], ['Route', '<sip:proxy.test;lr>'], ['CSeq', '21 INVITE']])
  const invite = mei.invite(wire.flow, { method: 'INVITE', uri: 'sip:lan@lab.test', headers }, (answer) => {
    heard.push(answer instanceof Fault ? answer.code : answer.status)
  })!
  const sent = (): SipRequest[] => wire.messages() as SipRequest[]
  const answer = (status: number, tag?: string): void => wire.flow.receive(writeMessage(answerTo(sent()[0]!, status, {}, tag)))
  return { ...wire, mei, heard, invite, sent, answer, methods: () => sent().map(({ method }) => method) }
}

describe('an INVITE', () => {
  test('hears what is provisional, and then what is final', () => {
    const { heard, answer, methods } = invited()
    for (const status of [100, 180, 183, 200]) answer(status)
    expect(heard).toEqual([180, 183, 200])
    // The ACK of a 2xx is not the transaction's (RFC 3261 13.2.2.4).
    expect(methods()).toEqual(['INVITE'])
  })

  test('that is refused is acknowledged under its own branch, the way it went', () => {
    const { heard, answer, sent, methods } = invited()
    answer(486)
    answer(486)
    expect(heard).toEqual([486])
    expect(methods()).toEqual(['INVITE', 'ACK'])
    const [invite, ack] = sent()
    for (const name of ['Via', 'From', 'Call-ID', 'Route']) expect(ack!.headers.all(name), name).toEqual(invite!.headers.all(name))
    expect(ack!.uri).toBe(invite!.uri)
    expect(ack!.headers.get('To')).toBe('<sip:lan@lab.test>;tag=theirs')
    expect(ack!.headers.get('CSeq')).toBe('21 ACK')
  })

  test('fails after 64*T1 when nobody says anything, and waits on when somebody has', async () => {
    const silent = invited()
    await silent.clock.advance(31_000)
    expect(silent.heard).toEqual([])
    await silent.clock.advance(1_000)
    expect(silent.heard).toEqual(['no-answer'])
    const ringing = invited()
    ringing.answer(180)
    await ringing.clock.advance(10 * MINUTE)
    expect(ringing.heard).toEqual([180])
  })

  test('fails when its flow is lost', () => {
    const { flow, heard } = invited()
    flow.close()
    expect(heard).toEqual(['connection-lost'])
  })

  test('hears each 2xx for 64*T1, and no other answer after the first', async () => {
    const { heard, answer, clock } = invited()
    answer(200)
    answer(180)
    answer(486)
    answer(200)
    answer(200, 'another')
    expect(heard).toEqual([200, 200, 200])
    await clock.advance(33_000)
    answer(200)
    expect(heard).toEqual([200, 200, 200])
  })
})

describe('a CANCEL', () => {
  test('waits for a provisional answer', () => {
    const { invite, answer, methods } = invited()
    invite.cancel()
    expect(methods()).toEqual(['INVITE'])
    answer(100)
    expect(methods()).toEqual(['INVITE', 'CANCEL'])
    invite.cancel()
    answer(180)
    expect(methods()).toEqual(['INVITE', 'CANCEL'])
  })

  test('repeats its INVITE, and leads to 487', () => {
    const { flow, heard, invite, answer, sent, methods } = invited()
    answer(180)
    invite.cancel(new Headers([['Reason', 'SIP;cause=200']]))
    const [asked, cancel] = sent()
    for (const name of ['Via', 'From', 'To', 'Call-ID', 'Route']) expect(cancel!.headers.all(name), name).toEqual(asked!.headers.all(name))
    expect(cancel!.headers.get('CSeq')).toBe('21 CANCEL')
    expect(cancel!.headers.get('Reason')).toBe('SIP;cause=200')
    flow.receive(writeMessage(answerTo(cancel!, 200)))
    expect(heard).toEqual([180])
    answer(487)
    expect(heard).toEqual([180, 487])
    expect(methods()).toEqual(['INVITE', 'CANCEL', 'ACK'])
  })

  test('without any answer ends after 64*T1', async () => {
    const { heard, invite, answer, clock } = invited()
    answer(180)
    invite.cancel()
    await clock.advance(33_000)
    expect(heard).toEqual([180, 'cancelled'])
  })

  test('is too late after a final answer', () => {
    const { invite, answer, methods } = invited()
    answer(200)
    invite.cancel()
    expect(methods()).toEqual(['INVITE'])
  })
})
