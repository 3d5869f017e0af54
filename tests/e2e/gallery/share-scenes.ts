import type { Page } from 'playwright-core'
import type { Scene } from './scenes'

const settle = (page: Page) => page.waitForTimeout(350)

/** The digits of a relay of this network, to be compared. */
async function compare(page: Page): Promise<void> {
  await page.locator('.office-way').first().click()
  await page.locator('.join-relay').first().click()
  await page.locator('.join .digits').waitFor()
  await settle(page)
}

/** The part of the settings where a relay is shared. */
async function toShare(page: Page): Promise<void> {
  await page.locator('.item').first().waitFor()
  await page.keyboard.press('Control+,')
  await page.locator('.opens, .shared').first().waitFor()
  await page.locator('[aria-labelledby=settings-share]').evaluate((element) => element.scrollIntoView({ block: 'start' }))
}

/** Sharing a relay, and joining one. */
export const shareScenes: Scene[] = [
  { name: 'share-host', query: 'account=none', async steps(page) { await page.locator('.office-way').nth(1).click(); await page.locator('.share-form').waitFor(); await settle(page) } },
  { name: 'share-signed-out', query: 'account=none&share=on', async steps(page) { await page.locator('.office-on').waitFor() } },
  { name: 'join-find', query: 'account=none', async steps(page) { await page.locator('.office-way').first().click(); await page.locator('.join-relay').first().waitFor(); await settle(page) } },
  {
    name: 'join-none', query: 'account=none&share=none',
    async steps(page) {
      await page.locator('.office-way').first().click()
      await page.locator('.join input').fill('10.0.0.9:5061')
      await page.locator('.join [type=submit]').click()
      await page.locator('.join .field.wrong').waitFor()
    },
  },
  { name: 'join-compare', query: 'account=none', steps: compare },
  {
    name: 'join-differ', query: 'account=none',
    async steps(page) {
      await compare(page)
      await page.locator('.join-acts .button').first().click()
      await page.locator('.join [role=alert]').waitFor()
    },
  },
  {
    name: 'join-wrong', query: 'account=none',
    async steps(page) {
      await compare(page)
      await page.locator('.join-acts .button').last().click()
      const fields = page.locator('.join input')
      await fields.nth(0).fill('mei')
      await fields.nth(1).fill('0000-0000-0000')
      await page.locator('.join [type=submit]').click()
      await page.locator('.join .field.wrong').waitFor()
    },
  },
  { name: 'share-off', steps: toShare },
  { name: 'share-on', query: 'share=on', steps: toShare },
  { name: 'share-waiting', query: 'share=waiting', steps: toShare },
  {
    name: 'share-people', query: 'share=own',
    async steps(page) {
      await toShare(page)
      await page.locator('.guests-add input').fill('+86 136 0000 3333')
      await page.locator('.guests-add [type=submit]').click()
      await page.locator('.invitation').waitFor()
      await page.locator('.invitation').evaluate((element) => element.scrollIntoView({ block: 'center' }))
      await settle(page)
    },
  },
  {
    name: 'share-remove', query: 'share=on',
    async steps(page) {
      await toShare(page)
      await page.locator('.guest .icon-button').first().click()
      await page.locator('.menu-item').nth(1).click()
      await page.locator('.dialog').waitFor()
      await settle(page)
    },
  },
  { name: 'cut-off', query: 'link=cut-off', async steps(page) { await page.locator('.banner').waitFor() } },
]
