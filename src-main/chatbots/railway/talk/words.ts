import type { Refusal } from '../bookings/booking'
import type { SeatClass } from '../network/trains'
import { clock, weekdayOf } from './day'

export type Language = 'zh' | 'en'

export const languageOf = (text: string): Language | undefined => (/\p{Script=Han}/u.test(text) ? 'zh' : /[a-z]{3}/iu.test(text) ? 'en' : undefined)

const zh = {
  help: '你好，我可以帮你查车次、订票、退票和改签。告诉我从哪里到哪里、什么时候，例如“明天下午北京到上海”。\n这是演示用的时刻表，车票不是真的。',
  examples: ['明天北京到上海', '周五下午杭州到厦门'], mine: '我的车票', from: '从哪里出发？', to: '要去哪里？', whichDay: '哪一天出发？', today: '今天', tomorrow: '明天', dayAfter: '后天',
  unknown: (name: string) => `没有找到“${name}”。请写站名、拼音或三字码，例如 北京南、beijingnan、BEN。`,
  didYouMean: '你是不是想说：', same: '出发地和目的地是同一个城市。',
  past: '这一天已经过去了。', tooFar: (days: number) => `目前只能预订 ${days} 天以内的车票。`,
  none: (from: string, to: string, day: string) => `${day} 没有从${from}到${to}的车次。`, noMore: '当天没有更晚的车次了。', withChange: '没有直达车，可以这样换乘：',
  rides: (from: string, to: string, day: string, count: number) => `${day} ${from} → ${to}，共 ${count} 趟：`, later: '更晚的', back: '返程', nextDay: '后一天',
  left: (count: number) => (count === 0 ? '无' : count > 20 ? '有' : `余 ${count}`), full: '这趟车已售完',
  who: '为谁订票？', someoneElse: '其他乘车人', name: '请写乘车人的姓名。', badName: '姓名为 2 到 20 个字，请再写一次。',
  held: (until: string) => `座位为你保留到 ${until}`, pay: (price: string) => `支付 ${price}`, giveUp: '不要了', paid: '出票成功', ticket: '电子客票', show: '查看', askRefund: '退票', change: '改签',
  calendar: '加入日历', refundAsk: (back: string, fee: string) => `退票将退回 ${back}，手续费 ${fee}。确定要退吗？`, refundYes: '确定退票', keep: '不退了', refunded: (back: string) => `已退票，退回 ${back}。`,
  givenUp: '好的，座位已放弃。', noBookings: '你还没有车票。', yours: '你的车票：', changeAsk: '改到哪一天？', changed: '改签成功，原来的车票已作废。', human: '这里没有人工客服：这是演示用的机器人。',
  stale: '这个选项已经失效，请重新查询。', notUnderstood: '我没有听懂。请告诉我从哪里到哪里、什么时候。', voice: '我听不懂语音，请打字告诉我。',
  seat: (car: number, seat: string) => `${String(car).padStart(2, '0')}车 ${seat}`, minutes: (minutes: number) => `${Math.floor(minutes / 60)} 时 ${minutes % 60} 分`,
  days: (days: number) => (days > 0 ? `（+${days} 天）` : ''),
  classes: { business: '商务座', first: '一等座', second: '二等座', 'soft-sleeper': '软卧', 'hard-sleeper': '硬卧', 'hard-seat': '硬座' } satisfies Record<SeatClass, string>,
  states: { held: '待支付', paid: '已出票', refunded: '已退票', changed: '已改签', expired: '已过期', 'given-up': '已放弃' },
  refusals: { full: '已经没有座位了。', 'too-late': '这趟车已经开了。', 'not-yours': '没有找到这张车票。', expired: '时间已过，座位已释放，请重新预订。', 'not-paid': '原来的车票已经失效。', over: '你有太多未支付的座位，请先支付或放弃。' } satisfies Record<Refusal, string>,
  date: (day: string) => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日（周${'日一二三四五六'[weekdayOf(day)]!}）`,
}

const en: typeof zh = {
  help: 'Hello! I look up trains, book, refund and change tickets. Say where from, where to and when, for example “tomorrow afternoon Beijing to Shanghai”.\nThis timetable is a sample, and the tickets are not real.',
  examples: ['Tomorrow Beijing–Shanghai', 'Friday Hangzhou to Xiamen'], mine: 'My tickets', from: 'Where do you leave from?', to: 'Where to?', whichDay: 'On which day?', today: 'Today', tomorrow: 'Tomorrow', dayAfter: 'The day after',
  unknown: (name: string) => `I know no station “${name}”. Write its name, pinyin or three letters, for example 北京南, beijingnan or BEN.`,
  didYouMean: 'Did you mean:', same: 'That is one and the same city.',
  past: 'That day is over.', tooFar: (days: number) => `Tickets are sold ${days} days ahead.`,
  none: (from: string, to: string, day: string) => `No trains from ${from} to ${to} on ${day}.`, noMore: 'No later trains that day.', withChange: 'No direct train; with one change:',
  rides: (from: string, to: string, day: string, count: number) => `${day}, ${from} → ${to}, ${count} trains:`, later: 'Later trains', back: 'Way back', nextDay: 'The next day',
  left: (count: number) => (count === 0 ? 'none left' : count > 20 ? 'free' : `${count} left`), full: 'This train is sold out',
  who: 'Who travels?', someoneElse: 'Somebody else', name: 'What is the passenger’s name?', badName: 'A name has 2 to 20 letters. Please write it again.',
  held: (until: string) => `The seat is kept for you until ${until}`, pay: (price: string) => `Pay ${price}`, giveUp: 'Give it up', paid: 'Booked', ticket: 'Ticket', show: 'Show', askRefund: 'Refund', change: 'Change',
  calendar: 'Add to calendar', refundAsk: (back: string, fee: string) => `You get ${back} back; the fee is ${fee}. Give the ticket back?`, refundYes: 'Yes, give it back', keep: 'Keep it', refunded: (back: string) => `Given back. You get ${back}.`,
  givenUp: 'All right, the seat is free again.', noBookings: 'You have no tickets yet.', yours: 'Your tickets:', changeAsk: 'To which day?', changed: 'Changed. The old ticket is no longer good.', human: 'There are no people here: this is a sample.',
  stale: 'That offer is over. Please ask again.', notUnderstood: 'I did not understand. Say where from, where to and when.', voice: 'I cannot listen to voice messages. Please type.',
  seat: (car: number, seat: string) => `coach ${car}, ${seat}`, minutes: (minutes: number) => `${Math.floor(minutes / 60)} h ${minutes % 60} min`,
  days: (days: number) => (days > 0 ? ` (+${days} d)` : ''),
  classes: { business: 'Business', first: 'First', second: 'Second', 'soft-sleeper': 'Soft sleeper', 'hard-sleeper': 'Hard sleeper', 'hard-seat': 'Hard seat' },
  states: { held: 'to be paid', paid: 'paid', refunded: 'given back', changed: 'changed', expired: 'expired', 'given-up': 'given up' },
  refusals: { full: 'No seats are left.', 'too-late': 'That train has left.', 'not-yours': 'I found no such ticket.', expired: 'Time is over and the seat is free again. Please book anew.', 'not-paid': 'The old ticket is no longer good.', over: 'You hold too many seats that are not paid. Pay or give some up first.' },
  date: (day: string) => new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }),
}

export type Words = typeof zh
export const words: Readonly<Record<Language, Words>> = { zh, en }

/** `¥553`, `¥52.50`. @param fen hundredths of a yuan */
export const money = (fen: number): string => `¥${fen % 100 === 0 ? fen / 100 : (fen / 100).toFixed(2)}`

/** Where a seat is, by its number in the class. */
export function seatWords(seatClass: SeatClass, seat: number, t: Words): string {
  const [first, perCar, letters] = seatClass === 'business' ? [1, 16, 'ACF'] : seatClass === 'first' ? [2, 56, 'ACDF'] : seatClass === 'second' ? [4, 80, 'ABCDF'] : [1, 72, '']
  const [car, place] = [first + Math.floor((seat - 1) / perCar), (seat - 1) % perCar]
  return letters ? t.seat(car, `${Math.floor(place / letters.length) + 1}${letters[place % letters.length]!}`) : t.seat(car, String(place + 1))
}

/** `08:00 → 12:38`, with how many days later one arrives. */
export function timesWords(departs: number, arrives: number, t: Words): string {
  return `${clock(departs)} → ${clock(arrives)}${t.days(Math.floor(arrives / 1_440) - Math.floor(departs / 1_440))}`
}
