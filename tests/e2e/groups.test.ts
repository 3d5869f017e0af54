import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { say, startPerson } from './people'
import { openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`groups in real browsers through one relay${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  /** The windows of these people, each with a program of its own. */
  async function gather<Name extends string>(...names: Name[]): Promise<Record<Name, Page>> {
    const relay = await startRelay(names)
    const windows = {} as Record<Name, Page>
    for (const name of names) {
      const program = await startPerson(name, relay.uri)
      windows[name] = (await openWindow(browser, program.ready)).page
      await windows[name].getByRole('button', { name: 'New conversation' }).first().waitFor()
    }
    return windows
  }

  async function make(page: Page, name: string, ...people: string[]): Promise<void> {
    await page.getByRole('button', { name: 'New conversation' }).first().click()
    await page.getByRole('button', { name: 'New group' }).click()
    await page.getByLabel('Name of the group').fill(name)
    const search = page.getByRole('searchbox', { name: 'Name, number or address' })
    for (const person of people) {
      await search.fill(person)
      await page.getByRole('checkbox', { name: person }).first().waitFor()
      await search.press('Enter')
      await page.locator('.pick-chip', { hasText: person }).waitFor()
    }
    await page.getByRole('button', { name: 'Create group' }).click()
    await head(page, name).waitFor()
  }
  const head = (page: Page, name: string): Locator => page.locator('.head-name', { hasText: name })
  const line = (page: Page, text: string): Locator => page.locator('.line', { hasText: text })
  const row = (page: Page, name: string): Locator => page.locator('.item', { hasText: name })
  const theirs = (page: Page, text: string): Locator => page.locator('.bubble:not(.own)', { hasText: text })
  const chats = (page: Page): Locator => page.locator('.rail').getByRole('button', { name: /^Chats/ })
  const writes = (page: Page): Locator => page.getByRole('textbox', { name: /^Message to/ })

  async function accept(page: Page, name: string): Promise<void> {
    await row(page, name).filter({ hasText: 'You are invited' }).click()
    await page.getByRole('button', { name: 'Accept' }).click()
    await writes(page).waitFor()
  }
  async function about(page: Page): Promise<void> {
    await page.locator('.head-who').click()
    await page.locator('.member').first().waitFor()
  }
  async function more(page: Page, item: string): Promise<void> {
    await page.locator('.group-tile', { hasText: 'More' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  it('is made, accepted, talked in; names call, what was read is known; it is renamed, and people go', async () => {
    const { mei, lan, wei } = await gather('mei', 'lan', 'wei')
    await make(mei, 'Hike', 'lan', 'wei')
    await line(mei, 'You made the group and invited lan and wei').waitFor()

    // Who is invited learns by whom, and nothing of what is said before.
    await say(mei, 'before anybody came')
    await row(lan, 'Hike').click()
    await lan.getByText('mei invites you to Hike').waitFor()
    expect(await writes(lan).count()).toBe(0)
    expect(await theirs(lan, 'before').count()).toBe(0)
    await accept(lan, 'Hike')
    await accept(wei, 'Hike')
    await line(mei, 'lan joined').waitFor()
    await line(mei, 'wei joined').waitFor()
    await mei.locator('.head-state', { hasText: '3 members' }).waitFor()

    // Lan looks elsewhere: the list says that somebody calls her.
    await lan.getByRole('button', { name: 'Settings', exact: true }).click()
    await wei.getByRole('button', { name: 'Settings', exact: true }).click()
    await writes(mei).pressSequentially('@la')
    await mei.locator('.mention', { hasText: 'lan' }).waitFor()
    await mei.keyboard.press('Enter')
    await mei.keyboard.type('are you coming?')
    await mei.keyboard.press('Enter')
    await chats(lan).click()
    await row(lan, 'Hike').getByText('Somebody mentions you').waitFor()
    await row(lan, 'Hike').click()
    await theirs(lan, 'are you coming?').locator('.text-name.me', { hasText: '@lan' }).waitFor()

    // Wei has got it, Lan has read it.
    const own = mei.locator('.row', { has: mei.locator('.bubble.own', { hasText: 'are you coming?' }) })
    await own.locator('.bubble').click({ button: 'right' })
    await mei.getByRole('menuitem', { name: 'Who has read it' }).click()
    await mei.getByRole('button', { name: 'Read by 1' }).waitFor()
    await mei.locator('.receipts-row', { hasText: 'lan' }).waitFor()
    await mei.getByRole('button', { name: 'Delivered, not read: 1' }).click()
    await mei.locator('.receipts-row', { hasText: 'wei' }).waitFor()

    // Said with its author, in one order for everybody.
    await say(lan, 'yes')
    await theirs(mei, 'yes').getByText('lan', { exact: true }).waitFor()
    await chats(wei).click()
    await row(wei, 'Hike').getByText('lan:').waitFor()
    await row(wei, 'Hike').click()
    await expect.poll(() => wei.locator('.bubble .text').allTextContents()).toEqual(['@lan are you coming?', 'yes'])

    // Another name.
    await about(mei)
    await more(mei, 'Name, picture, description')
    await mei.getByLabel('Name', { exact: true }).fill('Night walk')
    await mei.getByRole('button', { name: 'Save' }).click()
    await head(lan, 'Night walk').waitFor()
    await line(lan, 'mei named the group “Night walk”').waitFor()

    // Only admins write for a while.
    await mei.locator('.group-part', { hasText: 'Who may do what' }).click()
    await mei.getByRole('group', { name: 'Who may write' }).getByRole('radio', { name: 'Admins' }).check()
    await lan.getByText('Only admins may write here.').waitFor()
    expect(await writes(lan).count()).toBe(0)
    await say(mei, 'quiet please')
    await theirs(lan, 'quiet please').waitFor()
    await mei.getByRole('group', { name: 'Who may write' }).getByRole('radio', { name: 'Everybody' }).check()
    await writes(lan).waitFor()
    await mei.locator('.panel').getByRole('button', { name: 'Back' }).click()

    // Wei is removed, Lan leaves.
    await mei.locator('.member', { hasText: 'wei' }).click()
    await mei.getByRole('menuitem', { name: 'Remove from the group' }).click()
    await mei.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await wei.getByText('You were removed from this group.').waitFor()
    await line(lan, 'mei removed wei').waitFor()
    await say(mei, 'without wei')
    await theirs(lan, 'without wei').waitFor()
    await about(lan)
    await more(lan, 'Leave the group')
    await lan.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
    await lan.getByText('You have left this group.').waitFor()
    await line(mei, 'lan left').waitFor()
    expect(await theirs(wei, 'without wei').count()).toBe(0)

    // What is left is dissolved.
    await more(mei, 'Dissolve the group')
    await mei.getByRole('dialog').getByRole('button', { name: 'Dissolve' }).click()
    await mei.getByText('This group was dissolved.').waitFor()
  })

  it('is joined by a link, until that is withdrawn', async () => {
    const { mei, wei, zoe } = await gather('mei', 'wei', 'zoe', 'lan')
    await make(mei, 'Choir', 'lan')
    await about(mei)
    await mei.locator('.group-part', { hasText: 'Invitation link' }).click()
    await mei.getByRole('button', { name: 'Make a link' }).click()
    const link = (await mei.locator('.invite-link').textContent())!.trim()
    expect(link).toMatch(/^sip:conf-[\w-]+@home\.test;code=[\w-]+$/)

    const join = async (page: Page) => {
      await page.getByRole('button', { name: 'New conversation' }).first().click()
      await page.getByLabel('Number or address').fill(`Sing with us: ${link}`)
      await page.getByRole('button', { name: 'Join' }).click()
    }
    await join(wei)
    await head(wei, 'Choir').waitFor()
    await say(wei, 'I sing bass')
    await theirs(mei, 'I sing bass').waitFor()
    await line(mei, 'wei joined').waitFor()

    await mei.getByRole('button', { name: 'Withdraw' }).click()
    await mei.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await mei.getByRole('button', { name: 'Make a link' }).waitFor()
    await join(zoe)
    await zoe.getByText('The invitation does not hold any more.').waitFor()
  })
})
