import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { ScriptedJournal, seeded } from './journal'
import { caughtUp, openStage, type Stage } from './stage'

const here = findChromium() !== undefined
const mei = 'sip:mei@test'

describe.skipIf(!here)(`a rebuild of the store in Chromium${here ? '' : ` (${noChromium})`}`, { timeout: 60_000 }, () => {
  let stage: Stage
  beforeAll(async () => void (stage = await openStage()), 60_000)
  afterAll(() => stage.close())

  /** A journal of `count` changes, none of them with Mei, who has `own` messages. */
  const makeJournal = (count: number, own = 70): ScriptedJournal => {
    const random = seeded(count)
    const journal = new ScriptedJournal()
    for (let i = 0; i < count; i++) journal.happen(random, 30)
    for (let i = 0; i < own; i++) journal.say(mei, `mei ${i}`)
    return journal
  }
  /** Lets `n` fillings through and holds the next, until told to go on. */
  const holdAfter = (journal: ScriptedJournal, n: number): { isHeld: () => boolean; goOn: () => void } => {
    const answer = journal.filling.bind(journal)
    let goOn = () => {}
    let held = false
    let left = n
    const closed = new Promise<void>((resolve) => (goOn = resolve))
    journal.filling = (cursor, pages) => {
      if (--left === 0) {
        held = true
        journal.gate = closed
      }
      return answer(cursor, Math.min(pages, 5))
    }
    return { isHeld: () => held, goOn: () => { journal.gate = Promise.resolve(); goOn() } }
  }
  const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
    await expect.poll(isTrue, { timeout: 15_000, interval: 10 }).toBe(true)
  }
  const start = async (journal: ScriptedJournal, name: string, page?: Page): Promise<Page> => {
    const opened = page ?? await stage.open(journal)
    await opened.evaluate((id) => window.play.start(id), name)
    return opened
  }
  const grew = (page: Page, journal: ScriptedJournal) => page.evaluate((n) => window.play.grew(n), journal.newest)
  const row = (page: Page, name: string) => page.evaluate((id) => window.play.row(id), name)
  const ours = async (page: Page, name: string) => (await page.evaluate(() => window.play.databases())).filter((one) => one.includes(name))

  it('shows the list and the end of every conversation first, and live messages while the rest is filled', async () => {
    const journal = makeJournal(9_000)
    const held = holdAfter(journal, 14)
    const page = await start(journal, 'first')
    await until(() => held.isHeld())
    await page.evaluate((id) => window.play.follow('first', id, 1), mei)
    await page.waitForFunction(() => window.play.lists.at(-1)?.length === 31)
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 20)
    expect(await page.evaluate(() => window.play.whole('first'))).toBe(0)
    journal.say(mei, 'while it is filled')
    await grew(page, journal)
    held.goOn()
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 21)
    expect(await caughtUp(page, 'first', journal)).toEqual(journal.contents())
    expect((await row(page, 'first'))?.ended).toMatchObject({ at: 'done' })
    await page.close()
  })

  it.each([5, 6, 7])('equals the journal though everything changes while it is filled and rebuilt (seed %i)', async (seed) => {
    const random = seeded(seed)
    const journal = makeJournal(4_000)
    const name = `busy-${seed}`
    const answer = journal.filling.bind(journal)
    // Every answer is followed by changes, to what was just read and to what comes next.
    journal.filling = (cursor, pages) => {
      const page = answer(cursor, Math.min(pages, 7))
      for (let i = 0; i < 40; i++) journal.happen(random, 30)
      return page
    }
    const page = await start(journal, name)
    for (let round = 0; round < 10; round++) await grew(page, journal)
    expect(await caughtUp(page, name, journal)).toEqual(journal.contents())
    await page.evaluate((id) => window.play.rebuild(id), name)
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 30; i++) journal.happen(random, 30)
      await grew(page, journal)
    }
    await until(async () => (await row(page, name))?.building === undefined)
    await grew(page, journal)
    expect(await caughtUp(page, name, journal)).toEqual(journal.contents())
    await page.close()
  })

  it('is built beside the one that is read, which follows meanwhile; then every tab moves over and the old one goes', async () => {
    const journal = makeJournal(6_000)
    const page = await start(journal, 'beside')
    await caughtUp(page, 'beside', journal)
    const other = await stage.open(journal)
    for (const tab of [page, other]) {
      await tab.evaluate((id) => window.play.follow('beside', id, 1), mei)
      await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 20 && window.play.lists.at(-1)?.length === 31)
    }
    const before = (await row(page, 'beside'))!
    const held = holdAfter(journal, 12)
    // Asked for in the tab that does not project.
    await other.evaluate(() => window.play.rebuild('beside'))
    await until(() => held.isHeld())
    journal.say(mei, 'meanwhile')
    await grew(page, journal)
    for (const tab of [page, other]) await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 21)
    await page.waitForFunction(() => (window.play.reports.at(-1)?.rebuild?.done ?? 0) > 0)
    expect((await row(page, 'beside'))?.reading).toBe(before.reading)
    held.goOn()
    await until(async () => (await row(page, 'beside'))?.building === undefined)
    const after = (await row(page, 'beside'))!
    expect(after.reading).not.toBe(before.reading)
    expect(after.ended).toMatchObject({ at: 'done', messages: journal.contents().messages.length - 1 })

    journal.say(mei, 'afterwards')
    await grew(page, journal)
    for (const tab of [page, other]) {
      await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 22)
      // Nothing was taken away on the way: neither list nor page was ever shorter than before.
      const lengths = await tab.evaluate(() => [window.play.seen, window.play.lists].map((told) => told.map((value) => value?.length ?? 0)))
      for (const told of lengths) expect(told).toEqual([...told].sort((a, b) => a - b))
    }
    expect(await caughtUp(page, 'beside', journal)).toEqual(journal.contents())
    await until(async () => (await ours(page, 'beside')).length === 1)
    for (const tab of [page, other]) await tab.close()
  })

  it('is cancelled: the old one stays and follows on, nothing else is left', async () => {
    const journal = makeJournal(4_000)
    const page = await start(journal, 'cancelled')
    await caughtUp(page, 'cancelled', journal)
    const before = (await row(page, 'cancelled'))!
    const held = holdAfter(journal, 4)
    await page.evaluate(() => window.play.rebuild('cancelled'))
    await until(() => held.isHeld())
    expect(await ours(page, 'cancelled')).toHaveLength(2)
    await page.evaluate(() => window.play.cancel('cancelled'))
    held.goOn()
    await until(async () => (await ours(page, 'cancelled')).length === 1)
    expect(await row(page, 'cancelled')).toMatchObject({ reading: before.reading, ended: { at: 'cancelled' } })
    journal.say(mei, 'after all')
    await grew(page, journal)
    expect(await caughtUp(page, 'cancelled', journal)).toEqual(journal.contents())
    await page.waitForFunction(() => window.play.reports.at(-1)?.at === 'live' && !window.play.reports.at(-1)?.rebuild)
    await page.close()
  })

  it.each(['a first filling', 'a rebuild'])('goes on where it was when the page was killed in the middle of %s', async (what) => {
    const isFirst = what === 'a first filling'
    const name = isFirst ? 'killed-first' : 'killed-rebuild'
    const journal = makeJournal(12_000)
    let page: Page | undefined
    if (!isFirst) {
      page = await start(journal, name)
      await caughtUp(page, name, journal)
      await page.evaluate((id) => window.play.rebuild(id), name)
    }
    const cursors: (string | null)[] = []
    const held = holdAfter(journal, 30)
    const answer = journal.filling.bind(journal)
    journal.filling = (cursor, pages) => {
      cursors.push(cursor)
      return answer(cursor, pages)
    }
    page ??= await start(journal, name)
    await until(() => held.isHeld())
    await page.close()
    const before = cursors.splice(0)
    expect(before[0]).toBeNull()
    for (let i = 0; i < 50; i++) journal.say(mei, `away ${i}`)
    held.goOn()

    const again = await start(journal, name)
    await until(async () => cursors.length > 0 && (await row(again, name))?.building === undefined)
    expect(await caughtUp(again, name, journal)).toEqual(journal.contents())
    expect(cursors).not.toContain(null)
    await again.close()
  })

  it('begins anew when the journal is replaced in the middle of it', async () => {
    const journal = makeJournal(6_000)
    const page = await start(journal, 'replaced-filling')
    await caughtUp(page, 'replaced-filling', journal)
    const held = holdAfter(journal, 4)
    await page.evaluate(() => window.play.rebuild('replaced-filling'))
    await until(() => held.isHeld())
    journal.becomesCopy(makeJournal(3_000, 40))
    held.goOn()
    await grew(page, journal)
    await until(async () => (await row(page, 'replaced-filling'))?.building === undefined)
    expect(await caughtUp(page, 'replaced-filling', journal)).toEqual(journal.contents())
    await page.close()
  })

  it('fills another when its database is deleted under everybody, and when all of them are', async () => {
    const journal = makeJournal(3_000)
    const page = await start(journal, 'lost')
    await caughtUp(page, 'lost', journal)
    await page.evaluate((id) => window.play.follow('lost', id, 1), mei)
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 20)
    await page.evaluate(() => window.play.loseDatabase('lost'))
    journal.say(mei, 'after the first loss')
    await grew(page, journal)
    expect(await caughtUp(page, 'lost', journal)).toEqual(journal.contents())
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 21)

    const browser = await stage.context.newCDPSession(page)
    await browser.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' })
    expect(await caughtUp(page, 'lost', journal)).toEqual(journal.contents())
    journal.say(mei, 'after the second')
    await grew(page, journal)
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 22)
    await page.close()
  })

  it('waits for room and goes on by itself', async () => {
    const journal = makeJournal(2_000)
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.startFailing('room', ['QuotaExceededError', 'QuotaExceededError', 'QuotaExceededError']))
    expect(await caughtUp(page, 'room', journal)).toEqual(journal.contents())
    const failed = await page.evaluate(() => window.play.reports.filter(({ at }) => at === 'failed'))
    expect(failed).toMatchObject(Array(3).fill({ fault: { code: 'disk-full' }, isRebuilding: false }))
    await page.close()
  })

  it('replaces a database of another layout', async () => {
    const journal = makeJournal(500)
    const page = await stage.open(journal)
    const old = await page.evaluate(() => window.play.makeOther('layout', 1))
    await page.evaluate(() => window.play.makeDatabase('yanxin-layout'))
    expect(await page.evaluate(() => window.play.databases())).toContain(old)
    await start(journal, 'layout', page)
    expect(await caughtUp(page, 'layout', journal)).toEqual(journal.contents())
    await until(async () => (await ours(page, 'layout')).length === 1)
    expect(await ours(page, 'layout')).not.toContain(old)
    await page.close()
  })
})
