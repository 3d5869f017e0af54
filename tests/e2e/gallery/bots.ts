import type { Card, CardLayout, CardMedia } from '../../../src-main/contract/card'
import type { Content, FileView, Message } from '../../../src-main/contract/message'
import type { DeviceFacts, Suggestion } from '../../../src-main/contract/suggestion'
import { ME, NOW, type World } from './world'

export const facts: DeviceFacts = { deviceModel: 'Desktop', platformVersion: 'Linux-6.1', clientVendor: 'YNXN', clientVersion: 'Yanxin-0.1.0', batteryRemainingMinutes: 517 }

const MINUTE = 60_000
/** By us or not, minutes ago, what. */
type Line = [out: boolean, ago: number, content: Content]

const picture = (hash: string, change: Partial<FileView> = {}): FileView => ({ name: `card-${hash}.jpg`, contentType: 'image/jpeg', size: 184_000, hash, width: 640, height: 420, ...change })
const media = (hash: string, height: CardMedia['height'], alt?: string, change: Partial<FileView> = {}): CardMedia => ({ file: picture(hash, change), height, ...(alt && { alt }) })
const cards = (list: Card[], layout: CardLayout, chips?: Suggestion[]): Content => ({ kind: 'cards', cards: list, layout, ...(chips && { chips }) })
const text = (words: string, chips?: Suggestion[]): Content => ({ kind: 'text', text: words, ...(chips && { chips }) })

/** One of every kind that can be tapped. */
export function everySuggestion(zh: boolean): Suggestion[] {
  return [
    { text: zh ? '好的，就它' : 'Yes, this one', data: 'yes' },
    { text: zh ? '打开官网' : 'Open the site', data: 'u1', action: { do: 'open-url', url: 'https://www.railway.example/tickets?id=8812', where: 'view', height: 'half' } },
    { text: zh ? '致电客服' : 'Call us', data: 'd1', action: { do: 'dial', number: '+86 10 1230 6000', how: 'voice', instead: 'https://www.railway.example/call' } },
    { text: zh ? '车站在哪' : 'Where is it', data: 'm1', action: { do: 'show-place', place: { latitude: 39.8652, longitude: 116.3786, label: zh ? '北京南站' : 'Beijing South' } } },
    { text: zh ? '发送我的位置' : 'Send my place', data: 'l1', action: { do: 'send-place' } },
    { text: zh ? '加入日历' : 'Add to calendar', data: 'c1', action: { do: 'add-event', from: NOW + 26 * 60 * MINUTE, to: NOW + 31 * 60 * MINUTE, title: zh ? 'G1024 北京南 → 杭州东' : 'G1024 Beijing South to Hangzhou East', text: zh ? '检票口 12A\n请提前 20 分钟到站。' : 'Gate 12A\nPlease be there 20 minutes before.' } },
    { text: zh ? '告诉家人' : 'Tell family', data: 't1', action: { do: 'write-text', number: '+8613800138000', text: zh ? '我坐 G1024，明晚七点到。' : 'I take G1024 and arrive at seven tomorrow.' } },
    { text: zh ? '语音留言' : 'Leave a voice message', data: 'r1', action: { do: 'record', number: '+8613800138000', what: 'audio' } },
    { text: zh ? '设备信息' : 'Device details', data: 's1', action: { do: 'share-device' } },
    { text: zh ? '公开号码' : 'Show my number', data: 'n1', action: { do: 'show-number' } },
    { text: zh ? '已读回执' : 'Read receipts', data: 'e1', action: { do: 'tell-read' } },
  ]
}

/** What a bot might try to pass off as something else. */
const tricks: Suggestion[] = [
  { text: 'apple.com', action: { do: 'open-url', url: 'https://аpple.com/login', where: 'browser' } },
  { text: 'bank.example', action: { do: 'open-url', url: 'https://www.bank.example@evil.example/login', where: 'browser' } },
  { text: '例子.中国', action: { do: 'open-url', url: 'http://例子.中国:8080/帮助', where: 'browser' } },
  { text: 'gnp.\u202Egpj.exe', action: { do: 'open-url', url: 'file:///etc/passwd', where: 'browser' } },
  { text: 'Free call', action: { do: 'dial', number: '**21*+861065001234#', how: 'voice', instead: 'https://help.example/' } },
  { text: 'Video call', action: { do: 'dial', number: '+861012306000', how: 'video' } },
  { text: 'Film', action: { do: 'record', number: '+8613800138000', what: 'video' } },
  { text: 'Never', action: { do: 'add-event', from: NOW, to: NOW - MINUTE, title: 'Yesterday' } },
  { text: 'Find it', action: { do: 'show-place', place: { query: '西湖 楼外楼' } } },
  { text: 'Stranger', action: { do: 'write-text', number: '10086', text: 'CXYE' } },
]

