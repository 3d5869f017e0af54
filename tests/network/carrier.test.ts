import { describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import { silentLog } from '../../src-main/base/log'
import { messagePut } from '../../src-main/client/envelopes'
import type { Content } from '../../src-main/contract/message'
import { NetworkCarrier } from '../../src-main/network/carrier'
import { readPayload } from '../../src-main/rcs/content'
import { locationInText, locationType } from '../../src-main/rcs/location'
import type { Outcome } from '../../src-main/relay/carrier'
import { Headers } from '../../src-main/sip/headers'
import { lan, mei } from './operator'

const location = { latitude: 39.9042, longitude: 116.4074, label: '公司' }
const place = { kind: 'location', location } as const
const text = { kind: 'text', text: `我在 ${locationType} 附近` } as const

/** A carrier to a peer that answers each form as `answer` says, and the forms that it was sent. */
function carrierTo(answer: (form: string) => number, takesPlaces = true) {
  const forms: string[] = []
  const carrier = new NetworkCarrier({
    account: mei, ids: randomIds, log: silentLog, isChatbot: () => false, takesPlaces: () => takesPlaces,
    large: ({ body }) => {
      forms.push(`large ${body.length > 68 * 1024}`)
      return Promise.resolve({ kind: 'taken' })
    },
    session: {
      async request({ headers, body }) {
        const contentType = new Headers(headers as [string, string][]).get('Content-Type')!
        const { cpim, parts: [part] } = readPayload({ contentType, body: body! })
        const form = `${cpim ? 'cpim ' : ''}${part!.kind === 'text' && locationInText(part!.text) ? 'geo' : part!.kind}`
        forms.push(form)
        return { kind: 'response', status: answer(form), reason: 'so', headers: new Headers(), body: new Uint8Array() }
      },
    },
  })
  const send = (content: Extract<Content, { kind: 'text' | 'location' }>) => new Promise<Outcome>((resolve) => {
    const { envelope } = messagePut({ account: mei, ids: randomIds }, { conversation: lan, id: randomIds.token(), content, now: 1_700_000_000_000 })
    carrier.deliver([envelope], (_, outcome) => resolve(outcome))
  })
  return { forms, send }
}

it('takes what no MESSAGE carries the other way, and only that', async () => {
  const { forms, send } = carrierTo(() => 200)
  await send({ kind: 'text', text: 'x'.repeat(64 * 1024) })
  expect(await send({ kind: 'text', text: 'x'.repeat(68 * 1024) })).toEqual({ kind: 'taken' })
  expect(forms).toEqual(['cpim text', 'large true'])
})

describe('what a peer takes', () => {
  it('gets a place as GSMA writes it when it takes it', async () => {
    const { forms, send } = carrierTo(() => 200)
    await send(place)
    await send(text)
    expect(forms).toEqual(['cpim location', 'cpim text'])
  })

  it.each([415, 488])('gets it as a geo: text after %d, and from then on at once', async (status) => {
    const { forms, send } = carrierTo((form) => (form.endsWith('location') ? status : 202))
    expect(await send(place)).toMatchObject({ kind: 'taken' })
    expect(await send(place)).toMatchObject({ kind: 'taken' })
    await send(text)
    expect(forms).toEqual(['cpim location', 'cpim geo', 'cpim geo', 'cpim text'])
  })

  it('gets it without CPIM when it does not read that either', async () => {
    const { forms, send } = carrierTo((form) => (form.startsWith('cpim') ? 488 : 200))
    expect(await send(place)).toMatchObject({ kind: 'taken' })
    await send(place)
    await send(text)
    expect(forms).toEqual(['cpim location', 'cpim geo', 'geo', 'geo', 'text'])
  })

  it('gets a text at once when its features are known and places are not among them', async () => {
    const { forms, send } = carrierTo(() => 200, false)
    await send(place)
    // It only speaks of the type.
    await send(text)
    expect(forms).toEqual(['cpim geo', 'cpim text'])
  })

  it('has refused what it takes in no form', async () => {
    const { forms, send } = carrierTo(() => 415)
    expect(await send(place)).toMatchObject({ kind: 'failed', fault: { code: 'bad-type' } })
    expect(forms).toEqual(['cpim location', 'cpim geo', 'geo'])
  })
})
