import type { Page } from 'playwright-core'
import { manyScenes } from './many-scenes'
import { shareScenes } from './share-scenes'
import { drop, placed } from './to-send'

/** A view of the window: what the gallery is asked for, and what a person does until it is there. */
export interface Scene {
  name: string
  query?: string
  steps?: (page: Page) => Promise<void>
}

/** Opens the conversation whose address begins so, as a click in the list would; also where the list is long. */
export async function openIn(page: Page, start: string): Promise<void> {
  await page.locator('.item').first().waitFor()
  const row = page.locator(`.item[data-id^="${start}"]`)
  for (let tries = 0; tries < 40 && (await row.count()) === 0; tries++) {
    await page.locator('.list-scroller').evaluate((element) => element.scrollBy(0, 400))
    await page.waitForTimeout(30)
  }
  await row.first().click()
  await page.locator('.messages-scroller.placed').waitFor()
}
const open = (start: string) => (page: Page) => openIn(page, start)
const mei = open('sip:mei')
const settle = (page: Page) => page.waitForTimeout(350)

/** Pictures, a document and things that cannot be sent, waiting in the tray. */
async function fillTray(page: Page): Promise<void> {
  await mei(page)
  await drop(page, '.thread-main', [
    { name: 'IMG_20260511_西湖.jpg', type: 'image/jpeg', drawn: [4_032, 3_024], bytes: placed },
    { name: 'IMG_20260511_2.jpg', type: 'image/jpeg', drawn: [1_200, 1_600] },
    { name: 'Contract with the office in Singapore, final version 3.pdf', type: 'application/pdf', bytes: [37, 80, 68, 70], filled: 1_240_000 },
    { name: 'IMG_0042.HEIC', type: 'image/heic', bytes: [0, 0, 0, 24, 102, 116, 121, 112, 104, 101, 105, 99], filled: 1_900_000 },
    { name: 'notes.txt', type: 'text/plain' },
  ])
  await page.locator('.tile').nth(3).waitFor()
  await page.locator('.choice-option', { hasText: '2048' }).waitFor()
  await page.waitForFunction(() => !document.querySelector('.tile-look.waits'))
}

/** Opens the dialog in which a place is chosen. */
async function pick(page: Page): Promise<void> {
  await open('sip:yun')(page)
  await page.locator('.composer .icon-button').first().click()
  await page.locator('.menu-item').nth(2).click()
  await page.locator('.picker').waitFor()
}

/** The viewer over the first of nine pictures. */
export async function openPictures(page: Page): Promise<void> {
  await open('sip:photos')(page)
  await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, 1_500))
  await page.locator('.grid.columns-3 .picture-open').first().click()
  await page.locator('.viewer').waitFor()
}