const long = {
  zh: '尊敬的旅客：\n您预订的车次因天气原因可能晚点，请留意车站公告。'.repeat(1) + '候车期间如需改签，可在开车前办理一次；退票费按时间梯度核收。'.repeat(14) + '详情见 https://www.railway.example/notice/20260512，或致电客服。',
  en: 'Dear traveller,\nyour train may be late because of the weather; please look at the boards in the station. ' + 'Until it leaves you can change your ticket once, and what a refund costs depends on how early you ask for it. '.repeat(9) + 'All of it is at https://www.railway.example/notice/20260512.',
}

/** Conversations with bots: every card, carousel and chip shape, each the last of its own. */
export function addBots(world: World, language: 'zh' | 'en'): void {
  const zh = language === 'zh'
  const name = zh ? '铁路小信' : 'Railway'
  const reply = (words: string, data = words): Suggestion => ({ text: words, data })
  const [book, more] = [reply(zh ? '预订' : 'Book'), { text: zh ? '车次详情' : 'Details', data: 'more', action: { do: 'open-url', url: 'https://www.railway.example/g1024', where: 'browser' } } satisfies Suggestion]
  const call: Suggestion = { text: zh ? '致电车站' : 'Call the station', action: { do: 'dial', number: '+861051867000', how: 'voice' } }
  const ticket: Card = {
    media: media('8c', 'medium', zh ? '动车驶过山间' : 'A train between hills'), title: zh ? 'G1024 北京南 → 杭州东' : 'G1024 Beijing South to Hangzhou East',
    text: zh ? '明天 17:30 开，22:21 到\n二等座 ¥626 起，余票充足' : 'Tomorrow 17:30, arrives 22:21\nSecond class from ¥626, plenty of seats', suggestions: [book, more, call],
  }
  const hotels = (zh ? ['湖畔居', '西溪花园酒店', '城站旅馆', '南山别院', '运河驿', '龙井山房', '钱江湾酒店', '吴山客栈', '灵隐精舍', '武林门大酒店', '河坊街民宿', '九溪小筑']
    : ['Lakeside Inn', 'West Creek Garden', 'Station Lodge', 'South Hill Court', 'Canal House', 'Dragon Well Retreat', 'River Bay Hotel', 'Wushan Hostel', 'Lingyin Lodge', 'Wulin Gate Grand Hotel', 'Old Street Rooms', 'Nine Creeks'])
  const hotel = (title: string, n: number, height: CardMedia['height']): Card => ({
    media: media(['28', '9c', '3c', '70', 'a6', '14', '64', '7c', '9e', 'b0', 'c4', 'd8'][n]!, height, title), title,
    text: zh ? `距西湖 ${n + 1}.2 公里 · ¥${320 + n * 70} 起${n % 3 === 1 ? '\n含双早，可免费取消' : ''}` : `${n + 1}.2 km from the lake · from ¥${320 + n * 70}${n % 3 === 1 ? '\nBreakfast for two, free to cancel' : ''}`,
    suggestions: [reply(zh ? '选这家' : 'Take it', `h${n}`), ...(n % 2 === 0 ? [more] : [])],
  })
  const moving = (at: 'offered' | 'waiting' | 'failed', change: Partial<FileView> = {}): Partial<FileView> =>
    ({ hash: '', transfer: { way: 'down', at, ...(at === 'failed' && { fault: { code: 'file-gone' as const } }) }, ...change })
  const film: Partial<FileView> = { name: 'tour.mp4', contentType: 'video/mp4', size: 18_400_000, hash: 'c1', duration: 42_000, thumbnail: { hash: 'c1', contentType: 'image/jpeg', size: 18_000 } }

  const bots: Record<string, Line[]> = {
    vertical: [[true, 9, text(zh ? '明天去杭州' : 'To Hangzhou tomorrow')], [false, 8, cards([ticket], { kind: 'vertical' }, [reply(zh ? '换一天' : 'Another day'), reply(zh ? '只看高铁' : 'Fast trains only'), reply(zh ? '返程' : 'The way back')])]],
    heights: [
      [false, 9, cards([{ ...ticket, media: media('28', 'short'), suggestions: [book] }], { kind: 'vertical' })],
      [false, 8, cards([{ ...ticket, media: media('46t', 'tall', zh ? '西湖' : 'The lake'), suggestions: [] }], { kind: 'vertical' })],
    ],
    horizontal: [
      [false, 9, cards([{ ...ticket, suggestions: [book, more] }], { kind: 'horizontal', image: 'left' })],
      [false, 8, cards([{ ...ticket, media: media('d8', 'tall'), suggestions: [call] }], { kind: 'horizontal', image: 'right' })],
      [false, 8, cards([{ title: zh ? '没有图片' : 'No picture', text: zh ? '横排卡片没有图片时，文字占满整行。' : 'Without a picture the words take all of it.', suggestions: [book] }], { kind: 'horizontal', image: 'left' })],
    ],
    styles: [
      [false, 9, cards([{ title: zh ? '加粗加下划线的标题' : 'A title in bold, underlined', text: zh ? '斜体的说明文字。' : 'A description in italics.', suggestions: [book] }], { kind: 'vertical', titleStyle: ['bold', 'underline'], textStyle: ['italics'] })],
      [false, 8, cards([{ text: long[language] }], { kind: 'vertical' })],
      [false, 8, cards([{ title: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2), suggestions: [{ text: 'Rechtsschutzversicherungs' }, { text: zh ? '一二三四五六七八九十一二三四五六七八九十一二三四五' : 'twenty-five letters are so' }] }], { kind: 'vertical' })],
    ],
    media: [
      [false, 9, cards([{ media: media('c1', 'medium', zh ? '沿途风景' : 'Along the way', film), title: zh ? '沿途风景' : 'Along the way' }], { kind: 'vertical' })],
      [false, 9, cards([{ media: media('51', 'short', undefined, { name: 'guide.wav', contentType: 'audio/wav', hash: '51', duration: 7_000 }), title: zh ? '语音导览' : 'Audio guide' }], { kind: 'vertical' })],
      [false, 8, cards([{ media: media('', 'medium', undefined, moving('offered', { size: 48_200_000, thumbnail: { hash: '62', contentType: 'image/jpeg', size: 9_000 } })), title: zh ? '尚未下载' : 'Not fetched yet' }], { kind: 'vertical' })],
      [false, 8, cards([{ media: media('', 'medium', undefined, moving('failed')), title: zh ? '没有下载成功' : 'Could not be fetched' }], { kind: 'vertical' })],
      [false, 8, cards([{ media: media('f0', 'short', undefined, { contentType: 'image/png', name: 'not-a-picture.png' }), title: zh ? '不能显示的图片' : 'No picture' }], { kind: 'horizontal', image: 'left' })],
    ],
    carousel: [[false, 9, text(zh ? '杭州，明晚，两位。找到 12 家：' : 'Hangzhou, tomorrow night, two people. Twelve places:')], [false, 8, cards(hotels.map((one, n) => hotel(one, n, 'medium')), { kind: 'carousel', width: 'medium' }, [reply(zh ? '更便宜的' : 'Cheaper'), reply(zh ? '离车站近' : 'Near the station')])]],
    small: [
      [false, 9, cards(hotels.slice(0, 2).map((one, n) => hotel(one, n, 'short')), { kind: 'carousel', width: 'small' })],
      [false, 8, cards(hotels.slice(0, 6).map((one, n) => ({ ...hotel(one, n, n === 2 ? 'short' : 'medium'), ...(n === 3 && { text: long[language] }), ...(n === 4 && { media: media('', 'medium', undefined, moving('offered')) }) })), { kind: 'carousel', width: 'small' })],
    ],
    chips: [[false, 9, text(zh ? '还需要什么？' : 'What else?', everySuggestion(zh))]],
    tricks: [[false, 9, text(zh ? '各种花招' : 'Tricks', tricks)]],
    actions: [[false, 9, cards([{ ...ticket, suggestions: everySuggestion(zh).slice(0, 4) }], { kind: 'vertical' })], [false, 8, cards([{ title: zh ? '更多' : 'More', suggestions: everySuggestion(zh).slice(4, 8) }], { kind: 'vertical' })], [false, 8, cards([{ title: zh ? '隐私' : 'Privacy', suggestions: everySuggestion(zh).slice(8) }], { kind: 'vertical' })]],
    stale: [
      [false, 90, cards([ticket], { kind: 'vertical' })], [true, 80, { kind: 'answer', text: book.text, to: 'stale0', is: 'reply', data: book.data! }],
      [false, 79, text(zh ? '已为您占座，请在 10 分钟内付款。' : 'A seat is held for you: please pay within ten minutes.', [reply(zh ? '付款' : 'Pay'), reply(zh ? '取消' : 'Cancel')])],
      [true, 70, { kind: 'shared', facts }], [false, 60, text(zh ? '谢谢。' : 'Thank you.')],
    ],
  }
  for (const [kind, lines] of Object.entries(bots)) {
    const id = `sip:bot-${kind}@botplatform.example`
    const list = lines.map(([outgoing, ago, content], place): Message => ({
      conversation: id, place, id: `${kind}${place}`, from: outgoing ? ME : id, outgoing, at: NOW - ago * MINUTE, sentAt: NOW - ago * MINUTE, content, status: outgoing ? 'displayed' : 'delivered',
    }))
    world.threads.set(id, list)
    const last = list.at(-1)!
    world.conversations.unshift({ id, name, isChatbot: true, count: list.length, lastAt: last.at, last: { id: last.id, outgoing: last.outgoing, status: last.status, content: last.content, at: last.at }, readPlace: list.length, unread: 0 })
  }
}
