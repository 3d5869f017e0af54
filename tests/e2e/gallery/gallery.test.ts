import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findChromium, noChromium } from '../../fakes/chromium'
import { useHall, type Room } from './hall'
import { openIn } from './scenes'

const none = findChromium() ? '' : ` (${noChromium})`
const MEI = 'sip:mei@yan.example'

describe.skipIf(none)(`the window on made-up data${none}`, () => {
  const show = useHall()
  const openMei = async (room: Room = {}) => {
    const page = await show('', room)
    await openIn(page, MEI)
    return page
  }
  const top = (page: Page, index: number) => page.locator(`.row[data-index="${index}"] .bubble`).evaluate((element) => element.getBoundingClientRect().top)
  const fromEnd = (page: Page) => page.locator('.messages-scroller').evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  const focusIsIn = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector)

  describe('a conversation of 10,000 messages', () => {
    test('opens at its end', async () => {
      const page = await openMei()
      expect(await fromEnd(page)).toBeLessThan(2)
      await expect(page.locator('.row').last().innerText()).resolves.toContain('I am downstairs')
      expect(await page.locator('.row').count()).toBeLessThan(60)
    })

    test('does not move what is read while older pages load', async () => {
      const page = await openMei()
      await page.mouse.move(800, 400)
      for (let step = 0; step < 25; step++) {
        const indexes = await page.locator('.row').evaluateAll((rows) => rows.map((row) => [Number((row as HTMLElement).dataset['index']), row.getBoundingClientRect().top] as const))
        const [anchor] = indexes.find(([, y]) => y > 120 && y < 300)!
        const before = await top(page, anchor)
        await page.mouse.wheel(0, -330)
        await page.waitForFunction(([index, y]) => {
          const bubble = document.querySelector(`.row[data-index="${index}"] .bubble`)
          return bubble && Math.abs(bubble.getBoundingClientRect().top - (y! + 330)) < 3
        }, [anchor, before] as const)
        // What is measured late must not push it afterwards.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
        expect(Math.abs((await top(page, anchor)) - (before + 330))).toBeLessThan(3)
      }
    })

    test('follows at the end, stays where it is further up and says how many came', async () => {
      const page = await openMei()
      await page.evaluate((id) => window.stage.receive(id, 'are you here?'), MEI)
      await page.getByText('are you here?').last().waitFor()
      await page.waitForFunction(() => { const s = document.querySelector('.messages-scroller')!; return s.scrollHeight - s.scrollTop - s.clientHeight < 2 })

      await page.locator('.messages-scroller').evaluate((element) => { element.scrollTop -= 4_000 })
      await page.locator('.jump').waitFor()
      await page.waitForTimeout(200)
      const before = await page.locator('.messages-scroller').evaluate((element) => element.scrollTop)
      await page.evaluate((id) => { for (let n = 0; n < 3; n++) window.stage.receive(id, `news ${n}`) }, MEI)
      await page.locator('.jump-count').waitFor()
      expect(await page.locator('.jump-count').innerText()).toBe('3')
      expect(await page.locator('.messages-scroller').evaluate((element) => element.scrollTop)).toBe(before)
      await page.locator('.jump').click()
      await page.getByText('news 2').last().waitFor()
      await page.waitForFunction(() => !document.querySelector('.jump'))
      expect(await fromEnd(page)).toBeLessThan(2)
    })

    test('goes to a message that a search found', async () => {
      const page = await openMei()
      await page.keyboard.press('Control+f')
      await page.keyboard.type('birthday')
      // More than the first page: they come with the scrolling.
      await page.locator('.hit').nth(19).scrollIntoViewIfNeeded()
      await page.locator('.hit').nth(30).click()
      await page.locator('.row.marked').waitFor()
      const y = await page.locator('.row.marked .bubble').evaluate((element) => element.getBoundingClientRect().top)
      expect(y).toBeGreaterThan(60)
      expect(y).toBeLessThan(700)
    })

    test('a long message unfolds downwards', async () => {
      const page = await show()
      await openIn(page, 'sip:zhao')
      await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, 0))
      await page.waitForTimeout(100)
      const before = await top(page, 0)
      await page.locator('.text-fold').click()
      await page.waitForFunction(() => document.querySelector('.row[data-index="0"]')!.getBoundingClientRect().height > 900)
      await page.waitForTimeout(100)
      expect(Math.abs((await top(page, 0)) - before)).toBeLessThan(2)
    })
  })

  test('opens at the first unread message, under its line, and then counts it as read', async () => {
    const page = await show()
    await openIn(page, 'sip:family')
    const line = await page.locator('.row-unread').evaluate((element) => element.getBoundingClientRect().top)
    expect(line).toBeGreaterThan(56)
    expect(line).toBeLessThan(300)
    await page.locator('.jump').waitFor()
    expect(await fromEnd(page)).toBeGreaterThan(1_000)
    await page.locator('.jump').click()
    await page.waitForFunction(() => !document.querySelector('.item[aria-current] .item-badge'))
  })

  describe('writing', () => {
    test('Enter sends, the message rises, and the answer comes', async () => {
      const page = await openMei()
      await page.keyboard.type('hello')
      await page.keyboard.press('Enter')
      await page.locator('.row .bubble.own .text', { hasText: /^hello$/ }).waitFor()
      expect(await page.locator('.composer-field').inputValue()).toBe('')
      await page.locator('.row .bubble.own', { hasText: 'hello' }).locator('.status-displayed').waitFor()
      await page.locator('.row .bubble:not(.own) .text', { hasText: /^hello$/ }).waitFor()
      expect(await page.locator('[role=status].hush').last().innerText()).toBe('Mei Lin: hello')
    })

    test('Shift Enter breaks the line, up to eight are shown', async () => {
      const page = await openMei()
      const field = page.locator('.composer-field')
      const height = () => field.evaluate((element) => element.clientHeight)
      const one = await height()
      for (let n = 0; n < 7; n++) { await page.keyboard.type('x'); await page.keyboard.press('Shift+Enter') }
      const eight = await height()
      expect(eight).toBeGreaterThan(one * 3)
      for (let n = 0; n < 7; n++) await page.keyboard.press('Shift+Enter')
      expect(await height()).toBeLessThanOrEqual(eight + 1)
      await expect.poll(() => fromEnd(page)).toBeLessThan(2)
    })

    test('an input method’s Enter takes the word and does not send', async () => {
      const page = await openMei()
      const rows = await page.evaluate((id) => window.stage.parts.bridge.commands.journey(id, '').then(() => document.querySelectorAll('.row').length), MEI)
      const cdp = await page.context().newCDPSession(page)
      await cdp.send('Input.imeSetComposition', { text: 'yanxin', selectionStart: 6, selectionEnd: 6 })
      await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Enter', code: 'Enter' })
      await cdp.send('Input.insertText', { text: '雁信' })
      await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.composer-field')!.value === '雁信')
      // The Enter that ends the composition, as systems report it where isComposing is off again.
      await page.locator('.composer-field').evaluate((element) => element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })))
      expect(await page.locator('.composer-field').inputValue()).toBe('雁信')
      expect(await page.locator('.row').count()).toBe(rows)
      await page.keyboard.press('Enter')
      await page.locator('.row .bubble.own .text', { hasText: /^雁信$/ }).waitFor()
    })

    test('a draft stays with its conversation', async () => {
      const page = await openMei()
      await page.keyboard.type('half a thou')
      await openIn(page, 'sip:echo')
      expect(await page.locator('.composer-field').inputValue()).toBe('')
      await page.locator('.item', { hasText: 'half a thou' }).click()
      await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.composer-field')?.value === 'half a thou')
    })
  })

  describe('the keyboard alone', () => {
    test('walks the conversations, the messages and their menus', async () => {
      const page = await show()
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Alt+ArrowDown')
      await focusIsIn(page, '.composer-field')
      const first = await page.locator('.head-name').innerText()
      await page.keyboard.press('Alt+ArrowDown')
      await page.waitForFunction((name) => document.querySelector('.head-name')?.textContent !== name, first)
      await page.keyboard.press('Alt+ArrowUp')
      await page.waitForFunction((name) => document.querySelector('.head-name')?.textContent === name, first)

      await page.locator('.messages-scroller.placed .row').last().focus()
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      await focusIsIn(page, '.row[data-index="9995"]')
      await page.keyboard.press('Enter')
      await page.locator('[role=menu]').waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.locator('.journey').waitFor()
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => !document.querySelector('.journey'))
      await focusIsIn(page, '.composer-field')
    })

    test('finds, begins and asks for help', async () => {
      const page = await openMei()
      await page.keyboard.press('Control+f')
      await focusIsIn(page, '.panel input')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+Shift+F')
      await focusIsIn(page, '.list .list-search input')
      await page.keyboard.type('wei')
      await page.keyboard.press('ArrowDown')
      await focusIsIn(page, '.item')
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.querySelector('.head-name')?.textContent === 'Wang Wei')
      await page.keyboard.press('Alt+n')
      await focusIsIn(page, '.dialog input')
      await page.keyboard.press('Enter')
      await page.locator('.dialog .field.wrong').waitFor()
      await page.keyboard.type('13900001111')
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.querySelector('.head-name')?.textContent === '139 0000 1111')
      await focusIsIn(page, '.composer-field')
      await page.locator('.messages').click()
      await page.keyboard.press('Control+/')
      await page.locator('.keys').waitFor()
    })
  })

  describe('room', () => {
    test('one column at a time where it is narrow, with a way back', async () => {
      const page = await openMei({ viewport: { width: 480, height: 800 } })
      expect(await page.locator('.list').isVisible()).toBe(false)
      await page.locator('.head-back').click()
      await page.locator('.list').waitFor()
      expect(await page.locator('.thread').count()).toBe(0)
    })

    test('the list is as wide as it is dragged, also at the next start', async () => {
      const page = await show()
      const width = () => page.locator('.list').evaluate((element) => element.getBoundingClientRect().width)
      expect(await width()).toBe(320)
      await page.mouse.move(376, 400)
      await page.mouse.down()
      await page.mouse.move(340, 400)
      await page.mouse.up()
      expect(await width()).toBe(284)
      await page.locator('.divider').focus()
      await page.keyboard.press('End')
      expect(await width()).toBe(360)
      await page.reload()
      await page.locator('.list').waitFor()
      expect(await width()).toBe(360)
    })
  })

  test('a link goes out through the one door, as it is', async () => {
    const page = await openMei()
    await page.locator('.bubble a').last().click()
    expect(await page.evaluate(() => window.stage.opened)).toEqual(['https://meet.example.com/room/8812?pwd=x7'])
  })

  test('the first page: one click to somebody who answers', async () => {
    const page = await show('account=none')
    await page.locator('.welcome-try .button').click()
    await page.waitForFunction(() => document.querySelector('.head-name')?.textContent === 'Echo')
    await page.keyboard.type('hi')
    await page.keyboard.press('Enter')
    await page.locator('.row .bubble:not(.own) .text', { hasText: /^hi$/ }).waitFor()
  })
})
