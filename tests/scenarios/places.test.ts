import { describe, expect, it } from 'vitest'
import { randomIds } from '../../src-main/base/ids'
import type { LocationView, Message } from '../../src-main/contract/message'
import { play, until, type Person } from './clients/cast'

const office: LocationView = { latitude: 39.9042, longitude: 116.4074, label: '公司', radius: 10 }

async function pointsOut(person: Person, to: Person, location: LocationView): Promise<string> {
  const id = randomIds.token()
  await person.client.sendLocation(to.address, id, location)
  return id
}
const seesPlace = (person: Person, from: Person, label: string): Promise<Message> => until(`${person.name} to see ${label}`, async () =>
  (await person.messages(from)).find(({ content, outgoing }) => !outgoing && content.kind === 'location' && content.location.label === label))

describe('places', () => {
  it('a place goes to the other side, is delivered, read, and answered with a place', () => play(['mei', 'lan'], async ({ mei, lan }) => {
    await mei.comes()
    await lan.comes()
    await mei.client.saveDraft(lan.address, 'half a sentence')
    const id = await pointsOut(mei, lan, office)
    expect((await seesPlace(lan, mei, '公司')).content).toEqual({ kind: 'location', location: office })
    await mei.sees('delivered', id, lan)
    await lan.reads(mei)
    await mei.sees('displayed', id, lan)
    await pointsOut(lan, mei, { latitude: -33.8568, longitude: 151.2153, label: ' Opera\nHouse ' })
    expect((await seesPlace(mei, lan, 'Opera House')).content).toEqual({ kind: 'location', location: { latitude: -33.8568, longitude: 151.2153, label: 'Opera House' } })
  }))

  it('saying it again changes nothing, and what was kept while nobody was there goes out once', () => play(['mei', 'lan'], async ({ mei, lan }, office_) => {
    await mei.comes()
    await office_.dies()
    const id = await pointsOut(mei, lan, office)
    await mei.client.sendLocation(lan.address, id, office)
    await office_.opens()
    await lan.comes()
    await seesPlace(lan, mei, '公司')
    await mei.sees('delivered', id, lan)
    expect(await lan.messages(mei)).toHaveLength(1)
  }))

  it('a place that failed is sent again under its own id', () => play(['mei'], async ({ mei }) => {
    await mei.comes()
    const nobody = { address: 'sip:nobody@office.example' } as Person
    const id = await pointsOut(mei, nobody, office)
    await mei.sees('failed', id, nobody)
    await mei.client.sendAgain(nobody.address, id)
    await until('a second refusal', async () => (await mei.client.journey(nobody.address, id)).filter(({ event }) => event === 'failed').length === 2)
    expect(await mei.messages(nobody)).toHaveLength(1)
  }))
})