export const scenes: Scene[] = [
  ...manyScenes, ...shareScenes,
  { name: 'tray', steps: fillTray },
  {
    name: 'tray-note',
    async steps(page) {
      await fillTray(page)
      await page.locator('.tile-face').nth(3).click()
      await page.locator('.choices-note').first().waitFor()
    },
  },
  {
    name: 'attach-menu',
    async steps(page) {
      await mei(page)
      await page.locator('.composer .icon-button').first().click()
      await page.locator('.menu-item').first().waitFor()
    },
  },
  {
    name: 'recording',
    async steps(page) {
      await mei(page)
      await page.locator('.composer .icon-button').last().press('Enter')
      await page.waitForFunction(() => /^0:0[3-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
    },
  },
  {
    name: 'recorded',
    async steps(page) {
      await mei(page)
      await page.locator('.composer .icon-button').last().press('Enter')
      await page.waitForFunction(() => /^0:0[3-9]/.test(document.querySelector('.recording-time')?.textContent ?? ''))
      await page.locator('.recording .recording-first').press('Enter')
      await page.locator('.recording audio').waitFor({ state: 'attached' })
    },
  },
  {
    name: 'sent-files',
    async steps(page) {
      await fillTray(page)
      await page.locator('.composer-field').fill('看看这些 / Have a look')
      await page.locator('.composer-field').press('Enter')
      await page.locator('.bubble.own img').first().waitFor()
    },
  },
  {
    name: 'drop',
    async steps(page) {
      await mei(page)
      await drop(page, '.thread-main', [{ name: 'a.txt', type: 'text/plain', bytes: [1] }], 'over')
      await page.locator('.catch-words').waitFor()
    },
  },
  { name: 'places', steps: open('sip:yun') },
  { name: 'places-map', query: 'tiles=1', steps: open('sip:yun') },
  {
    name: 'contact',
    async steps(page) {
      await open('sip:yun')(page)
      await page.locator('.contact').first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'contact-picker',
    async steps(page) {
      await open('sip:yun')(page)
      await page.locator('.composer .icon-button').first().click()
      await page.locator('.menu-item').nth(3).click()
      await page.locator('.contacts-row').first().waitFor()
    },
  },
  { name: 'place-picker', steps: pick },
  {
    name: 'place-picker-map', query: 'tiles=1',
    async steps(page) {
      await pick(page)
      await page.locator('.picker input').first().fill('https://uri.amap.com/marker?position=116.4074,39.9042&name=%E5%85%AC%E5%8F%B8')
      await page.locator('.picker-found .icon').waitFor()
    },
  },
  {
    name: 'place-picker-wrong',
    async steps(page) {
      await pick(page)
      await page.locator('.picker input').first().fill('https://maps.app.goo.gl/abcdefgh')
      await page.locator('.picker [type=submit]').click()
      await page.locator('.picker .field.wrong').waitFor()
    },
  },
  { name: 'settings-map', query: 'tiles=1', async steps(page) {
    await page.locator('.item').first().waitFor()
    await page.keyboard.press('Control+,')
    await page.locator('#settings-map').scrollIntoViewIfNeeded()
  } },
  { name: 'welcome', query: 'account=none' },
  {
    name: 'welcome-errors', query: 'account=none&fault=wrong-password',
    async steps(page) {
      const fields = page.locator('.sign-in input')
      await fields.nth(0).fill('mei@yan.example')
      await fields.nth(1).fill('secret')
      await page.locator('.sign-in [type=submit]').click()
      await page.locator('.field.wrong').waitFor()
    },
  },
  { name: 'none', async steps(page) { await page.locator('.item').first().waitFor() } },
  { name: 'thread', steps: mei },
  { name: 'unread', steps: open('tel:+8613800138000') },
  { name: 'failed', steps: open('sip:chenxiaoming') },
  { name: 'long', steps: open('sip:zhao') },
  {
    name: 'unfolded',
    async steps(page) {
      await open('sip:zhao')(page)
      await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, 0))
      await page.locator('.text-fold').first().click()
      await settle(page)
    },
  },
  { name: 'empty-thread', steps: open('sip:new.friend') },
  { name: 'empty', query: 'list=empty', async steps(page) { await page.locator('.empty').first().waitFor() } },
  { name: 'loading', query: 'list=loading', async steps(page) { await page.locator('.skeleton').first().waitFor() } },
  { name: 'offline', query: 'link=waiting', steps: mei },
  { name: 'stopped', query: 'link=stopped', steps: mei },
  { name: 'lost', query: 'line=lost', steps: mei },
  { name: 'refused', query: 'line=refused' },
  {
    name: 'typing',
    async steps(page) {
      await mei(page)
      await page.evaluate(() => window.stage.typing('sip:mei@yan.example', 60_000))
      await page.locator('.typing .dots').waitFor()
    },
  },
  {
    name: 'composing',
    async steps(page) {
      await mei(page)
      await page.locator('.composer-field').fill('first line 第一行\nsecond line 第二行\nthird 第三行\nfourth\nfifth\nsixth\nseventh\neighth\nninth\ntenth')
      await settle(page)
    },
  },
  {
    name: 'scrolled-up',
    async steps(page) {
      await mei(page)
      await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
      await page.waitForTimeout(500)
      await page.evaluate(() => { for (let n = 0; n < 3; n++) window.stage.receive('sip:mei@yan.example', `news ${n}`) })
      await settle(page)
    },
  },
  {
    name: 'journey',
    async steps(page) {
      await mei(page)
      await page.locator('.row[data-index="9994"] .meta').click()
      await page.locator('.hop').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'journey-failed',
    async steps(page) {
      await open('sip:chenxiaoming')(page)
      await page.locator('.bubble-fault button').nth(1).click()
      await page.locator('.hop.bad').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'peer',
    async steps(page) {
      await mei(page)
      await page.locator('.head-who').click()
      await page.locator('.peer').waitFor()
      await settle(page)
    },
  },
  {
    name: 'search-here',
    async steps(page) {
      await mei(page)
      await page.keyboard.press('Control+f')
      await page.locator('.panel input').fill('3')
      await page.locator('.hit').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'search-all',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Control+Shift+F')
      await page.locator('.list-search input').fill('a')
      await page.locator('.hit').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'search-building',
    query: 'index=building',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.locator('.list-search input').fill('birth')
      await page.locator('.coverage').waitFor()
      await settle(page)
    },
  },
  {
    name: 'search-nothing',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.locator('.list-search input').fill('zzzz')
      await page.locator('.empty').first().waitFor()
      await settle(page)
    },
  },
  {
    name: 'menu',
    async steps(page) {
      await mei(page)
      await page.locator('.row[data-index="9994"] .bubble').click({ button: 'right' })
      await page.locator('[role=menu]').waitFor()
      await settle(page)
    },
  },
  {
    name: 'emoji',
    async steps(page) {
      await mei(page)
      await page.locator('.composer').getByRole('button', { name: /Emoji|表情/ }).click()
      await page.locator('.emoji').waitFor()
      await settle(page)
    },
  },
  { name: 'new', async steps(page) { await page.locator('.item').first().waitFor(); await page.keyboard.press('Alt+n'); await page.locator('.dialog').waitFor(); await settle(page) } },
  { name: 'keys', async steps(page) { await page.locator('.item').first().waitFor(); await page.keyboard.press('Control+/'); await page.locator('.dialog').waitFor(); await settle(page) } },
  ...['whole', 'cancelled', 'rebuilding', 'full', 'filling'].map((storage): Scene => ({
    name: `storage-${storage}`, query: `storage=${storage}`,
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Control+,')
      await page.locator('[aria-labelledby=settings-storage]').scrollIntoViewIfNeeded()
    },
  })),
  { name: 'settings', async steps(page) { await page.locator('.item').first().waitFor(); await page.keyboard.press('Control+,'); await page.locator('.settings').waitFor() } },
  { name: 'account', query: 'account=trial', async steps(page) { await page.locator('.rail-account').click(); await page.locator('[role=menu]').waitFor(); await settle(page) } },
  { name: 'files', steps: open('sip:group-1') },
  ...[['pictures', 0], ['pictures-several', 3], ['media', 6], ['media-rows', 9], ['transfers', 11], ['transfers-down', 14]].map(([name, place]): Scene => ({
    name: name as string, query: 'job=files',
    async steps(page) {
      await open('sip:photos')(page)
      await page.locator('.messages-scroller').evaluate((element) => element.scrollTo(0, 0))
      await page.locator('.row[data-index="0"] .bubble').waitFor()
      for (let tries = 0; tries < 30 && (await page.locator(`.row[data-index="${place}"] .bubble`).count()) === 0; tries++) {
        await page.locator('.messages-scroller').evaluate((element) => element.scrollBy(0, 300))
        await page.waitForTimeout(40)
      }
      await page.locator(`.row[data-index="${place}"]`).evaluate((element) => element.scrollIntoView({ block: 'start' }))
      await page.waitForTimeout(500)
      await page.evaluate(() => window.stage.goOn())
      await settle(page)
    },
  })),
  {
    name: 'viewer',
    async steps(page) {
      await openPictures(page)
      await page.keyboard.press('ArrowRight')
      await page.locator('.viewer-picture:not(.waits)').waitFor()
      await settle(page)
    },
  },
  {
    name: 'viewer-near',
    async steps(page) {
      await openPictures(page)
      await page.locator('.viewer-picture:not(.waits)').waitFor()
      for (let n = 0; n < 4; n++) await page.keyboard.press('+')
      await settle(page)
    },
  },
  { name: 'kept', steps: open('sip:ICBC') },
  ...[['import', ''], ['import-reading', 'reading'], ['import-done', 'done'], ['import-wrong', 'wrong']].map(([name, job]): Scene => ({
    name: name!, query: `job=${job}`,
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Control+,')
      await page.locator('.import').scrollIntoViewIfNeeded()
      await settle(page)
    },
  })),
  {
    name: 'import-full',
    async steps(page) {
      await page.locator('.item').first().waitFor()
      await page.keyboard.press('Control+,')
      await page.locator('.import-field').setInputFiles({ name: 'sms.xml', mimeType: 'text/xml', buffer: Buffer.from('<smses/>') })
      await page.locator('.import-end').scrollIntoViewIfNeeded()
      await settle(page)
    },
  },
  {
    name: 'sign-out',
    async steps(page) {
      await page.locator('.rail-account').click()
      await page.locator('[role=menuitem]').last().click()
      await page.locator('.dialog').waitFor()
      await settle(page)
    },
  },
  {
    name: 'toast', query: 'fault=not-allowed',
    async steps(page) {
      await open('sip:zhao')(page)
      await page.locator('.bubble a').first().click()
      await page.locator('.toast').waitFor()
      await settle(page)
    },
  },
  {
    name: 'welcome-more', query: 'account=none',
    async steps(page) {
      await page.locator('.sign-in-more').click()
      const fields = page.locator('.sign-in input')
      for (const [nth, text] of ['mei@yan.example', 'secret', '', 'ftp://files.example'].entries()) await fields.nth(nth).fill(text)
      await page.locator('.sign-in [type=submit]').click()
      await page.locator('.field.wrong').waitFor()
    },
  },
  {
    name: 'tray-large', query: 'limit=1500000',
    async steps(page) {
      await mei(page)
      await drop(page, '.thread-main', [
        { name: 'IMG_20260511_2.jpg', type: 'image/jpeg', drawn: [1_200, 1_600] }, { name: '日出.mp4', type: 'video/mp4', bytes: [0], filled: 1_900_000 },
      ])
      await page.locator('.tray-refused').waitFor()
      await page.waitForFunction(() => !document.querySelector('.tile-look.waits'))
    },
  },
  {
    name: 'no-microphone',
    async steps(page) {
      await mei(page)
      await page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')) })
      await page.locator('.composer .icon-button').last().click()
      await page.locator('.recording-failed').waitFor()
    },
  },
]
