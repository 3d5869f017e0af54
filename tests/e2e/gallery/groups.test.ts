import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { useHall } from './hall'
import { openIn } from './scenes'

const none = findChromium() ? '' : ` (${noChromium})`
const HIKE = 'sip:conf-hike@yan.example'

describe.skipIf(none)(`groups in the window, on made-up data${none}`, () => {
  const show = useHall()
  const open = async (id: string): Promise<Page> => {
    const page = await show('groups=1')
    await openIn(page, `sip:conf-${id}`)
    return page
  }
  const details = async (id: string): Promise<Page> => {
    const page = await open(id)
    await page.locator('.head-who').click()
    await page.locator('.member').first().waitFor()
    return page
  }
  const names = (page: Page) => page.locator('.member-name').allTextContents()
  const field = (page: Page) => page.locator('.composer-field')

  describe('mentioning', () => {
    test('an @ finds by pinyin and first letters, Enter takes it and sends only then', async () => {
      const page = await show('groups=1&lang=zh')
      await openIn(page, HIKE)
      await field(page).pressSequentially('好的 @wwei')
      await page.locator('.mention').waitFor()
      expect(await page.locator('.mention-name').allTextContents()).toEqual(['王伟'])
      expect(await field(page).getAttribute('aria-activedescendant')).toBe(await page.locator('.mention[aria-selected=true]').getAttribute('id'))
      await page.keyboard.press('Enter')
      expect(await field(page).inputValue()).toBe('好的 @王伟 ')
      await page.keyboard.type('几点？')
      await page.keyboard.press('Enter')
      await page.locator('.bubble.own .text-name', { hasText: '@王伟' }).waitFor()
    })

    test('arrows choose, Tab takes, Escape closes and leaves the text', async () => {
      const page = await open('hike')
      await field(page).pressSequentially('@')
      await page.locator('.mention').first().waitFor()
      expect(await page.locator('.mention').count()).toBe(6)
      expect(await page.locator('.mention[aria-selected=true]').textContent()).toContain('Mei Lin')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Tab')
      expect(await field(page).inputValue()).toBe('@Mei Lin ')
      await page.keyboard.type('and @f')
      await page.locator('.mention').first().waitFor()
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => !document.querySelector('.mention'))
      expect(await field(page).inputValue()).toBe('@Mei Lin and @f')
      await page.keyboard.press('Escape')
      expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true)
    })

    test('an input method’s keys are its own', async () => {
      const page = await open('hike')
      await field(page).pressSequentially('@')
      await page.locator('.mention').first().waitFor()
      await field(page).evaluate((element) => element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })))
      expect(await field(page).inputValue()).toBe('@')
    })
  })

  describe('the roster', () => {
    test('of 500 draws what is in sight, is searched, and walked by the keyboard', async () => {
      const page = await details('office')
      expect(await page.locator('.member').count()).toBeLessThan(30)
      expect(await page.locator('.rows-one').first().getAttribute('aria-setsize')).toBe('500')
      await page.locator('.members .search input').focus()
      await page.keyboard.type('lpet')
      await expect.poll(() => names(page)).toSatisfy((found: string[]) => found.length > 1 && found.every((name) => /^L.* Pet/.test(name)))
      await page.keyboard.press('Escape')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('End')
      await page.waitForFunction(() => document.activeElement?.closest('.rows-one')?.ariaPosInSet === '500')
      await page.keyboard.press('ArrowUp')
      await page.waitForFunction(() => document.activeElement?.closest('.rows-one')?.ariaPosInSet === '499')
    })

    test('asks after those on screen only', async () => {
      const page = await show('groups=1')
      await page.evaluate(() => {
        const { commands } = window.stage.parts.bridge
        const peer = commands.peer.bind(commands)
        Object.assign(window, { asked: [] })
        commands.peer = (address) => ((window as unknown as { asked: string[] }).asked.push(address), peer(address))
      })
      await openIn(page, 'sip:conf-office')
      await page.locator('.head-who').click()
      await page.locator('.member').first().waitFor()
      await page.waitForTimeout(300)
      const asked = await page.evaluate(() => (window as unknown as { asked: string[] }).asked.length)
      expect(asked).toBeGreaterThan(2)
      expect(asked).toBeLessThan(16)
    })

    test('admins promote, remove after a question, and invite; members are offered none of it', async () => {
      const page = await details('hike')
      const yun = page.locator('.member', { hasText: 'Fang Yun' })
      await yun.click()
      await page.getByRole('menuitem', { name: 'Make an admin' }).click()
      await yun.locator('.member-role').waitFor()
      await yun.click()
      await page.getByRole('menuitem', { name: 'Remove from the group' }).click()
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await yun.waitFor({ state: 'detached' })
      await page.locator('.group-tile', { hasText: 'Add' }).click()
      await page.locator('.pick .search input').fill('anna')
      await page.keyboard.press('Enter')
      await page.locator('.pick-chip', { hasText: 'Anna Kowalska' }).waitFor()
      await page.getByRole('button', { name: 'Invite' }).click()
      await page.locator('.member.waits', { hasText: 'Anna Kowalska' }).waitFor()

      await openIn(page, 'sip:conf-office')
      await page.locator('.head-who').click()
      await page.locator('.member').nth(1).click()
      expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Write a message'])
    })
  })

  test('a group is made of those who can be in one; who cannot says why, who was left out too', async () => {
    const page = await show('groups=1')
    await page.locator('.item').first().waitFor()
    await page.keyboard.press('Alt+n')
    await page.locator('.new-other').first().click()
    await page.getByRole('button', { name: 'Create group' }).click()
    await page.getByText('Choose at least one person.').waitFor()
    const search = page.locator('.pick .search input')
    await search.fill('david')
    await page.locator('.pick-row[aria-disabled]', { hasText: 'Cannot be in groups' }).first().click({ force: true })
    expect(await page.locator('.pick-chip').count()).toBe(0)
    for (const who of ['fang', 'liu yang', 'new.stranger']) {
      await search.fill(who)
      await page.locator('.pick-row:not([aria-disabled])').first().waitFor()
      await page.keyboard.press('Enter')
    }
    expect(await page.locator('.pick-chip').allTextContents()).toEqual(['Fang Yun', 'Liu Yang', 'new.stranger'].map((name) => expect.stringContaining(name)))
    await search.press('Backspace')
    expect(await page.locator('.pick-chip').count()).toBe(2)
    await page.getByLabel('Name of the group').fill('Picnic')
    await page.getByRole('button', { name: 'Create group' }).click()
    await page.locator('.left-out-one', { hasText: 'Liu Yang' }).waitFor()
    await page.getByRole('button', { name: 'Open the group' }).click()
    await page.waitForFunction(() => document.querySelector('.head-name')?.textContent === 'Picnic')
  })

  test('an invitation is answered in its thread; only then one writes', async () => {
    const page = await open('read')
    expect(await field(page).count()).toBe(0)
    await page.getByRole('button', { name: 'Accept' }).click()
    await field(page).waitFor()
  })

  test('a link in a message, or pasted, asks and joins; one that was withdrawn says so', async () => {
    const page = await open('long')
    await page.locator('.bubble a').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Join' }).click()
    await page.waitForFunction(() => !document.querySelector('[role=dialog]'))
    await page.keyboard.press('Alt+n')
    await page.locator('.dialog input').fill('Come: sip:conf-other@yan.example;code=gone1234')
    await page.getByRole('dialog').getByRole('button', { name: 'Join' }).click()
    await page.getByText('The invitation does not hold any more.').waitFor()
  })

  test('the only admin hands over before leaving; where only admins write it is said', async () => {
    const page = await details('long')
    await page.locator('.group-tile').last().click()
    await page.getByRole('menuitem', { name: 'Leave the group' }).click()
    await page.getByRole('button', { name: 'Hand over and leave' }).click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(1)
    await page.getByRole('radio', { name: /木村/ }).click()
    await page.getByRole('button', { name: 'Hand over and leave' }).click()
    await page.getByText('You have left this group.').waitFor()
    await openIn(page, 'sip:conf-office')
    await page.getByText('Only admins may write here.').waitFor()
    expect(await field(page).count()).toBe(0)
  })

  test('a picture is cut square and small, and taken away again', async () => {
    const page = await details('hike')
    await page.locator('.group-face').click()
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose a picture' }).click()
    const drawn = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(3_000, 1_200)
      const paint = canvas.getContext('2d')!
      for (let n = 0; n < 4_000; n++) {
        paint.fillStyle = `hsl(${(n * 47) % 360} 80% ${20 + (n % 60)}%)`
        paint.fillRect((n * 131) % 3_000, (n * 71) % 1_200, 60, 60)
      }
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())]
    })
    await (await chooser).setFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(drawn) })
    await page.locator('.edit .avatar-picture').waitFor()
    expect(await page.locator('.edit .avatar-picture').evaluate(async (image: HTMLImageElement) => { await image.decode(); return [image.naturalWidth, image.naturalHeight] })).toEqual([256, 256])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForFunction(() => !document.querySelector('[role=dialog]'))
    const kept = await page.evaluate(() => window.stage.kept.map(({ size, type }) => ({ size, type })))
    expect(kept).toHaveLength(1)
    expect(kept[0]!.type).toBe('image/jpeg')
    expect(kept[0]!.size).toBeLessThanOrEqual(16 * 1024)
  })
})
