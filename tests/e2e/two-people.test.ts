import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { say, startPerson, talkTo } from './people'
import { folder, openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`two browsers through one relay${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const own = (page: Page, text: string) => page.locator('.row').filter({ has: page.locator('.bubble.own').filter({ hasText: text }) })
  const theirs = (page: Page) => page.locator('.bubble:not(.own) .text')

  it('talk, see each other type and read; one goes away and comes back to everything, once and in order', async () => {
    const relay = await startRelay(['mei', 'lan'])
    const meiProgram = await startPerson('mei', relay.uri)
    const lanData = join(folder(), 'lan')
    const lanProgram = await startPerson('lan', relay.uri, lanData)
    const { page: mei, errors: meiErrors } = await openWindow(browser, meiProgram.ready)
    const { page: lan, context: lanContext } = await openWindow(browser, lanProgram.ready)

    await talkTo(mei, 'lan')
    await say(mei, '晚上一起吃饭吗？')
    await own(mei, '晚上一起吃饭吗？').getByRole('button', { name: /^Delivered/ }).waitFor()
    await lan.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: '1 unread message' }).click()
    await expect.poll(() => theirs(lan).allTextContents()).toEqual(['晚上一起吃饭吗？'])
    await own(mei, '晚上一起吃饭吗？').getByRole('button', { name: /^Read/ }).waitFor()

    await lan.getByRole('textbox', { name: /^Message to/ }).pressSequentially('好啊')
    await mei.getByText('typing…').first().waitFor()
    await lan.getByRole('textbox', { name: /^Message to/ }).press('Enter')
    await expect.poll(() => theirs(mei).allTextContents()).toEqual(['好啊'])

    // Lan goes away; her window is closed, her program ended.
    await lan.close()
    expect(await lanProgram.stop()).toBe(0)
    for (const text of ['first', 'second', 'third']) await say(mei, text)
    await own(mei, 'third').getByRole('button', { name: /^Sent/ }).waitFor()

    // The relay dies meanwhile and comes back on the same port and folder.
    await relay.kill()
    await mei.getByText('You are offline.').first().waitFor()
    await say(mei, 'fourth')
    await own(mei, 'fourth').getByRole('button', { name: /^Waiting to be sent/ }).waitFor()
    const port = Number(/:(\d+);/.exec(relay.uri)![1])
    await startRelay([], relay.data, port)
    await own(mei, 'fourth').getByRole('button', { name: /^Sent/ }).waitFor()

    const lanAgain = await startPerson('lan', relay.uri, lanData)
    const { page: back } = await openWindow(browser, lanAgain.ready, { context: lanContext })
    await back.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: '4 unread messages' }).click()
    await expect.poll(() => theirs(back).allTextContents()).toEqual(['晚上一起吃饭吗？', 'first', 'second', 'third', 'fourth'])
    await back.getByText('Unread', { exact: true }).waitFor()
    await own(mei, 'fourth').getByRole('button', { name: /^Read/ }).waitFor()

    // The journey names the hops.
    await own(mei, 'fourth').getByRole('button', { name: /^Read/ }).click()
    for (const hop of ['Kept safe', 'Accepted', 'Delivered', 'Read']) await mei.locator('.hop-title', { hasText: hop }).first().waitFor()
    expect(meiErrors.filter((text) => !text.includes('WebSocket'))).toEqual([])
  })

  it('somebody who does not exist: the message fails and says why', async () => {
    const relay = await startRelay(['mei'])
    const program = await startPerson('mei', relay.uri)
    const { page: mei } = await openWindow(browser, program.ready)
    await talkTo(mei, 'nobody')
    await say(mei, 'hello?')
    await own(mei, 'hello?').getByRole('button', { name: /^Not sent/ }).waitFor()
    await own(mei, 'hello?').getByRole('button', { name: 'Try again' }).waitFor()
  })

  it('finds a single Chinese character, in the thread and across all', async () => {
    const relay = await startRelay(['mei', 'lan'])
    const program = await startPerson('mei', relay.uri)
    const { page: mei } = await openWindow(browser, program.ready)
    await talkTo(mei, 'lan')
    for (const text of ['明天去天津', 'a train at eight', '好的']) await say(mei, text)
    await own(mei, '好的').getByRole('button', { name: /^Sent/ }).waitFor()
    await talkTo(mei, 'zoe')
    await say(mei, '天津见')
    await own(mei, '天津见').waitFor()
    await mei.getByRole('button', { name: 'Search in this conversation' }).click()
    await mei.getByRole('searchbox', { name: /zoe/ }).fill('津')
    const here = mei.locator('.search-body .hit')
    await here.filter({ hasText: '天津见' }).waitFor()
    expect(await here.count()).toBe(1)
    await mei.getByRole('button', { name: 'Search in this conversation' }).click()
    await mei.getByLabel('Search people and messages').fill('津')
    await mei.locator('mark', { hasText: '津' }).first().waitFor()
    await expect.poll(() => mei.locator('mark').allTextContents()).toEqual(['津', '津'])
    await mei.getByLabel('Search people and messages').fill('tra')
    await mei.locator('mark', { hasText: 'tra' }).first().waitFor()
  })
})
