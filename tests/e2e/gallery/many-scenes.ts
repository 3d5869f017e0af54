import type { Page } from 'playwright-core'
import type { Scene } from './scenes'
import { drop } from './to-send'

/** Opens sending to many. */
async function toMany(page: Page): Promise<void> {
  await page.locator('.item').first().waitFor()
  await page.locator('.rail-button').nth(1).click()
  await page.locator('.many').waitFor()
}
const guests = (lang: 'zh' | 'en', count: number): string => [
  lang === 'zh' ? '姓名\t手机号码\t座位' : 'Name\tMobile number\tSeat',
  ...Array.from({ length: count }, (_, i) => [
    i % 13 === 5 ? '' : lang === 'zh' ? ['王伟', '李娜', '欧阳震华', '张敏'][i % 4]! : ['Mei Wang', 'Lan Chen', 'Alexander Featherstonehaugh-Cholmondeley', 'Yun Li'][i % 4]!,
    i === 7 ? '1.38E+10' : i === 9 ? '' : i === 12 ? '138 0000 0003' : `138 0000 ${String(i).padStart(4, '0')}`, ['12A', '7C', '', '3F'][i % 4]!,
  ].join('\t')),
].join('\n')
const langOf = (page: Page): 'zh' | 'en' => (page.url().includes('lang=zh') ? 'zh' : 'en')
/** As a spreadsheet's rows come out of the clipboard. */
export async function pasteRows(page: Page, text: string): Promise<void> {
  await page.locator('.paste-field').evaluate((element, rows) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', rows)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}
/** A message to many, made ready as far as the last button. */
async function makeReady(page: Page, count = 312): Promise<void> {
  await toMany(page)
  await page.locator('.many .button-primary').first().click()
  await page.locator('.people .button').first().click()
  await pasteRows(page, guests(langOf(page), count))
  await page.locator('.paste .button-primary').click()
  await page.locator('.table-grid').waitFor()
  await page.locator('.words-field').fill(langOf(page) === 'zh' ? '{姓名}，元宵节快乐！\n周六晚六点聚餐，您的座位是{座位|自选}，请带{礼物}。' : 'Dear {Name}, happy Lantern Festival!\nDinner is on Saturday at six; your seat is {Seat|free}. Bring {gift}.')
}
/** With two pictures, a sheet and a place for each. */
async function attach(page: Page): Promise<void> {
  await makeReady(page)
  await drop(page, '.words', [
    { name: 'IMG_20260512_0907.jpg', type: 'image/jpeg', drawn: [4_032, 2_646] }, { name: 'West Lake.png', type: 'image/png', drawn: [900, 1_200] },
    { name: langOf(page) === 'zh' ? '菜单（周六晚）.pdf' : 'Menu for Saturday evening.pdf', type: 'application/pdf', filled: 240_000 },
  ])
  await page.locator('.attached .tile img').nth(1).waitFor()
  await page.locator('.attached-line .icon-button').first().click()
  await page.getByRole('menuitem').nth(2).click()
  await page.locator('.picker input').first().fill('30.2489, 120.1508')
  await page.locator('.picker input').nth(1).fill(langOf(page) === 'zh' ? '楼外楼，孤山路 30 号' : 'Louwailou, 30 Gushan Road')
  await page.locator('.picker .button-primary').click()
  await page.locator('.attached .enclosed-file').waitFor()
}
const sentView = async (page: Page): Promise<void> => {
  await toMany(page)
  await page.locator('.many-row').first().click()
  await page.locator('.recipient').first().waitFor()
}

/** Views of sending to many. */
export const manyScenes: Scene[] = [
  { name: 'many-empty', steps: toMany },
  { name: 'many-home', query: 'many-sent=running&job=many', steps: toMany },
  { name: 'many-new', query: 'many-sent=failed', async steps(page) {
    await toMany(page)
    await page.locator('.many .button-primary').first().click()
    await page.locator('.people').waitFor()
  } },
  { name: 'many-paste', async steps(page) {
    await toMany(page)
    await page.locator('.many .button-primary').first().click()
    await page.locator('.people .button').first().click()
    await pasteRows(page, guests(langOf(page), 312))
    await page.locator('.paste-found').waitFor()
  } },
  { name: 'many-pick', async steps(page) {
    await toMany(page)
    await page.locator('.many .button-primary').first().click()
    await page.locator('.people .button').nth(2).click()
    await page.locator('.choose-scroller input').nth(1).check()
    await page.locator('.choose-scroller input').nth(3).check()
  } },
  { name: 'many-ready', steps: (page) => makeReady(page) },
  { name: 'many-ready-down', async steps(page) {
    await makeReady(page)
    await page.locator('.many-page').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.locator('.preview-steps .icon-button').last().click()
  } },
  { name: 'many-confirm', async steps(page) {
    await makeReady(page)
    await page.locator('.many-foot .button-primary').click()
    await page.locator('.confirm .choice-option').nth(2).click()
  } },
  { name: 'many-attached', steps: attach },
  { name: 'many-attached-down', async steps(page) {
    await attach(page)
    await page.locator('.many-page').evaluate((element) => element.scrollTo(0, element.scrollHeight))
  } },
  { name: 'many-drop', async steps(page) {
    await makeReady(page)
    await drop(page, '.words', [{ name: 'a.jpg', type: 'image/jpeg', filled: 1 }], 'over')
  } },
  { name: 'many-uploading', query: 'many-sent=uploading&job=many-up', steps: sentView },
  { name: 'many-not-up', query: 'many-sent=not-up', steps: sentView },
  { name: 'many-files', query: 'many-sent=files', steps: sentView },
  { name: 'many-files-home', query: 'many-sent=files', steps: toMany },
  { name: 'many-running', query: 'many-sent=running&job=many', steps: sentView },
  { name: 'many-stopped', query: 'many-sent=stopped', steps: sentView },
  { name: 'many-failed', query: 'many-sent=failed', async steps(page) {
    await sentView(page)
    await page.locator('.sent-filter .choice-option').nth(1).click()
    await page.locator('.recipient-fault').first().waitFor()
  } },
]
