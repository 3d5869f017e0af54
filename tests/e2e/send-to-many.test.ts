import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { seriousViolations } from './axe'
import { pasteRows } from './gallery/many-scenes'
import { drop } from './gallery/to-send'
import { startPerson } from './people'
import { openWindow, startChromium, startRelay } from './yanxin'

const none = findChromium() ? '' : noChromium
describe.skipIf(none)(`sending to many${none && `: ${none}`}`, () => {
  let browser: Browser
  beforeAll(async () => { browser = await startChromium() })
  afterAll(async () => { await browser?.close() })

  const count = (page: Page, name: string) => page.locator('.sent-filter .choice-option').filter({ hasText: new RegExp(`^${name} `) })

  it('from a pasted table: fields, preview, what each got, those who failed, and again for them', async () => {
    const relay = await startRelay(['mei', 'lan', 'wei'])
    const meiProgram = await startPerson('mei', relay.uri)
    const lanProgram = await startPerson('lan', relay.uri)
    const { page: mei, errors } = await openWindow(browser, meiProgram.ready)
    const { page: lan } = await openWindow(browser, lanProgram.ready)

    await mei.getByRole('button', { name: 'Send to many' }).click()
    await mei.getByRole('button', { name: 'New message to many' }).click()
    await mei.getByRole('button', { name: 'Paste a table' }).click()
    await mei.getByLabel('Rows of a table').fill('Name\tAddress\tSeat\nLan Chen\tlan\t12A\n\twei@home.test\t\nGhost\tghost\t3F\nNobody\t\t\nLan again\tlan\t9')
    await mei.getByText('4 people found').waitFor()
    await mei.getByRole('button', { name: 'Add 4 people' }).click()
    await mei.locator('.people-count', { hasText: '3 people' }).waitFor()
    await mei.getByText('1 was there twice and gets it once.').waitFor()
    await mei.getByText('no number or address').waitFor()

    const words = mei.getByRole('textbox', { name: 'Message to each' })
    await words.fill('Dear {Name}, your seat is {Seat|free}')
    const bubble = mei.locator('.preview-bubble')
    await expect.poll(() => bubble.textContent()).toBe('Dear Lan Chen, your seat is 12A')
    await mei.getByText('“Name” is empty for 1 person.').waitFor()
    await mei.getByRole('button', { name: 'Show', exact: true }).click()
    await expect.poll(() => bubble.textContent()).toBe('Dear , your seat is free')
    await mei.getByRole('button', { name: 'Say something else there' }).click()
    await expect.poll(() => words.inputValue()).toBe('Dear {Name|friend}, your seat is {Seat|free}')
    await expect.poll(() => bubble.textContent()).toBe('Dear friend, your seat is free')
    expect(await seriousViolations(mei)).toEqual([])

    await mei.getByRole('button', { name: 'Send…' }).click()
    await mei.getByRole('dialog', { name: 'Send to 3 people?' }).getByRole('button', { name: 'Send now' }).click()
    await lan.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: 'Dear Lan Chen, your seat is 12A' }).click()
    await count(mei, 'Delivered').filter({ hasText: 'Delivered 1' }).waitFor()
    await count(mei, 'Failed').filter({ hasText: 'Failed 1' }).waitFor()
    await mei.locator('.recipient', { hasText: 'Lan Chen' }).filter({ hasText: 'Read' }).waitFor()
    await mei.locator('.recipient', { hasText: 'wei' }).filter({ hasText: 'Sent' }).waitFor()

    await count(mei, 'Failed').click()
    await expect.poll(() => mei.locator('.recipient').count()).toBe(1)
    expect(await mei.locator('.recipient').textContent()).toContain('Ghost')
    expect(await seriousViolations(mei)).toEqual([])

    // The office makes the account; only that one goes out again.
    await relay.kill()
    const port = Number(/:(\d+);/.exec(relay.uri)![1])
    await startRelay(['ghost'], relay.data, port)
    await mei.getByRole('button', { name: 'Try again for 1' }).click()
    await mei.getByText('It has failed for nobody.').waitFor()
    await count(mei, 'All').click()
    await mei.locator('.recipient', { hasText: 'Ghost' }).filter({ hasText: 'Sent' }).waitFor()
    expect(await lan.locator('.bubble').count()).toBe(1)

    // In the list there is nobody, until somebody answers.
    await mei.getByRole('button', { name: 'Chats' }).click()
    expect(await mei.locator('.item').count()).toBe(0)
    await lan.getByRole('textbox', { name: /^Message to/ }).fill('Thank you!')
    await lan.getByRole('textbox', { name: /^Message to/ }).press('Enter')
    await mei.locator('.item', { hasText: 'Thank you!' }).waitFor()
    expect(await mei.locator('.item').count()).toBe(1)

    // The same people again, kept as a list.
    await mei.getByRole('button', { name: 'Send to many' }).click()
    await mei.getByRole('button', { name: 'Back' }).click()
    await mei.locator('.many-row').click()
    await mei.getByRole('button', { name: 'More about Send to many' }).click()
    await mei.getByRole('menuitem', { name: 'Write to them again' }).click()
    await mei.locator('.people-count', { hasText: '3 people' }).waitFor()
    await mei.getByRole('button', { name: 'Keep as a list' }).click()
    await mei.getByRole('textbox', { name: 'Name of the list' }).fill('Guests')
    await mei.getByRole('button', { name: 'Keep', exact: true }).click()
    await mei.getByRole('button', { name: 'Back' }).click()
    await mei.locator('.many-list', { hasText: 'Guests' }).filter({ hasText: '3 people' }).waitFor()
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([])
  })

  it('a picture and a place to each: it goes up once, and is seen by who gets it', async () => {
    const relay = await startRelay(['mei', 'lan', 'wei'], undefined, 0, ['--files', '127.0.0.1:0'])
    const meiProgram = await startPerson('mei', relay.uri)
    const lanProgram = await startPerson('lan', relay.uri)
    const { page: mei, errors } = await openWindow(browser, meiProgram.ready)
    const { page: lan } = await openWindow(browser, lanProgram.ready)
    await mei.getByRole('button', { name: 'Send to many' }).click()
    await mei.getByRole('button', { name: 'New message to many' }).click()
    await mei.getByRole('button', { name: 'Paste a table' }).click()
    await mei.getByLabel('Rows of a table').fill('Name\tAddress\nLan Chen\tlan\nWei\twei')
    await mei.getByRole('button', { name: 'Add 2 people' }).click()
    await mei.locator('.people-count', { hasText: '2 people' }).waitFor()

    await drop(mei, '.words', [{ name: 'lake.png', type: 'image/png', drawn: [640, 480] }])
    await mei.locator('.attached .tile img').waitFor()
    await mei.getByRole('button', { name: 'Attach' }).click()
    await mei.getByRole('menuitem', { name: 'Location' }).click()
    await mei.getByLabel('Where').fill('30.2489, 120.1508')
    await mei.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await mei.getByRole('textbox', { name: 'Message to each' }).fill('Dear {Name}, meet us here')
    const preview = mei.locator('.preview-thread')
    await preview.locator('img').waitFor()
    await expect.poll(() => preview.textContent()).toContain('Dear Lan Chen, meet us here')
    await expect.poll(() => preview.textContent()).toContain('30.24890')
    expect(await seriousViolations(mei)).toEqual([])

    await mei.getByRole('button', { name: 'Send…' }).click()
    await mei.getByRole('dialog', { name: 'Send to 2 people?' }).getByRole('button', { name: 'Send now' }).click()
    await lan.getByRole('list', { name: 'Conversations' }).getByRole('button').first().click()
    await lan.waitForFunction(() => (document.querySelector('.bubble .picture-full') as HTMLImageElement | null)?.naturalWidth === 640)
    await lan.locator('.bubble', { hasText: 'Dear Lan Chen, meet us here' }).waitFor()
    await lan.locator('.bubble .place').waitFor()
    await mei.locator('.recipient', { hasText: 'Lan Chen' }).filter({ hasText: 'Read' }).waitFor()
    await mei.locator('.sent-what .enclosed-file', { hasText: 'lake.png' }).locator('img').waitFor()
    await mei.locator('.sent-what .enclosed-file', { hasText: '30.24890' }).waitFor()
    expect(await seriousViolations(mei)).toEqual([])

    // Their own conversation shows it as any other picture.
    await mei.locator('.recipient', { hasText: 'Lan Chen' }).click()
    await mei.waitForFunction(() => (document.querySelector('.bubble.own .picture-full') as HTMLImageElement | null)?.naturalWidth === 640)

    // Written again, the same picture and place are there.
    await mei.getByRole('button', { name: 'Send to many' }).click()
    await mei.getByRole('button', { name: 'More about Send to many' }).click()
    await mei.getByRole('menuitem', { name: 'Write to them again' }).click()
    await mei.locator('.attached .tile', { hasText: 'lake.png' }).waitFor()
    await mei.locator('.attached .enclosed-file', { hasText: '30.24890' }).waitFor()
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([])
  })

  it('ten thousand rows are pasted, read and looked through', async () => {
    const relay = await startRelay(['mei'])
    const program = await startPerson('mei', relay.uri)
    const { page } = await openWindow(browser, program.ready)
    await page.getByRole('button', { name: 'Send to many' }).click()
    await page.getByRole('button', { name: 'New message to many' }).click()
    await page.getByRole('button', { name: 'Paste a table' }).click()
    await pasteRows(page, ['Name\tPhone', ...Array.from({ length: 10_000 }, (_, i) => `Guest ${i}\t138${String(i).padStart(8, '0')}`)].join('\n'))
    await page.getByRole('button', { name: 'Add 10,000 people' }).click()
    await page.locator('.people-count', { hasText: '10,000 people' }).waitFor()
    await page.getByRole('textbox', { name: 'Message to each' }).fill('Dear {Name}')
    await page.getByRole('searchbox', { name: 'Find among them' }).fill('Guest 9999')
    await expect.poll(() => page.locator('.table-grid tbody tr').count()).toBe(1)
    await page.getByRole('button', { name: 'Previous person' }).click()
    await expect.poll(() => page.locator('.preview-bubble').textContent()).toBe('Dear Guest 9999')
  })
})
