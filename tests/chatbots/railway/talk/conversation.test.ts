import { beforeEach, describe, expect, it } from 'vitest'
import { Store } from '../../../../src-main/chatbots/railway/bookings/store'
import { Timetable } from '../../../../src-main/chatbots/railway/network/timetable'
import { Conversation } from '../../../../src-main/chatbots/railway/talk/conversation'
import { midnightOf } from '../../../../src-main/chatbots/railway/talk/day'
import type { CardContent, Chip, Said } from '../../../../src-main/chatbots/railway/talk/said'

const timetable = new Timetable()
const mei = 'tel:+8613900000001'
let now: number
let n: number
let conversation: Conversation

beforeEach(() => {
  now = Date.parse('2026-11-26T12:00:00+08:00')
  n = 0
  const store = new Store({
    file: ':memory:', now: () => now, newId: () => `T${String(++n).padStart(9, '0')}`,
    seats: (train, seatClass) => timetable.seats(train, seatClass),
    departure: (train, day, board) => midnightOf(day) + timetable.departs(train, board) * 60_000,
  })
  conversation = new Conversation({ store, timetable, now: () => now, picture: ({ id }) => ({ url: `https://ft.example/${id}.png`, contentType: 'image/png', size: 900 }) })
  return () => store.close()
})

const says = (text: string, person = mei) => conversation.hear({ id: `m${++n}`, person, text })
const taps = (data: string, { person = mei, id = `m${++n}` } = {}) => conversation.hear({ id, person, data })
const texts = (said: Said[]) => said.flatMap(({ textMessage }) => textMessage ?? [])
const cardsIn = (said: Said[]): CardContent[] => said.flatMap(({ richcardMessage }) => {
  if (!richcardMessage) return []
  const { message } = richcardMessage
  return 'generalPurposeCard' in message ? [message.generalPurposeCard.content] : message.generalPurposeCardCarousel.content
})
const chipsOf = (said: Said[]): Chip[] => [...cardsIn(said).flatMap(({ suggestions }) => suggestions ?? []), ...said.flatMap(({ suggestedChipList }) => suggestedChipList?.suggestions ?? [])]
/** The postback of what says so. */
const chip = (said: Said[], words: string | RegExp): string => {
  for (const each of chipsOf(said)) if ('reply' in each && (typeof words === 'string' ? each.reply.displayText.startsWith(words) : words.test(each.reply.displayText))) return each.reply.postback.data
  throw new Error(`nothing says ${words.toString()} in ${JSON.stringify(chipsOf(said).map((each) => 'reply' in each && each.reply.displayText))}`)
}

/** Holds a second-class seat tomorrow. */
const holds = (name = '李雷') => {
  const rides = says('明天下午北京到上海的高铁 二等座')
  taps(chip(rides, '二等座'))
  return says(name)
}

describe('a ticket', () => {
  it('is found, held, paid, shown, changed and given back by tapping', () => {
    const rides = says('明天下午北京到上海的高铁')
    expect(texts(rides)[0]).toMatch(/^11月27日（周五） 北京 → 上海，共 \d+ 趟/)
    const [first] = cardsIn(rides)
    expect(first!.title).toMatch(/^[GD]\d+ {2}1[2-9]:\d\d → /)
    expect(first!.description).toMatch(/^北京南 → 上海虹桥 · \d 时 \d+ 分\n/)
    const asked = taps(chip(rides, '二等座'))
    expect(texts(asked)).toEqual(['请写乘车人的姓名。'])
    const held = says('李雷')
    expect(cardsIn(held)[0]!.title).toMatch(/座位为你保留到 12:10$/)
    const ticket = taps(chip(held, '支付 ¥'))
    expect(cardsIn(ticket)[0]).toMatchObject({ media: { mediaUrl: expect.stringMatching(/T\d{9}\.png$/) as string }, title: expect.stringContaining('出票成功') as string })
    expect(cardsIn(ticket)[0]!.description).toContain('李雷 · 二等座 04车 1A')

    const day = taps(chip(ticket, '改签'))
    const others = taps(chip(day, '后天'))
    // He has travelled before.
    const who = taps(chip(others, '二等座'))
    const heldAgain = taps(chip(who, '李雷'))
    expect(texts(taps(chip(heldAgain, '支付')))).toEqual(['改签成功，原来的车票已作废。'])

    const mine = says('我的车票')
    expect(cardsIn(mine).map(({ title }) => title!.split(' · ')[1])).toEqual(['已出票', '已改签'])
    const sure = taps(chip(mine, '退票'))
    expect(texts(sure)[0]).toMatch(/^退票将退回 ¥[\d.]+，手续费 ¥[\d.]+。/)
    expect(texts(taps(chip(sure, '确定退票')))[0]).toMatch(/^已退票，退回 ¥/)
  })

  it('is booked by typing, in English too', () => {
    const rides = says('tomorrow morning Hangzhou to Nanjing, second class')
    expect(texts(rides)[0]).toMatch(/^Fri,? 27 Nov, 杭州 → 南京, \d+ trains:$/)
    taps(chip(rides, 'Second'))
    expect(cardsIn(says('Anna Kowalska'))[0]!.title).toMatch(/kept for you until 12:10$/)
  })

  it('is booked once, whether a tap comes twice or is tapped twice', () => {
    const rides = says('明天北京到上海')
    const seat = chip(rides, '二等座')
    taps(seat)
    const held = says('韩梅梅')
    taps(seat)
    const again = says('韩梅梅')
    expect(cardsIn(again)).toEqual(cardsIn(held))
    const pay = chip(held, '支付')
    expect(taps(pay, { id: 'tap' })).toHaveLength(1)
    expect(taps(pay, { id: 'tap' })).toEqual([])
    taps(pay)
    expect(cardsIn(says('我的订单'))).toHaveLength(1)
  })

  it('that was held too long is gone, and says so', () => {
    const held = holds()
    now += 10 * 60_000
    expect(texts(taps(chip(held, '支付')))).toEqual(['时间已过，座位已释放，请重新预订。'])
  })

  it('is nobody else’s', () => {
    const held = holds()
    for (const words of ['支付', '不要了'] as const) expect(texts(taps(chip(held, words), { person: 'tel:+86999' }))).toEqual(['没有找到这张车票。'])
  })
})

