import type { Page } from 'playwright-core'
import { openIn, type Scene } from './scenes'

const settle = (page: Page) => page.waitForTimeout(350)
const open = (id: string) => (page: Page) => openIn(page, `sip:conf-${id}`)

/** Opens what stands beside a group. */
async function details(page: Page, id: string): Promise<void> {
  await openIn(page, `sip:conf-${id}`)
  await page.locator('.head-who').click()
  await page.locator('.members .member').first().waitFor()
  await settle(page)
}

async function more(page: Page, nth: number): Promise<void> {
  await page.locator('.group-tile').last().click()
  await page.locator('.menu-item').nth(nth).click()
  await page.locator('.dialog').waitFor()
  await settle(page)
}

const views: Scene[] = [
  { name: 'group', steps: open('hike') },
  { name: 'group-list', async steps(page) { await page.locator('.item').first().waitFor() } },
  {
    name: 'group-up',
    async steps(page) {
      await open('hike')(page)
      await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, 0))
      await settle(page)
    },
  },
  {
    name: 'group-typing',
    async steps(page) {
      await open('hike')(page)
      await page.evaluate(() => {
        window.stage.typing('sip:conf-hike@yan.example', 60_000, 'sip:mei@yan.example')
        window.stage.typing('sip:conf-hike@yan.example', 60_000, 'tel:+8613800138000')
      })
      await page.locator('.typing .dots').waitFor()
    },
  },
  { name: 'group-closed', steps: open('office') },
  { name: 'group-gone', steps: open('gone') },
  { name: 'group-left', steps: open('out') },
  { name: 'group-long', steps: open('long') },
  { name: 'group-invited', steps: async (page) => { await open('read')(page); await settle(page) } },
  { name: 'group-details', steps: (page) => details(page, 'hike') },
  { name: 'group-details-500', steps: (page) => details(page, 'office') },
  { name: 'group-details-long', steps: (page) => details(page, 'long') },
  {
    name: 'group-find',
    async steps(page) {
      await details(page, 'office')
      await page.locator('.members .search input').fill('w')
      await settle(page)
    },
  },
  {
    name: 'group-member',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.member', { hasText: /方云|Fang Yun/ }).click()
      await page.locator('[role=menu]').waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-remove',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.member', { hasText: /方云|Fang Yun/ }).click()
      await page.locator('.menu-item.danger').click()
      await page.locator('.dialog').waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-mute',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.group-tile').first().click()
      await page.locator('[role=menu]').waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-more',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.group-tile').last().click()
      await page.locator('[role=menu]').waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-rules',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.group-part').last().click()
      await page.locator('.rules').waitFor()
    },
  },
  {
    name: 'group-rules-read',
    async steps(page) {
      await details(page, 'office')
      await page.locator('.group-part').last().click()
      await page.locator('.rules').waitFor()
    },
  },
  {
    name: 'group-link',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.group-part').first().click()
      await page.locator('.invite').waitFor()
    },
  },
  {
    name: 'group-link-none',
    async steps(page) {
      await details(page, 'long')
      await page.locator('.group-part').first().click()
      await page.locator('.invite').waitFor()
    },
  },
  { name: 'group-edit', async steps(page) { await details(page, 'hike'); await more(page, 0) } },
  { name: 'group-leave', async steps(page) { await details(page, 'hike'); await more(page, 2) } },
  { name: 'group-hand-over', async steps(page) { await details(page, 'long'); await more(page, 2) } },
  { name: 'group-dissolve', async steps(page) { await details(page, 'hike'); await more(page, 3) } },
  {
    name: 'group-mention',
    async steps(page) {
      await open('hike')(page)
      await page.locator('.composer-field').pressSequentially('@')
      await page.locator('.mention').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-mention-found',
    async steps(page) {
      await open('hike')(page)
      await page.locator('.composer-field').pressSequentially('OK @wan')
      await page.locator('.mention').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-receipts',
    async steps(page) {
      await open('hike')(page)
      await page.locator('.row .bubble.own .meta').first().click()
      await page.locator('.receipts-row').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-new-offer',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Alt+n')
      await page.locator('.dialog input').fill('sip:conf-long@yan.example;code=z8k2m4p6')
      await settle(page)
    },
  },
  {
    name: 'group-new',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Alt+n')
      await page.locator('.new-other').first().click()
      await page.locator('.pick-row').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-new-chosen',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Alt+n')
      await page.locator('.new-other').first().click()
      for (const nth of [1, 3, 4]) await page.locator('.pick-row').nth(nth).click()
      await page.locator('.pick .search input').fill('david')
      await page.locator('.pick-row[aria-disabled]').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-new-left-out',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Alt+n')
      await page.locator('.new-other').first().click()
      await page.locator('.pick .search input').fill('liu')
      await page.locator('.pick-row').first().click()
      await page.locator('.dialog [type=submit]').click()
      await page.locator('.left-out').waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-add',
    async steps(page) {
      await details(page, 'hike')
      await page.locator('.group-tile').nth(1).click()
      await page.locator('.pick-row').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'group-join',
    async steps(page) {
      await open('long')(page)
      await page.locator('.text a').first().click()
      await page.locator('.dialog').waitFor()
      await settle(page)
    },
  },
]

/** Every view of groups. */
export const groupScenes: Scene[] = views.map((scene) => ({ query: 'groups=1', ...scene }))
