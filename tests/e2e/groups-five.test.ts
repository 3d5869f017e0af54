import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { Person, until } from '../scenarios/clients/cast'
import { say, startPerson } from './people'
import { openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`five people in a group, two of them in real browsers${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const textsOf = (page: Page): Promise<string[]> => page.locator('.bubble .text').allTextContents()

  it('all have the same conversation in the end, though the relay is killed and one of them goes for a while', async () => {
    const names = ['mei', 'lan', 'bo', 'ann', 'dan']
    const relay = await startRelay(names)
    const at = { uri: relay.uri }
    const [bo, ann, dan] = ['bo', 'ann', 'dan'].map((name) => new Person(at, name, { address: `sip:${name}@home.test`, password: `${name}-secret` })) as [Person, Person, Person]
    onTestFinished(async () => void await Promise.allSettled([bo, ann, dan].map((person) => person.client?.stop())))
    const windows: Page[] = []
    for (const name of ['mei', 'lan']) {
      const { page } = await openWindow(browser, (await startPerson(name, relay.uri)).ready)
      await page.getByRole('button', { name: 'New conversation' }).first().waitFor()
      windows.push(page)
    }
    const [mei, lan] = windows as [Page, Page]
    for (const person of [bo, ann, dan]) await person.comes()

    // Bo makes it at a program without a window; Mei and Lan accept in theirs.
    const { conversation } = await bo.client.groups.create(crypto.randomUUID(), { subject: 'Five', members: ['mei', 'lan', 'ann', 'dan'].map((name) => `sip:${name}@home.test`) })
    const group = { address: conversation }
    for (const page of [mei, lan]) {
      await page.locator('.item', { hasText: 'Five' }).filter({ hasText: 'You are invited' }).click()
      await page.getByText('bo invites you to Five').waitFor()
      await page.getByRole('button', { name: 'Accept' }).click()
      await page.getByRole('textbox', { name: /^Message to/ }).waitFor()
    }
    for (const person of [ann, dan]) {
      await until(`${person.name} to be invited`, async () => (await person.client.conversation(conversation))?.group?.state === 'invited')
      await person.client.groups.answer(conversation, 'accept')
    }
    await mei.locator('.head-state', { hasText: '5 members' }).waitFor()
    await lan.locator('.head-state', { hasText: '5 members' }).waitFor()

    await say(mei, 'first, from a window')
    await ann.says('second, from a program', group)
    await dan.leaves()
    await say(lan, 'while dan is away')
    await until('bo to have it', async () => (await bo.texts(group)).includes('while dan is away'))
    await relay.kill()
    // What is written now waits on each side.
    await say(mei, 'written without a relay')
    await bo.says('this as well', group)
    const port = Number(/:(\d+);/.exec(relay.uri)![1])
    await startRelay([], relay.data, port)
    await dan.comes({ online: false })
    await say(lan, 'the last')

    const all = ['first, from a window', 'second, from a program', 'while dan is away', 'written without a relay', 'this as well', 'the last']
    const spoken = async (person: Person): Promise<string[]> => (await person.texts(group)).filter((text) => !text.startsWith('('))
    for (const page of [mei, lan]) await expect.poll(async () => (await textsOf(page)).toSorted(), { timeout: 60_000 }).toEqual(all.toSorted())
    for (const person of [bo, ann, dan]) await until(`${person.name} to have everything`, async () => (await spoken(person)).length === all.length, 60_000)
    // What was on its way when the order was given stands where the focus put it, for its author as for the others.
    const order = await spoken(bo)
    await expect.poll(() => textsOf(mei)).toEqual(order)
    await expect.poll(() => textsOf(lan)).toEqual(order)
    for (const person of [ann, dan]) expect(await spoken(person)).toEqual(order)
    expect(order.slice(0, 3)).toEqual(all.slice(0, 3))
    const rosters = await Promise.all([bo, ann, dan].map(async ({ client }) => (await client.groups.view(conversation)).members.map(({ address, role, state }) => `${address} ${role} ${state}`)))
    expect(new Set(rosters.map((roster) => roster.join())).size).toBe(1)
    expect(rosters[0]).toHaveLength(5)
  })
})