describe('a question', () => {
  it('is put together from several messages', () => {
    expect(texts(says('去西安'))).toEqual(['从哪里出发？'])
    expect(texts(says('从郑州出发'))).toEqual(['哪一天出发？'])
    expect(texts(says('明天'))[0]).toContain('郑州 → 西安')
    expect(texts(says('返程'))[0]).toContain('西安 → 郑州')
    const later = says('更晚的')
    expect(texts(later)[0]).toContain('西安 → 郑州')
  })

  it('is answered with a change of trains where none goes through', () => {
    expect(texts(says('明天北京到大理'))[0]).toMatch(/^没有直达车，可以这样换乘：\n[GDZTK]\d+ 北京/)
  })

  it.each([
    ['明天火星到上海', '没有找到“火星”'], ['昨天', '我没有听懂'], ['2020-01-01 北京到上海', '这一天已经过去了。'], ['12月31日北京到上海', '15 天以内'], ['明天北京到北京南', '同一个城市'], ['嗯嗯', '我没有听懂'], ['你好', '你好，我可以'],
  ])('%s: %s', (text, answer) => {
    expect(texts(says(text))[0]).toContain(answer)
  })

  it('may be an example that is tapped', () => {
    expect(texts(taps(chip(says('帮助'), '明天北京到上海')))[0]).toContain('北京 → 上海')
  })

  it('by voice is answered kindly', () => {
    expect(texts(conversation.hear({ id: 'v', person: mei }))).toEqual(['我听不懂语音，请打字告诉我。'])
  })
})

describe('a postback that nobody was given', () => {
  it.each([
    ['nonsense', '{'], ['another thing', '{"do":"rob"}'], ['a seat beyond the last stop', JSON.stringify({ do: 'seat', offer: 'm1', train: 'G1', day: '2026-11-27', board: 0, alight: 90, class: 'second' })],
    ['a class that the train has not', JSON.stringify({ do: 'hold', passenger: 'x y', seat: { do: 'seat', offer: 'm1', train: 'G1', day: '2026-11-27', board: 0, alight: 1, class: 'hard-seat' } })],
    ['a train that is none', JSON.stringify({ do: 'hold', passenger: 'x y', seat: { do: 'seat', offer: 'm1', train: 'G9999', day: '2026-11-27', board: 0, alight: 1, class: 'second' } })],
    ['a day in another year', JSON.stringify({ do: 'hold', passenger: 'x y', seat: { do: 'seat', offer: 'm1', train: 'G1', day: '2029-11-27', board: 0, alight: 1, class: 'second' } })],
    ['a name as long as a book', JSON.stringify({ do: 'hold', passenger: 'x'.repeat(500), seat: {} })],
  ])('%s', (_what, data) => {
    expect(texts(taps(data))).toEqual(['这个选项已经失效，请重新查询。'])
  })
})

it('what it says keeps the limits of the schema', () => {
  const said = [...says('明天北京到上海'), ...holds(), ...says('我的订单'), ...says('help'), ...says('明天北京到大理')]
  for (const { suggestedChipList } of said) expect(suggestedChipList?.suggestions.length ?? 1).toBeLessThanOrEqual(11)
  for (const each of chipsOf(said)) if ('reply' in each) expect([each.reply.displayText.length <= 25, each.reply.postback.data.length <= 2_048]).toEqual([true, true])
  for (const card of cardsIn(said)) expect([card.title!.length <= 200, (card.description ?? '').length <= 2_000, (card.suggestions ?? []).length <= 4]).toEqual([true, true, true])
})
