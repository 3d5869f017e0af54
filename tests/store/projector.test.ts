import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, noChromium } from '../fakes/chromium'
import { ScriptedJournal, seeded } from './journal'
import { caughtUp, openStage, type Stage } from './stage'

const here = findChromium() !== undefined

describe.skipIf(!here)(`the store in Chromium${here ? '' : ` (${noChromium})`}`, { timeout: 60_000 }, () => {
  let stage: Stage
  beforeAll(async () => void (stage = await openStage()), 60_000)
  afterAll(() => stage.close())

  it.each([1, 2, 3, 4])('equals the journal after any sequence of changes (seed %i)', async (seed) => {
    const random = seeded(seed)
    const journal = new ScriptedJournal()
    const name = `random-${seed}`
    for (let i = 0; i < 500; i++) journal.happen(random, 8)
    const page = await stage.open(journal)
    await page.evaluate((id) => window.play.start(id), name)
    // Changes go on while it projects, told one by one or not at all.
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 1 + random() * 80; i++) journal.happen(random, 8)
      await page.evaluate((n) => window.play.grew(n), journal.newest)
    }
    expect(await caughtUp(page, name, journal)).toEqual(journal.contents())
    await page.close()
  })

  it('goes on after a worker was cut off and a page was closed in the middle', async () => {
    const random = seeded(9)
    const journal = new ScriptedJournal()
    for (let i = 0; i < 8_000; i++) journal.happen(random, 40)
    let page = await stage.open(journal)
    for (let cut = 0; cut < 6; cut++) {
      const before = await page.evaluate(() => window.play.applied('cut'))
      await page.evaluate(() => window.play.start('cut'))
      if (before < journal.newest) await page.waitForFunction((n) => window.play.applied('cut').then((now) => now > n), before)
      for (let i = 0; i < 1_500; i++) journal.happen(random, 40)
      await page.evaluate((n) => window.play.grew(n), journal.newest)
      if (cut % 2) await page.evaluate(() => window.play.stop())
      else {
        await page.close()
        page = await stage.open(journal)
      }
    }
    await page.evaluate(() => window.play.start('cut'))
    expect(await caughtUp(page, 'cut', journal)).toEqual(journal.contents())
    await page.close()
  })

  it('is projected by one tab at a time, seen by both, and taken over when that tab closes', async () => {
    const [mine, theirs] = [new ScriptedJournal(), new ScriptedJournal()]
    // Both tabs have the same journal behind them; two objects count who asks.
    const say = (text: string) => [mine, theirs].forEach((journal) => journal.say('sip:mei@test', text))
    say('one')
    const first = await stage.open(mine)
    await first.evaluate(() => window.play.start('tabs'))
    await caughtUp(first, 'tabs', mine)
    const second = await stage.open(theirs)
    await second.evaluate(() => {
      window.play.start('tabs')
      window.play.follow('tabs', 'sip:mei@test', 0)
    })
    say('two')
    await first.evaluate((n) => window.play.grew(n), mine.newest)
    await second.evaluate((n) => window.play.grew(n), mine.newest)
    await second.waitForFunction(() => window.play.seen.at(-1)?.length === 2)
    expect(theirs.asked).toBe(0)
    // The one that waits still hears how far the other is.
    await second.waitForFunction(() => window.play.reports.at(-1)?.at === 'live')

    await first.close()
    say('three')
    await second.evaluate((n) => window.play.grew(n), mine.newest)
    await second.waitForFunction(() => window.play.seen.at(-1)?.length === 3)
    expect(theirs.asked).toBeGreaterThan(0)
    expect(await caughtUp(second, 'tabs', theirs)).toEqual(theirs.contents())
    await second.close()
  })

  it('has windows look again at what somebody wrote who died before it could say so', async () => {
    const journal = new ScriptedJournal()
    journal.say('sip:mei@test', 'one')
    const dying = await stage.open(journal)
    await dying.evaluate(() => window.play.startFailing('untold', []))
    await caughtUp(dying, 'untold', journal)
    const tab = await stage.open(journal)
    await tab.evaluate(() => window.play.follow('untold', 'sip:mei@test', 0))
    await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 1 && window.play.lists.length === 1)

    // From here on its commits are its last words.
    await dying.evaluate(() => void (BroadcastChannel.prototype.postMessage = () => {}))
    journal.say('sip:mei@test', 'two')
    await dying.evaluate((n) => window.play.grew(n), journal.newest)
    await caughtUp(dying, 'untold', journal)
    await dying.close()
    await tab.evaluate(() => window.play.start('untold'))
    await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 2 && window.play.lists.at(-1)?.[0]?.count === 2)
    await tab.close()
  })

  it('starts anew when the journal was replaced by an older one', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 120; i++) journal.say('sip:mei@test', `old ${i}`)
    const before = await stage.open(journal)
    await before.evaluate(() => window.play.start('replaced'))
    await caughtUp(before, 'replaced', journal)
    await before.close()

    const restored = new ScriptedJournal()
    for (let i = 0; i < 30; i++) restored.say(i % 2 ? 'sip:mei@test' : 'sip:lan@test', `restored ${i}`)
    const after = await stage.open(restored)
    await after.evaluate(() => window.play.start('replaced'))
    expect(await caughtUp(after, 'replaced', restored)).toEqual(restored.contents())
    await after.close()
  })

  it('tells an older copy that has grown beyond it by its epoch, and a journal that was only opened again', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 60; i++) journal.say('sip:mei@test', `first ${i}`)
    const page = await stage.open(journal)
    await page.evaluate(() => {
      window.play.start('epochs')
      window.play.follow('epochs', 'sip:mei@test', 0)
    })
    await caughtUp(page, 'epochs', journal)
    const first = await page.evaluate(() => window.play.row('epochs'))
    journal.reopen()
    journal.say('sip:mei@test', 'opened again')
    await page.evaluate((n) => window.play.grew(n), journal.newest)
    expect(await caughtUp(page, 'epochs', journal)).toEqual(journal.contents())
    expect((await page.evaluate(() => window.play.row('epochs')))?.reading).toBe(first?.reading)

    // An older copy: some of it is gone, and it has given the same numbers again to something else.
    const other = new ScriptedJournal()
    for (let i = 0; i < 90; i++) other.say('sip:mei@test', `other ${i}`)
    journal.becomesCopy(other)
    await page.evaluate((n) => window.play.grew(n), journal.newest)
    expect(await caughtUp(page, 'epochs', journal)).toEqual(other.contents())
    await page.waitForFunction(() => window.play.seen.at(-1)?.[0]?.content.kind === 'text' && JSON.stringify(window.play.seen.at(-1)).includes('other 49'))
    await page.close()
  })

  it('reports a full disk, keeps what is there, and goes on by itself when there is room', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 60; i++) journal.say('sip:mei@test', `text ${i}`)
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.startFailing('full', []))
    await caughtUp(page, 'full', journal)
    await page.evaluate(() => window.play.follow('full', 'sip:mei@test', 1))
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 10)
    await page.evaluate(() => {
      window.play.stop()
      window.play.startFailing('full', ['QuotaExceededError', 'QuotaExceededError', 'QuotaExceededError', 'QuotaExceededError'])
    })
    journal.say('sip:mei@test', 'one more')
    await page.evaluate((n) => window.play.grew(n), journal.newest)
    expect(await caughtUp(page, 'full', journal)).toEqual(journal.contents())
    const failed = await page.evaluate(() => window.play.reports.filter((report) => report.at === 'failed'))
    expect(failed).toHaveLength(4)
    for (const report of failed) expect(report).toMatchObject({ fault: { code: 'disk-full' }, isRebuilding: false })
    expect(await page.evaluate(() => window.play.reports.at(-1))).toMatchObject({ at: 'live', applied: journal.newest })
    await page.waitForFunction(() => window.play.seen.at(-1)?.length === 11)
    // The window never stood empty meanwhile.
    expect(await page.evaluate(() => window.play.seen.map((messages) => messages?.length ?? 0))).not.toContain(0)
    await page.close()
  })

  it('throws a broken database away and fills another', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 60; i++) journal.say('sip:mei@test', `text ${i}`)
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.startFailing('broken', []))
    await caughtUp(page, 'broken', journal)
    // This tab and another one read what is about to be thrown away.
    const other = await stage.open(journal)
    for (const tab of [page, other]) {
      await tab.evaluate(() => window.play.follow('broken', 'sip:mei@test', 1))
      await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 10)
    }
    await page.evaluate(() => {
      window.play.stop()
      window.play.startFailing('broken', ['UnknownError'])
    })
    journal.say('sip:mei@test', 'one more')
    await page.evaluate((n) => window.play.grew(n), journal.newest)
    expect(await caughtUp(page, 'broken', journal)).toEqual(journal.contents())
    const failed = await page.evaluate(() => window.play.reports.filter((report) => report.at === 'failed'))
    expect(failed).toMatchObject([{ fault: { code: 'disk-broken' }, isRebuilding: true }])
    for (const tab of [page, other]) {
      await tab.waitForFunction(() => window.play.seen.at(-1)?.length === 11)
      await tab.close()
    }
  })

  it('tries again without throwing anything away when a transaction was only interrupted', async () => {
    const journal = new ScriptedJournal()
    journal.say('sip:mei@test', 'hello')
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.startFailing('interrupted', ['AbortError']))
    expect(await caughtUp(page, 'interrupted', journal)).toEqual(journal.contents())
    const failed = await page.evaluate(() => window.play.reports.filter((report) => report.at === 'failed'))
    expect(failed).toMatchObject([{ fault: { code: 'disk-broken' }, isRebuilding: false }])
    await page.close()
  })

  it('tells how far a long fill is, and asks again when main did not answer', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 6_000; i++) journal.say(`sip:p${i % 20}@test`, `text ${i}`)
    const answer = journal.filling.bind(journal)
    journal.filling = (cursor, pages) => {
      if (journal.fillings === 2 && journal.asked++ === 0) throw new Error('not now')
      return answer(cursor, pages)
    }
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.start('fill'))
    await caughtUp(page, 'fill', journal)
    await page.waitForFunction(() => window.play.reports.at(-1)?.at === 'live')
    const ats = await page.evaluate(() => window.play.reports.map(({ at }) => at))
    expect(ats).toContain('filling')
    expect(ats).toContain('failed')
    await page.close()
  })

  it('reads the list newest first, a message by its place, and the last ones across pages', async () => {
    const journal = new ScriptedJournal()
    for (let i = 0; i < 130; i++) journal.say('sip:mei@test', `mei ${i}`)
    journal.say('sip:lan@test', 'later')
    const page = await stage.open(journal)
    await page.evaluate(() => window.play.start('read'))
    await caughtUp(page, 'read', journal)
    expect((await page.evaluate(() => window.play.conversations('read')))?.map(({ id }) => id)).toEqual(['sip:lan@test', 'sip:mei@test'])
    expect(await page.evaluate(() => window.play.messageAt('read', 'sip:mei@test', 77))).toMatchObject({ place: 77, content: { text: 'mei 77' } })
    expect(await page.evaluate(() => window.play.messageAt('read', 'sip:mei@test', 130))).toBeUndefined()
    const last = await page.evaluate(() => window.play.lastMessages('read', 'sip:mei@test', 60))
    expect(last?.map(({ place }) => place)).toEqual(Array.from({ length: 60 }, (_, i) => 70 + i))
    await page.close()
  })

  it('removes the stores of other journals, and nothing else', async () => {
    const journal = new ScriptedJournal()
    const page = await stage.open(journal)
    await page.evaluate(async () => {
      for (const name of ['yanxin-old', 'yanxin-kept', 'somebody-else']) await window.play.makeDatabase(name)
      await window.play.forgetOthers('yanxin-kept')
    })
    const names = await page.evaluate(() => window.play.databases())
    expect(names).toContain('yanxin-kept')
    expect(names).toContain('somebody-else')
    expect(names).not.toContain('yanxin-old')
    await page.close()
  })
})
